"""Page weight: bytes and requests of public pages in a browser, and seconds until usable on a slow line."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from benchmarks.offices import Office, ResultLine
from tests import machine
from tests.helpers import browser_person

BYTES_PER_SECOND, LATENCY_MS = 60 * 1024, 300  # bytes a second, ms: a slow telephone line
STAFF_LINE = 50_000, 400  # bytes a second, ms: of a village counter
LARGEST_PAINT = """new PerformanceObserver(list => {
  for (const one of list.getEntries()) window.largestPaint = one.startTime;
}).observe({type: 'largest-contentful-paint', buffered: true})"""
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


class TrafficMeter:
    """Counter of a page's network traffic: bytes and requests, headers included."""

    def __init__(self, page: Page):
        self.page, self.octets, self.requests = page, 0, 0
        self.wire = page.context.new_cdp_session(page)
        self.wire.send("Network.enable")
        self.wire.on("Network.responseReceived", self._begun)
        self.wire.on("Network.loadingFinished", self._ended)
        self.from_cache: set[str] = set()

    def _begun(self, told: dict) -> None:
        if told["response"].get("fromDiskCache") or told["response"].get("fromPrefetchCache"):
            self.from_cache.add(told["requestId"])

    def _ended(self, told: dict) -> None:
        if told["requestId"] not in self.from_cache and told["encodedDataLength"]:
            self.octets += int(told["encodedDataLength"])
            self.requests += 1

    def throttle(self, bytes_per_second: int = BYTES_PER_SECOND, latency: int = LATENCY_MS) -> None:
        facts = {
            "offline": False,
            "latency": latency,
            "downloadThroughput": bytes_per_second,
            "uploadThroughput": bytes_per_second,
        }
        self.wire.send("Network.emulateNetworkConditions", facts)

    def measure(self, url: str) -> tuple[int, int]:
        """Open a URL and return its bytes and requests."""
        self.octets = self.requests = 0
        self.page.goto(url, wait_until="networkidle")
        return self.octets, self.requests


def run(offices: list[Office] | None = None) -> Iterator[ResultLine]:
    """Measure a fresh server; the offices are not used."""
    with machine.fresh_server() as server, browser_person.chromium() as browser:
        for path in FIRST_PAGES:
            yield from first_load(browser, server.url, path)
        heaviest = sorted(next_loads(browser, server.url))
        for octets, path in heaviest[::-1]:
            yield ResultLine(16, f"next page {path}, kB", "", 0, octets / 1000, 15)
        yield from staff_first_visit(browser, server.url)


def first_load(browser: Browser, url: str, path: str) -> Iterator[ResultLine]:
    """Measure with an empty cache: kilobytes, requests, and seconds until usable on the slow line."""
    with fresh_phone(browser) as page:
        octets, requests = TrafficMeter(page).measure(url + path)
    with fresh_phone(browser) as page:
        scale = TrafficMeter(page)
        scale.throttle()
        scale.measure(url + path)
        usable = page.evaluate(USABLE) / 1000
    yield ResultLine(
        14, f"first load {path}, kB", "", 0, octets / 1000, 60, f"{usable:.1f} s until usable at 60 KiB/s, 300 ms"
    )
    yield ResultLine(15, f"first load {path}, requests", "", 0, requests, 6)


def staff_first_visit(browser: Browser, url: str) -> Iterator[ResultLine]:
    """Measure a queue of the staff with an empty cache, on a slow line and a processor four times slower."""
    with fresh_phone(browser) as page:
        page.goto(f"{url}/petugas/masuk")
        page.fill("[name=email]", "admin@aku.example")
        page.fill("[name=password]", "buleleng-2026")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{url}/petugas/")
        scale = TrafficMeter(page)
        scale.wire.send("Network.clearBrowserCache")
        scale.wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        scale.throttle(*STAFF_LINE)
        page.add_init_script(LARGEST_PAINT)
        octets, requests = scale.measure(f"{url}/petugas/pemeriksaan/")
        painted = page.evaluate("window.largestPaint") / 1000
        again, _ = scale.measure(f"{url}/petugas/pemeriksaan/")
    yield ResultLine(17, "staff queue, first visit, kB", "", 0, octets / 1000, 90, f"{requests} requests")
    yield ResultLine(17, "the same, largest paint, s", "", 0, painted, 2.0, f"{again / 1000:.1f} kB a later visit")


def next_loads(browser: Browser, url: str) -> Iterator[tuple[int, str]]:
    """Measure with a warm cache: each public page, and the pages of filling in an application."""
    with fresh_phone(browser) as page:
        scale = TrafficMeter(page)
        scale.measure(f"{url}/")
        for path in NEXT_PAGES:
            yield scale.measure(url + path)[0], path
        sign_in(page, url)
        yield scale.measure(f"{url}/permohonan/")[0], "/permohonan/"
        for service in SERVICES:
            yield from wizard_loads(scale, url, service)


def wizard_loads(scale: TrafficMeter, url: str, service: str) -> Iterator[tuple[int, str]]:
    """Measure every page of a new application."""
    page = scale.page
    page.goto(f"{url}/permohonan/baru/{service}")
    page.locator("main form button").last.click()
    page.wait_for_url("**/isi/**")
    root = page.url.partition("/isi/")[0]
    for part in wizard_pages(page):
        octets, _ = scale.measure(f"{root}/{part}")
        yield octets, f"{service} …/{part.partition('/')[2] or part}"
    yield scale.measure(root)[0], f"{service} (its own page)"


def wizard_pages(page: Page) -> list[str]:
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
def fresh_phone(browser: Browser) -> Iterator[Page]:
    """Open a page with an empty cache, of a phone's size."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID", service_workers="block")
    try:
        yield context.new_page()
    finally:
        context.close()
