"""`make pictures`: takes the screenshots of the guides from the demonstration, small enough for the repository."""

import io

from PIL import Image

from tests import ROOT, machine
from tests.helpers import browser_person
from tests.helpers.browser_person import Person

FOLDER = ROOT / "docs" / "gambar"
VIEWPORT = {"width": 1280, "height": 680}
MAX_BYTES = 60_000  # bytes


def save_screenshot(person, name, height=None):
    """Save a screenshot as a PNG of few colours."""
    size = person.page.viewport_size
    clip = {"x": 0, "y": 0, "width": size["width"], "height": height or size["height"]}
    picture = Image.open(io.BytesIO(person.page.screenshot(clip=clip))).convert("RGB")
    if picture.width > 1000:
        picture = picture.resize((1000, picture.height * 1000 // picture.width), Image.Resampling.LANCZOS)
    made = (_png(picture, colours) for colours in (64, 32, 16, 8))
    (FOLDER / f"{name}.png").write_bytes(next(data for data in made if len(data) <= MAX_BYTES))


def _png(picture, colours):
    out = io.BytesIO()
    picture.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def wait_until_drawn(person):
    """Wait until the PDFs beside the answers are rendered, which no event announces."""
    person.page.wait_for_load_state("networkidle")
    person.page.wait_for_timeout(1500)


def staff_screenshots(enter):
    """Take the screenshots of the staff side, role by role."""
    admin = enter("admin")
    save_screenshot(admin, "beranda")
    admin.go("/petugas/pemeriksaan/")
    save_screenshot(admin, "antrean")
    admin.click_and_wait(admin.page.locator("[data-claim=next]"))
    admin.page.locator("label.yes").first.click()
    wait_until_drawn(admin)
    save_screenshot(admin, "pemeriksaan")
    admin.page.keyboard.press("?")
    admin.page.locator("#shortcuts[open]").wait_for()
    save_screenshot(admin, "pintasan")
    admin.go("/petugas/permohonan/")
    save_screenshot(admin, "cari", 560)
    operator = enter("siak")
    operator.go("/petugas/siak/")
    operator.click_and_wait(operator.page.locator("[data-claim=next]"))
    operator.page.locator("[name=keyed]").first.click()
    wait_until_drawn(operator)
    save_screenshot(operator, "lembar-siak")
    _open_first(enter("adb"), "adb", "draf")
    kadis = enter("kadis")
    kadis.go("/petugas/tte/")
    kadis.click_and_wait(kadis.page.locator("[data-action=approve_tte]").first)
    wait_until_drawn(kadis)
    save_screenshot(kadis, "tte")
    produksi = enter("produksi")
    produksi.go("/petugas/produksi/")
    save_screenshot(produksi, "produksi", 430)
    pickup = enter("pengambilan")
    pickup.go("/petugas/pengambilan/")
    pickup.click_and_wait(pickup.page.locator("[data-action=hand_over]").first)
    wait_until_drawn(pickup)
    save_screenshot(pickup, "serah-terima")
    counter = enter("loket.pemaron")
    counter.go("/petugas/loket/")
    save_screenshot(counter, "loket", 480)
    it = enter("it")
    it.go("/petugas/layanan/")
    save_screenshot(it, "layanan", 480)


def _open_first(person, screen, name):
    person.go(f"/petugas/{screen}/")
    person.click_and_wait(person.page.locator("a.num").first)
    wait_until_drawn(person)
    save_screenshot(person, name)


def main():
    """Take all screenshots, from a demonstration of its own."""
    FOLDER.mkdir(exist_ok=True)
    with machine.fresh_server(people=False, REDIS_URL=machine.valkey()) as server, browser_person.chromium() as browser:
        server.flask("demo")
        server.flask("drain")

        def enter(who):
            person = Person(browser, server.url, size=VIEWPORT)
            person.sign_in_as_staff(f"{who}@aku.example")
            return person

        staff_screenshots(enter)


if __name__ == "__main__":
    main()
