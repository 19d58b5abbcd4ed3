"""People at their browsers: each has one of their own, fills in what a page asks, and is watched for errors."""

import io
import re
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw
from playwright.sync_api import TimeoutError, sync_playwright

from tests import machine
from tests.world import sample

PICTURES = Path(__file__).resolve().parent.parent / "build" / "screenshots"
LAUNCH = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1366, "height": 768}
PATIENCE = 60_000  # ms; a machine with two busy cores is slow at times
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


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

    def __init__(self, browser, base, size=None, script=True):
        self.base = base
        self.context = browser.new_context(viewport=size or DESK, java_script_enabled=script, locale="id-ID")
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.set_default_navigation_timeout(PATIENCE)
        self.errors: list[str] = []
        self.page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.script = script

    def go(self, path):
        answer = self.page.goto(self.base + path if path.startswith("/") else path)
        assert answer.status < 400, (path, answer.status)
        return self.page

    def press(self, words):
        self.page.get_by_role("button", name=words).first.click()

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
        self.page.locator("form:has([name=password]) button").first.click()
        self.page.wait_for_url(re.compile(r"/petugas/(?!masuk)"))

    def act(self, screen, number, action):
        """Press the button of a row of a queue; where it asks, its page or dialog is open afterwards."""
        self.go(f"/petugas/{screen}/")
        if action in ("send_to_siak", "submit_draft", "mark_incomplete"):
            self.look_at(number, action)
            return
        button = self.page.locator(f"tr[data-number='{number}'] [data-action='{action}']").first
        over_the_list = self.script and button.get_attribute("data-dialog") is not None
        button.click()
        if over_the_list:
            self.page.locator("dialog[open] form").wait_for()
        self.page.wait_for_load_state()

    def look_at(self, number, action):
        """Open an application, tick all of it, and press what is offered then; a form stays open to be filled in."""
        self.page.locator(f"tr[data-number='{number}'] a.num").first.click()
        self.page.wait_for_url(re.compile("/details/"))
        if action == "mark_incomplete":
            return  # which part falls short, the caller marks
        if (everything := self.page.locator("[name=all][value=ya]")).count():
            everything.click()
        button = self.page.locator(f"[data-bar] button[data-action='{action}']")
        button.wait_for()
        if action == "send_to_siak":
            button.click()
        self.page.wait_for_load_state()

    def confirm(self, action):
        """Send the form of an action; of a dialog, its answer is there afterwards."""
        button = self.page.locator(f"form button[data-action='{action}'], button[form][data-action='{action}']").last
        assert button.count(), f"{self.page.url} offers no {action}: {self.page.inner_text('main')[:500]}"
        if self.page.locator("dialog[open]").count():
            self.page.locator("dialog form").evaluate("form => form.dataset.sent = 'ya'")
        button.click()
        self.page.wait_for_load_state()
        self.page.locator("dialog form[data-sent]").wait_for(state="detached")
        self.page.wait_for_load_state()

    def look(self, name, axe=True):
        """Leave a picture of the page, and have axe look at it."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        if axe and self.script:
            found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": WCAG}})
            assert not found.response["violations"], (name, found.generate_report())

    def fill_section(self, section):
        """Answer every field of one page of an application, once that page is there."""
        try:
            self.page.wait_for_url(re.compile(f"/isi/{section['key']}\\b"))
        except TimeoutError as late:
            raise AssertionError(f"{self.page.url} and not {section['key']}: {self.page.inner_text('main')}") from late
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


def photo(words, size=(1200, 1600)):
    """A legible picture of a paper, as a phone would send it."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for line in range(min(40, size[1] // 36 - 4)):
        draw.text((80, 80 + line * 36), f"{words} - baris {line} - CONTOH", fill="black", font_size=size[0] // 42)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
