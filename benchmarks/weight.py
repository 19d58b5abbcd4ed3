"""QUALITY.md "Weight": bytes and requests of public pages in a browser, and seconds until usable on a slow line."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from benchmarks.offices import Line, Office
from tests import browsing, machine

LINE, DELAY = 60 * 1024, 300  # bytes a second, ms: a slow telephone line
FIRST_PAGES = ("/", "/layanan/AK-LAHIR", "/lacak", "/masuk")
NEXT_PAGES = (
    "/layanan/",
    "/layanan/AK-LAHIR",
    "/layanan/KK-BARU",
    "/standar-pelayanan",
    "/loket",
    "/lacak",
    "/pulihkan",
)
SERVICES = ("AK-LAHIR", "PIN-KELUAR")  # the one most asked for, and one with many villages
USABLE = "Math.max(performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart, \
performance.getEntriesByName('first-contentful-paint')[0]?.startTime || 0)"


class Scale:
    """Counter of a page's network traffic: bytes and requests, headers included."""

    def __init__(self, page: Page):
        self.page, self.octets, self.requests = page, 0, 0
        self.wire = page.context.new_cdp_session(page)
        self.wire.send("Network.enable")
        self.wire.on("Network.responseReceived", self._begun)
        self.wire.on("Network.loadingFinished", self._ended)
        self.kept: set[str] = set()

    def _begun(self, told: dict) -> None:
        if told["response"].get("fromDiskCache") or told["response"].get("fromPrefetchCache"):
            self.kept.add(told["requestId"])

    def _ended(self, told: dict) -> None:
        if told["requestId"] not in self.kept and told["encodedDataLength"]:
            self.octets += int(told["encodedDataLength"])
            self.requests += 1

    def slow(self) -> None:
        facts = {"offline": False, "latency": DELAY, "downloadThroughput": LINE, "uploadThroughput": LINE}
        self.wire.send("Network.emulateNetworkConditions", facts)

    def weigh(self, url: str) -> tuple[int, int]:
        """Open a URL and return its bytes and requests."""
        self.octets = self.requests = 0
        self.page.goto(url, wait_until="networkidle")
        return self.octets, self.requests


def run(offices: list[Office] | None = None) -> Iterator[Line]:
    """Measure a fresh server; the offices are not used."""
    with machine.fresh_server() as server, browsing.chromium() as browser:
        for path in FIRST_PAGES:
            yield from first_load(browser, server.url, path)
        heaviest = sorted(next_loads(browser, server.url))
        for octets, path in heaviest[::-1]:
            yield Line(16, f"next page {path}, kB", "", 0, octets / 1000, 15)


def first_load(browser: Browser, url: str, path: str) -> Iterator[Line]:
    """Measure with an empty cache: kilobytes, requests, and seconds until usable on the slow line."""
    with visitor(browser) as page:
        octets, requests = Scale(page).weigh(url + path)
    with visitor(browser) as page:
        scale = Scale(page)
        scale.slow()
        scale.weigh(url + path)
        usable = page.evaluate(USABLE) / 1000
    yield Line(
        14, f"first load {path}, kB", "", 0, octets / 1000, 60, f"{usable:.1f} s until usable at 60 KiB/s, 300 ms"
    )
    yield Line(15, f"first load {path}, requests", "", 0, requests, 6)


def next_loads(browser: Browser, url: str) -> Iterator[tuple[int, str]]:
    """Measure with a warm cache: each public page, and the pages of filling in an application."""
    with visitor(browser) as page:
        scale = Scale(page)
        scale.weigh(f"{url}/")
        for path in NEXT_PAGES:
            yield scale.weigh(url + path)[0], path
        sign_in(page, url)
        yield scale.weigh(f"{url}/permohonan/")[0], "/permohonan/"
        for service in SERVICES:
            yield from the_way(scale, url, service)


def the_way(scale: Scale, url: str, service: str) -> Iterator[tuple[int, str]]:
    """Measure every page of a new application."""
    page = scale.page
    page.goto(f"{url}/permohonan/baru/{service}")
    page.locator("main form button").last.click()
    page.wait_for_url("**/isi/**")
    root = page.url.partition("/isi/")[0]
    for part in parts_of(page):
        octets, _ = scale.weigh(f"{root}/{part}")
        yield octets, f"{service} …/{part.partition('/')[2] or part}"
    yield scale.weigh(root)[0], f"{service} (its own page)"


def parts_of(page: Page) -> list[str]:
    """Return the paths of an application's pages, found from its review page."""
    found, base = [], page.url.partition("/isi/")[0]
    page.goto(f"{base}/periksa")
    links = page.eval_on_selector_all("a[href*='/isi/']", "all => all.map(one => one.href)")
    for link in links:
        part = urlsplit(link).path.rpartition("/")[2]
        if f"isi/{part}" not in found:
            found.append(f"isi/{part}")
    return [*found, "unggahan", "periksa"]


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/masuk")
    page.fill("[name=email]", "pemohon@aku.example")
    page.fill("[name=password]", "buleleng-2026")
    page.locator("form:has([name=password]) button").first.click()
    page.wait_for_url("**/permohonan/")


@contextmanager
def visitor(browser: Browser) -> Iterator[Page]:
    """Open a page with an empty cache, of a phone's size."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID", service_workers="block")
    try:
        yield context.new_page()
    finally:
        context.close()
