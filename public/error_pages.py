"""Error pages in plain words. From status 500 on they make no database query."""

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException

from lib.i18n import N_
from web import filters

# code: (what happened, what to do)
MESSAGES = {
    400: (N_("Permintaan ini tidak kami mengerti"), N_("Kembali ke halaman sebelumnya, muat ulang, lalu coba lagi.")),
    403: (N_("Halaman ini bukan untuk akun Anda"), N_("Periksa apakah Anda masuk dengan akun yang benar.")),
    404: (N_("Halaman ini tidak ada"), N_("Periksa alamatnya, atau mulai lagi dari beranda.")),
    405: (N_("Halaman ini tidak dapat dibuka dengan cara itu"), N_("Kembali ke halaman sebelumnya, lalu coba lagi.")),
    413: (N_("Berkas yang dikirim terlalu besar"), N_("Satu berkas paling besar 15 MB. Kirim satu per satu.")),
    429: (N_("Terlalu banyak percobaan"), N_("Tunggu 15 menit, lalu coba lagi.")),
    500: (N_("Ada yang rusak di pihak kami"), N_("Isian Anda aman. Coba lagi sebentar lagi.")),
    503: (N_("Layanan sedang sibuk"), N_("Isian Anda aman. Coba lagi sebentar lagi.")),
}
STALE_FORM = (
    N_("Halaman ini sudah terlalu lama terbuka"),
    N_("Kembali ke halaman sebelumnya, muat ulang, lalu kirim lagi."),
)


def register(app: Flask) -> None:
    """Register handlers that answer every HTTP error with a page of ours."""
    app.register_error_handler(HTTPException, _handle_http_exception)
    app.register_error_handler(500, lambda error: error_page(500))


def stale_form_page() -> tuple[str, int]:
    """Return the page for a form whose CSRF token is missing or of another session."""
    return error_page(400, STALE_FORM)


def _handle_http_exception(error: HTTPException):
    code = error.code or 500
    if code < 400:
        return error
    words = MESSAGES.get(code) or MESSAGES[400 if code < 500 else 500]
    text, _ = error_page(code, words)
    return text, code, [header for header in error.get_headers() if header[0] in ("Allow", "Retry-After")]


def error_page(code: int, words: tuple[str, str] | None = None) -> tuple[str, int]:
    """Return the page for an error; the same bytes for the same code, whoever asks."""
    title, advice = words or MESSAGES[code]
    card = filters.cached_office_card() if code >= 500 else filters.office_card()
    return render_template("errors.html", code=code, title=title, advice=advice, card=card), code
