"""`make pictures`: takes the screenshots of the guides from the demonstration, small enough for the repository."""

import io

from PIL import Image

from tests import ROOT, browsing, machine
from tests.browsing import Person

FOLDER = ROOT / "docs" / "gambar"
DESK = {"width": 1280, "height": 680}
AT_MOST = 60_000  # bytes


def keep(person, name, height=None):
    """Save a screenshot as a PNG of few colours."""
    size = person.page.viewport_size
    clip = {"x": 0, "y": 0, "width": size["width"], "height": height or size["height"]}
    picture = Image.open(io.BytesIO(person.page.screenshot(clip=clip))).convert("RGB")
    if picture.width > 1000:
        picture = picture.resize((1000, picture.height * 1000 // picture.width), Image.Resampling.LANCZOS)
    made = (_png(picture, colours) for colours in (64, 32, 16, 8))
    (FOLDER / f"{name}.png").write_bytes(next(data for data in made if len(data) <= AT_MOST))


def _png(picture, colours):
    out = io.BytesIO()
    picture.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def settle(person):
    """Wait until the PDFs beside the answers are rendered, which no event announces."""
    person.page.wait_for_load_state("networkidle")
    person.page.wait_for_timeout(1500)


def officers(enter):
    """Take the screenshots of the staff side, role by role."""
    admin = enter("admin")
    keep(admin, "beranda")
    admin.go("/petugas/pemeriksaan/")
    keep(admin, "antrean")
    admin.by(admin.page.locator("[data-claim=next]"))
    admin.page.locator("label.yes").first.click()
    settle(admin)
    keep(admin, "pemeriksaan")
    admin.page.keyboard.press("?")
    admin.page.locator("#shortcuts[open]").wait_for()
    keep(admin, "pintasan")
    admin.go("/petugas/permohonan/")
    keep(admin, "cari", 560)
    operator = enter("siak")
    operator.go("/petugas/siak/")
    operator.by(operator.page.locator("[data-claim=next]"))
    operator.page.locator("[name=keyed]").first.click()
    settle(operator)
    keep(operator, "lembar-siak")
    _first(enter("adb"), "adb", "draf")
    kadis = enter("kadis")
    kadis.go("/petugas/tte/")
    kadis.by(kadis.page.locator("[data-action=approve_tte]").first)
    settle(kadis)
    keep(kadis, "tte")
    produksi = enter("produksi")
    produksi.go("/petugas/produksi/")
    keep(produksi, "produksi", 430)
    pickup = enter("pengambilan")
    pickup.go("/petugas/pengambilan/")
    pickup.by(pickup.page.locator("[data-action=hand_over]").first)
    settle(pickup)
    keep(pickup, "serah-terima")
    counter = enter("loket.pemaron")
    counter.go("/petugas/loket/")
    keep(counter, "loket", 480)
    it = enter("it")
    it.go("/petugas/layanan/")
    keep(it, "layanan", 480)


def _first(person, screen, name):
    person.go(f"/petugas/{screen}/")
    person.by(person.page.locator("a.num").first)
    settle(person)
    keep(person, name)


def main():
    """Take all screenshots, from a demonstration of its own."""
    FOLDER.mkdir(exist_ok=True)
    with machine.fresh_server(people=False, REDIS_URL=machine.valkey()) as server, browsing.chromium() as browser:
        server.flask("demo")
        server.flask("drain")

        def enter(who):
            person = Person(browser, server.url, size=DESK)
            person.sign_in_as_staff(f"{who}@aku.example")
            return person

        officers(enter)


if __name__ == "__main__":
    main()
