"""The progressive web app (PWA): manifest, service worker, offline page. Nothing personal is cached."""

import hashlib

from flask import Blueprint, Response, current_app, render_template, url_for

from web.filters import cached_office_card

PRECACHED_ASSETS = (
    *("public.css", "public.js", "js/kept_answers.js", "js/offline.js"),
    *("icons.svg", "img/edge.svg", "img/app-icon.svg"),
)


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/manifest.webmanifest", "manifest", manifest)
    blueprint.add_url_rule("/sw.js", "service_worker", service_worker)
    blueprint.add_url_rule("/luring", "offline", offline)


def manifest() -> Response:
    """Return the web app manifest: name, colours and icons (M-a)."""
    card = cached_office_card()
    shape = {"type": "image/png", "purpose": "any maskable"}
    pictures = ((size, url_for("static", filename=f"img/icon-{size}.png")) for size in (192, 512))
    icons = [shape | {"src": url, "sizes": f"{size}x{size}"} for size, url in pictures]
    facts = {
        "id": "/", "name": f"AKU Online {card.get('regency', '')}".strip(), "short_name": "AKU Online", "lang": "id",
        "start_url": "/", "scope": "/", "display": "standalone", "background_color": "#ffffff",
        "theme_color": "#083a4c", "icons": icons,
    }  # fmt: skip
    text = current_app.json.dumps(facts)
    return Response(text, mimetype="application/manifest+json", headers={"Cache-Control": "public, max-age=3600"})


def service_worker() -> Response:
    """Return the service worker, which caches static files and public pages for use without a connection."""
    asset = current_app.jinja_env.globals["asset"]
    keeps = [url_for("public.offline"), *(asset(name) for name in PRECACHED_ASSETS)]  # type: ignore[operator]
    version = hashlib.sha256("".join(keeps).encode()).hexdigest()[:12]
    text = render_template("public/sw.js", keeps=keeps, version=version)
    return Response(text, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


def offline() -> str:
    """Show the page for a phone without a connection."""
    return render_template("public/offline.html")
