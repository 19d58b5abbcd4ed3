"""People at their browsers: each has one of their own, fills in what a page asks, and is watched for errors."""

import io
import os
import re
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw
from playwright.sync_api import Error, expect, sync_playwright

from tests import machine
from tests.world import sample

PICTURES = Path(__file__).resolve().parent.parent / "build" / "screenshots"
WITHOUT = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),  # pages behind the address bar that nobody sees: half of all time
    # what Playwright leaves out; the last list that is given is the one that counts
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay"),
    *("HttpsFirstBalancedModeAutoEnable", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying"),
    *("AimEnabled", "PreconnectToSearch"),
)
LAUNCH = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    f"--disable-features={','.join(WITHOUT)}",
]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1366, "height": 768}
PATIENCE = 60_000  # ms for anything that is waited for; a machine with two busy cores is slow at times
HEIGHTS = {1366: 768, 820: 1180, 360: 740}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE, RULES = Axe(), {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium():
    """One real Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.chromium(), args=LAUNCH)
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """Somebody at a browser of their own."""

    alive: "WeakSet[Person]" = WeakSet()

    def __init__(self, browser, base, size=None, script=True, **more):
        self.base = base
        self.context = browser.new_context(viewport=size or DESK, java_script_enabled=script, locale="id-ID", **more)
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.script = script
        Person.alive.add(self)

    def go(self, path):
        answer = self.page.goto(self.base + path if path.startswith("/") else path)
        assert answer.status < 400, (path, answer.status)
        return self.page

    def by(self, way):
        """Click what leads to another page, and wait until that stands, with its scripts."""
        with self.page.expect_navigation():
            way.click()

    def press(self, words):
        """Press a button that leads to another page, or to the same with what is wrong."""
        self.by(self.page.get_by_role("button", name=words).first)

    def follow(self, words, exact=False):
        self.by(self.page.get_by_role("link", name=words, exact=exact).first)

    def sign_in(self, email="pemohon@aku.example", password="buleleng-2026"):
        self.go("/masuk")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(re.compile("/permohonan/$"))

    def sign_in_as_staff(self, email, password="buleleng-2026"):
        self.go("/petugas/masuk")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", password)
        self.by(self.page.locator("form:has([name=password]) button").first)
        self.page.wait_for_url(re.compile(r"/petugas/(?!masuk)"))

    def act(self, screen, number, action):
        """Press the button of a row of a queue; where it asks, its page or dialog is open afterwards."""
        self.go(f"/petugas/{screen}/")
        if action in ("send_to_siak", "submit_draft", "mark_incomplete"):
            self.look_at(number, action)
            return
        button = self.page.locator(f"tr[data-number='{number}'] [data-action='{action}']").first
        if self.script and button.get_attribute("data-dialog") is not None:
            button.click()
            self.page.locator("dialog[open] form").wait_for()
        else:
            self.by(button)

    def look_at(self, number, action):
        """Open an application, tick all of it, and press what is offered then; a form stays open to be filled in."""
        self.by(self.page.locator(f"tr[data-number='{number}'] a.num").first)
        if action == "mark_incomplete":
            return  # which part falls short, the caller marks
        if (everything := self.page.locator("[name=all][value=ya]")).count():
            self.by(everything)
        button = self.page.locator(f"[data-bar] button[data-action='{action}']")
        button.wait_for()
        if action == "send_to_siak":
            self.by(button)

    def confirm(self, action):
        """Send the form of an action; its answer is there afterwards."""
        button = self.page.locator(f"form button[data-action='{action}'], button[form][data-action='{action}']").last
        button.wait_for()
        if not self.page.locator("dialog[open]").count():
            self.by(button)
            return
        self.page.locator("dialog form").evaluate("form => form.dataset.sent = 'ya'")
        button.click()
        self.page.locator("dialog form[data-sent]").wait_for(state="detached")
        self.page.wait_for_load_state()

    @contextmanager
    def kept(self):
        """Do something with what is looked at: afterwards it is kept, and the bar is the one that fits it."""
        self.page.locator("[data-bar]").evaluate("bar => bar.dataset.before = 'ya'")
        yield
        self.page.locator("[data-bar][data-before]").wait_for(state="detached")

    # At the desk, one application after the other

    def number(self):
        """The application whose page this is."""
        return self.page.locator("main").get_attribute("data-number")

    def take_next(self, screen):
        """Press the one button for it; gives the number of what is open then."""
        self.by(self.go(f"/petugas/{screen}/").locator("[data-claim=next]"))
        return self.number()

    def bar(self, action):
        """The button at the bottom, once it is offered."""
        button = self.page.locator(f"[data-bar] [data-action={action}]")
        button.wait_for()
        return button

    def onward(self, press):
        """Do what ends the work on this one, and wait until the next is open; gives its number."""
        before = self.number()
        press()
        self.page.locator(f"main[data-number]:not([data-number='{before}'])").wait_for()
        self.page.wait_for_load_state()
        return self.number()

    def look(self, name, axe=True):
        """Have axe look at the page; with AKU_PICTURES=1 leave a picture of it, which costs a fifth more."""
        if os.environ.get("AKU_PICTURES"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.jpg", full_page=True, type="jpeg", quality=75)
        if axe and self.script:
            found = AXE.run(self.page, options=RULES)
            assert not found.response["violations"], (name, found.generate_report())

    def look_at_widths(self, name, *widths, axe=None):
        """The same at each width, where nothing may scroll sideways; axe looks at the width `axe`, else at all."""
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            self.look(f"{name}-{width}", axe=axe in (None, width))
            wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{name} is {wider} px wider than {width}"
        self.page.set_viewport_size(DESK)

    def fill_section(self, section):
        """Answer every field of one page of an application, on which this person must be."""
        assert re.search(f"/isi/{section['key']}\\b", self.page.url), f"{self.page.url}, not {section['key']}"
        for field in section["fields"]:
            self.fill(field, sample(field))

    def fill(self, field, value):
        page, key = self.page, field["key"]
        if field["type"] == "date":
            year, month, day = value.split("-")
            for part, text in zip("dmy", (day, month, year), strict=True):
                page.fill(f"[name='{key}-{part}']", text)
            return
        box = page.locator(f"[name='{key}']").first
        if not box.is_visible():
            return
        kind = box.evaluate("e => e.tagName + ':' + (e.type || '')").lower()
        if kind.startswith("select"):
            box.select_option(str(value))
        elif kind == "input:radio":
            page.check(f"[name='{key}'][value='{value}']")
        else:
            box.fill(str(value))


def seen_by_all(name):
    """Where everybody is, what their pages say, and a picture of each: for whoever looks into a failed test."""
    pages = [(person, page) for person in Person.alive for page in person.context.pages if not page.is_closed()]
    return "\n\n".join(_seen(*pair, f"gagal-{name}-{n}.png") for n, pair in enumerate(pages, 1))


def _seen(person, page, picture):
    told = [f"{page.url} ({PICTURES / picture})", *person.errors]
    try:
        PICTURES.mkdir(parents=True, exist_ok=True)
        told.append(page.locator("body").inner_text(timeout=5000)[:2000])
        page.screenshot(path=PICTURES / picture, timeout=5000)
    except Error as unseen:
        told.append(f"nothing to be seen: {unseen}")
    return "\n".join(told)


def photo(words, size=(1200, 1600)):
    """A legible picture of a paper, as a phone would send it."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for line in range(min(40, size[1] // 36 - 4)):
        draw.text((80, 80 + line * 36), f"{words} - baris {line} - CONTOH", fill="black", font_size=size[0] // 42)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
