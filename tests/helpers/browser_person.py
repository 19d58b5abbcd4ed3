"""Users in a real browser (Playwright): they fill in pages; console errors and axe violations fail the test."""

import io
import os
import re
from contextlib import contextmanager
from weakref import WeakSet

from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw
from playwright.sync_api import Error, expect, sync_playwright

from tests import ROOT, machine
from tests.helpers.factory import CHILDREN, sample_answers

SCREENSHOTS = ROOT / "build" / "screenshots"
DISABLED_FEATURES = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),  # pages behind the address bar that nobody sees: half of all time
    # what Playwright leaves out; the last list that is given is the one that counts
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay"),
    *("HttpsFirstBalancedModeAutoEnable", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying"),
    *("AimEnabled", "PreconnectToSearch"),
)
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    f"--disable-features={','.join(DISABLED_FEATURES)}",
]
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1366, "height": 768}
TIMEOUT_MS = 60_000  # ms; a machine with two busy cores is slow at times
HEIGHTS = {1366: 768, 820: 1180, 360: 740}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE, AXE_OPTIONS = Axe(), {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
leave_site_questions: list[str] = []  # pages on which a browser asked "Leave site?"
expect.set_options(timeout=TIMEOUT_MS)


@contextmanager
def chromium():
    """Start a headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.chromium(), args=CHROMIUM_ARGS)
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """A user with a browser context of their own."""

    alive: "WeakSet[Person]" = WeakSet()

    def __init__(self, browser, base, size=None, script=True, **more):
        self.base = base
        self.context = browser.new_context(viewport=size or DESKTOP, java_script_enabled=script, locale="id-ID", **more)
        self.context.set_default_timeout(TIMEOUT_MS)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.context.on("dialog", self._answer_dialog)
        self.page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.script = script
        Person.alive.add(self)

    def _answer_dialog(self, dialog):
        """Note down "Leave site?", which no test may see (conftest.py), and leave; any other dialog is cancelled."""
        if dialog.type == "beforeunload":
            leave_site_questions.append(dialog.page.url if dialog.page else "")
            dialog.accept()
        else:
            dialog.dismiss()

    def go(self, path):
        answer = self.page.goto(self.base + path if path.startswith("/") else path)
        assert answer.status < 400, (path, answer.status)
        return self.page

    def click_and_wait(self, way):
        """Click a link or button that loads another page, and wait until it is loaded, scripts included."""
        with self.page.expect_navigation():
            way.click()

    def press(self, words):
        """Press a button that loads another page, or the same one with errors."""
        self.click_and_wait(self.page.get_by_role("button", name=words).first)

    def follow(self, words, exact=False):
        self.click_and_wait(self.page.get_by_role("link", name=words, exact=exact).first)

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
        self.click_and_wait(self.page.locator("form:has([name=password]) button").first)
        self.page.wait_for_url(re.compile(r"/petugas/(?!masuk)"))

    def open_action(self, screen, number, action):
        """Press the button of a row of a queue; the form of an action that has one is open afterwards."""
        self.go(f"/petugas/{screen}/")
        if action in ("send_to_siak", "submit_draft", "mark_incomplete"):
            self.open_and_tick(number, action)
            return
        row = self.page.locator(f"tr[data-number='{number}']")
        button = row.locator(f"[data-action='{action}']").first
        if not button.count():  # it stands on the page of the application alone
            self.click_and_wait(row.locator("a.num"))
            button = self.page.locator(f".foot [data-action='{action}']").first
        elif not button.is_visible():
            row.locator(".more summary").click()
        if self.script and button.get_attribute("data-dialog") is not None:
            button.click()
            self.page.locator("dialog[open] form").wait_for()
        else:
            self.click_and_wait(button)

    def open_and_tick(self, number, action):
        """Open an application, tick its whole checklist, and press the action; its form stays open."""
        self.click_and_wait(self.page.locator(f"tr[data-number='{number}'] a.num").first)
        if action == "mark_incomplete":
            return  # the caller marks the deficiency
        self.open_papers()
        if (everything := self.page.locator("[name=all][value=ya]")).count():
            self.click_and_wait(everything)
        button = self.page.locator(f"[data-bar] button[data-action='{action}']")
        button.wait_for()
        if action == "send_to_siak":
            self.click_and_wait(button)

    def open_papers(self):
        """Open, by the main button, every paper that was not in view yet."""
        while (button := self.page.locator("[data-bar] a[data-sheet]")).count():
            if self.script:
                with self.wait_for_autosave():
                    button.click()
            else:
                self.click_and_wait(button)

    def confirm(self, action):
        """Submit the form of an action and wait for the answer."""
        button = self.page.locator(f"form button[data-action='{action}'], button[form][data-action='{action}']").last
        button.wait_for()
        if not self.page.locator("dialog[open]").count():
            self.click_and_wait(button)
            return
        self.page.locator("dialog form").evaluate("form => form.dataset.sent = 'ya'")
        button.click()
        self.page.locator("dialog form[data-sent]").wait_for(state="detached")
        self.page.wait_for_load_state()

    @contextmanager
    def wait_for_autosave(self):
        """Wait, after the block, until the checklist is saved and the action bar updated."""
        self.page.locator("[data-bar]").evaluate("bar => bar.dataset.before = 'ya'")
        yield
        self.page.locator("[data-bar][data-before]").wait_for(state="detached")

    # At the desk, one application after the other

    def number(self):
        """Return the number of the application on this page."""
        return self.page.locator("main").get_attribute("data-number")

    def claim_next(self, screen):
        """Claim the next application of a queue; return its number."""
        self.click_and_wait(self.go(f"/petugas/{screen}/").locator("[data-claim=next]"))
        return self.number()

    def wait_for_button(self, action):
        """Wait for a button of the action bar and return it."""
        button = self.page.locator(f"[data-bar] [data-action={action}]")
        button.wait_for()
        return button

    def wait_for_next(self, press):
        """Call `press`, which finishes this application, wait until the next one is open, and return its number."""
        before = self.number()
        press()
        self.page.locator(f"main[data-number]:not([data-number='{before}'])").wait_for()
        self.page.wait_for_load_state()
        return self.number()

    def check_page(self, name, axe=True):
        """Check the page with axe; with AKU_PICTURES=1 save a screenshot too, which takes a fifth longer."""
        if os.environ.get("AKU_PICTURES"):
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=SCREENSHOTS / f"{name}.jpg", full_page=True, type="jpeg", quality=75)
        if axe and self.script:
            self.page.evaluate("scrollTo(0, 0)")  # nothing is half under the bar at the top
            found = AXE.run(self.page, options=AXE_OPTIONS)
            assert not found.response["violations"], (name, found.generate_report())

    def check_page_at_widths(self, name, *widths, axe=None):
        """Check the page at each width, without horizontal scrolling; axe runs at the width `axe`, else at all."""
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            self.check_page(f"{name}-{width}", axe=axe in (None, width))
            wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{name} is {wider} px wider than {width}"
        self.page.set_viewport_size(DESKTOP)

    def fill_section(self, section):
        """Fill in every field of one section of an application, which must be open."""
        assert re.search(f"/isi/{section['key']}\\b", self.page.url), f"{self.page.url}, not {section['key']}"
        answers = sample_answers(section["fields"]) | CHILDREN["AK-LAHIR"]
        for field in section["fields"]:
            self.fill(field, answers[field["key"]])

    def fill(self, field, value):
        page, key = self.page, field["key"]
        if field["type"] == "date":
            page.fill(f"[name='{key}']", "-".join(reversed(value.split("-"))))
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


def pages_at_failure(name):
    """Return URL, text and a screenshot of every open page, for the report of a failed test."""
    pages = [(person, page) for person in Person.alive for page in person.context.pages if not page.is_closed()]
    return "\n\n".join(_page_at_failure(*pair, f"gagal-{name}-{n}.png") for n, pair in enumerate(pages, 1))


def _page_at_failure(person, page, picture):
    told = [f"{page.url} ({SCREENSHOTS / picture})", *person.errors]
    try:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        told.append(page.locator("body").inner_text(timeout=5000)[:2000])
        page.screenshot(path=SCREENSHOTS / picture, timeout=5000)
    except Error as unseen:
        told.append(f"nothing to be seen: {unseen}")
    return "\n".join(told)


def photo(words, size=(1200, 1600)):
    """Return a legible photo of a paper, as a phone would send it."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for line in range(min(40, size[1] // 36 - 4)):
        draw.text((80, 80 + line * 36), f"{words} - baris {line} - CONTOH", fill="black", font_size=size[0] // 42)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
