"""The page as people use it, in a real headless Chromium: photos, report, people, history, comparison, strangers."""

import http.server
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from page_support import Served, axe, chromium, measured, serving, tab
from posturecam.knowledge import load
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.finder import Finder
from posturecam.records import open_records
from posturecam.text.labels import plain_words, plus_minus
from repository import SAMPLES

pytestmark = pytest.mark.slow
LIVES_ON = "posturecam does not answer"
BROKEN = "The upload broke off"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for all tests."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server's records lie."""
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    """One server for all tests."""
    with serving(folder) as found:
        yield found


@pytest.fixture
def page(browser: Any, served: Served) -> Iterator[Any]:
    """A tab of a fresh visitor who has the address."""
    with tab(browser, served) as found:
        yield found


def expected(finder: Finder, photo: Path) -> Assessment:
    """What the program measures in a photo."""
    return assess_photo(read(photo), finder, Settings(), load(), outline=True)


def numbers(page: Any) -> str:
    """The table of measurements, its blanks made plain."""
    return " ".join(str(page.inner_text("section.numbers")).split())


def test_a_dropped_photo_shows_its_numbers(page: Any, served: Served, finder: Finder) -> None:
    """Dropped as with the mouse; the same numbers as the program's own, the photo large, its lines over it."""
    photo = SAMPLES / "front.jpg"
    page.evaluate(
        """([bytes, name]) => {
            const data = new DataTransfer();
            data.items.add(new File([Uint8Array.from(bytes)], name, {type: 'image/jpeg'}));
            document.querySelector('#drop').dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true}));
        }""",
        [list(photo.read_bytes()), "front.jpg"],
    )
    page.wait_for_url("**/exams/*")
    told = numbers(page)
    for one in expected(finder, photo).measurements:
        assert " ".join(plain_words(one).split()) in told
        assert plus_minus(one) in told
    assert page.locator("svg.canvas image").bounding_box()["height"] > 400
    assert page.locator("g.lines text").count() > 4
    assert not page.locator("g.grid").is_visible()
    page.check("#grid")
    assert page.locator("g.grid").is_visible()
    assert served.key not in page.url


def test_the_key_leaves_the_address_line(page: Any, served: Served) -> None:
    """It is in the cookie then, which no script sees; loading again works."""
    assert page.url == f"{served.origin}/"
    assert page.evaluate("document.cookie") == ""
    page.reload()
    assert page.locator("#drop").is_visible()


def test_several_photos_and_one_that_is_none(page: Any, tmp_path: Path) -> None:
    """Each tells how far it got; the bad one says why and does not stop the others; HEIC is read; views are tabs."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    heic, bad = tmp_path / "<i>back&amp;.heic", tmp_path / "bad.jpg"
    with Image.open(SAMPLES / "back.jpg") as opened:
        opened.save(heic, quality=90)
    bad.write_bytes(b"no picture")
    page.set_input_files("#files", [str(SAMPLES / "front.jpg"), str(bad), str(heic)])
    page.wait_for_selector("#after:not([hidden])")
    told = page.inner_text("#rows")
    assert "seen from the front" in told
    assert "seen from behind" in told
    assert "<i>back&amp;.heic" in told
    assert "is not a picture that can be read" in page.inner_text(".failed .state")
    page.click("#go")
    page.wait_for_url("**/exams/*")
    assert page.inner_text("[role=tab][aria-selected=true]") == "Front"
    page.focus("[role=tab][aria-selected=true]")
    page.keyboard.press("ArrowRight")
    assert page.locator("figure[data-view=back]").is_visible()
    assert not page.locator("figure[data-view=front]").is_visible()
    assert "bad.jpg was left out" in page.inner_text("#rest")


def test_a_whole_exam_by_keyboard_alone(page: Any, served: Served, folder: Path) -> None:
    """Four views, the report of all four, kept under a name with everything that could break out of a page."""
    name = '<b>Dana</b> & "K" 🦴/../\''
    measured(page, served, *(SAMPLES / f"{view}.jpg" for view in ("front", "back", "left", "right")))
    assert [one.inner_text() for one in page.locator("[role=tab]").all()] == ["Front", "Back", "Left", "Right"]
    assert "From" in page.inner_text("section.numbers thead")
    page.focus("#keep-open")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(name)
    page.fill("#keep-day", "2026-01-31")
    page.focus("#keep-do")
    page.keyboard.press("Enter")
    page.wait_for_selector("#said:not([hidden])")
    with open_records(folder / "records.sqlite") as records:
        (stored,) = records.exams(name)
        assert stored.on.isoformat() == "2026-01-31"
        assert len(records.kept(stored.number)) == 4
    page.click("#whose a")
    page.wait_for_url("**/person?*")
    assert page.inner_text("h1") == name
    page.click(".exams a")
    page.wait_for_url("**/exams/record-*")
    assert page.locator("[role=tab]").count() == 4
    assert page.locator("g.lines text").count() > 4


def test_photos_are_added_and_taken_away(page: Any, served: Served) -> None:
    """A second view joins the exam, the first one leaves it; the report follows."""
    measured(page, served, SAMPLES / "front.jpg")
    address = page.url
    page.click("text=Add photos")
    page.wait_for_url("**/?exam=*")
    page.set_input_files("#files", str(SAMPLES / "back.jpg"))
    page.wait_for_url("**/exams/*")
    assert page.url == address
    assert [one.inner_text() for one in page.locator("[role=tab]").all()] == ["Front", "Back"]
    page.click("[data-remove='1']")
    page.wait_for_selector("figure[data-view=back]:not([hidden])")
    page.wait_for_selector("[role=tab]", state="detached")
    assert "back.jpg" in page.inner_text("figcaption")


def test_a_pasted_picture_is_taken(page: Any) -> None:
    """From the clipboard, which gives it no name worth keeping."""
    page.evaluate(
        """(bytes) => {
            const data = new DataTransfer();
            data.items.add(new File([Uint8Array.from(bytes)], 'image.png', {type: 'image/jpeg'}));
            document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}));
        }""",
        list((SAMPLES / "front.jpg").read_bytes()),
    )
    page.wait_for_url("**/exams/*")
    assert page.locator("section.numbers").is_visible()


def kept(page: Any, served: Served, photo: Path, name: str, on: str) -> None:
    """Measure a photo and keep it."""
    measured(page, served, photo)
    page.click("#keep-open")
    page.fill("#keep-person", name)
    page.fill("#keep-day", on)
    page.check("#keep-insists")
    page.click("#keep-do")
    page.wait_for_selector("#said:not([hidden])")


def test_history_compare_and_forgetting(page: Any, served: Served, folder: Path) -> None:
    """Two exams: plots, a slider between the two photos that keys move, and then nothing is left of the person."""
    kept(page, served, SAMPLES / "level.jpg", "Ben", "2026-02-01")
    kept(page, served, SAMPLES / "front.jpg", "Ben", "2026-03-01")
    page.goto(f"{served.origin}/people")
    page.fill("#search", "BEN")
    assert page.locator("#people > li:visible").count() == 1
    page.click("#people > li:visible a")
    page.wait_for_url("**/person?*")
    assert "2 exams, 2026-02-01 to 2026-03-01" in page.inner_text("header")
    assert page.locator("svg.trend").count() > 10
    page.click("#choose button")
    page.wait_for_url("**/compare?*")
    assert page.locator("section.changes tbody tr").count() > 10
    over = page.locator(".over").first
    before = over.evaluate("one => getComputedStyle(one).clipPath")
    page.locator(".both input").first.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert over.evaluate("one => getComputedStyle(one).clipPath") != before
    assert all(page.evaluate("[...document.querySelectorAll('.both img')].map(one => one.naturalWidth === 560)"))
    page.goto(f"{served.origin}/person?name=Ben")
    page.click(".menu summary")
    page.click("#forget-open")
    page.click("#forget-do")
    page.wait_for_url("**/people")
    with open_records(folder / "records.sqlite") as records:
        assert "Ben" not in records.people()


def test_the_report_can_be_taken_home(page: Any, served: Served) -> None:
    """As a page that stands alone, as a PDF, as data."""
    measured(page, served, SAMPLES / "front.jpg")
    page.click(".menu summary")
    for name, start in (("report.html", b"<!doctype"), ("report.pdf", b"%PDF"), ("assessment.json", b"{")):
        with page.expect_download() as waiting:
            page.click(f"a[href$='{name}']")
        assert waiting.value.suggested_filename == name
        assert Path(waiting.value.path()).read_bytes().startswith(start)


def test_two_tabs_do_not_mix(browser: Any, served: Served) -> None:
    """Two exams at once in two tabs that share the cookie, sent at the same moment; each shows its own photo."""
    with tab(browser, served) as one:
        other = one.context.new_page()
        other.goto(f"{served.origin}/")
        for found, photo in ((one, "front"), (other, "back")):
            found.set_input_files("#files", str(SAMPLES / f"{photo}.jpg"))
        for found, photo in ((one, "front"), (other, "back")):
            found.wait_for_url("**/exams/*")
            assert f"{photo}.jpg" in found.inner_text("figcaption")
        assert one.url != other.url


@contextmanager
def stranger(folder: Path) -> Iterator[str]:
    """Another page on another port of this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    (folder / "index.html").write_text("<!doctype html><title>stranger</title>")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


TRIES = """async (origin) => {
    const told = {};
    const name = encodeURIComponent('Somebody');
    for (const mode of ['cors', 'no-cors']) {
        for (const method of ['GET', 'POST']) {
            const wish = {mode, method, credentials: 'include', body: method === 'POST' ? '{}' : undefined};
            try {
                const found = await fetch(origin + (method === 'POST' ? '/exams' : '/people'), wish);
                told[mode + method] = found.type === 'opaque' ? 'nothing to read' : await found.text();
            } catch { told[mode + method] = 'refused'; }
        }
    }
    try {
        await fetch(origin + '/person?name=' + name, {method: 'DELETE', credentials: 'include'});
        told.delete = 'done';
    } catch { told.delete = 'refused'; }
    told.socket = await new Promise((done) => {
        const socket = new WebSocket(origin.replace('http', 'ws') + '/mirror/socket');
        socket.onopen = () => done('open');
        socket.onerror = () => done('refused');
    });
    told.picture = await new Promise((done) => {
        const picture = new Image();
        picture.onload = () => done('shown');
        picture.onerror = () => done('refused');
        picture.src = origin + '/static/icon.svg';
    });
    told.script = await new Promise((done) => {
        const script = document.createElement('script');
        script.onload = () => done('run');
        script.onerror = () => done('refused');
        script.src = origin + '/static/people.js';
        document.head.append(script);
    });
    const frame = document.createElement('iframe');
    frame.src = origin + '/people';
    document.body.append(frame);
    await new Promise((done) => { frame.onload = done; setTimeout(done, 2000); });
    try { told.frame = frame.contentDocument ? frame.contentDocument.body.textContent : 'refused'; }
    catch { told.frame = 'refused'; }
    return told;
}"""


def test_a_page_of_another_origin_can_neither_read_nor_post(browser: Any, served: Served, tmp_path: Path) -> None:
    """Though the same browser holds the cookie, and a port of the same host counts as the same site."""
    context = browser.new_context()
    visitor = context.new_page()
    visitor.goto(served.address)
    kept(visitor, served, SAMPLES / "front.jpg", "Somebody", "2026-01-01")
    with stranger(tmp_path) as address:
        other = context.new_page()
        other.goto(address)
        told = other.evaluate(TRIES, served.origin)
    assert set(told.values()) == {"refused"}, told
    visitor.goto(f"{served.origin}/people")
    assert "Somebody" in visitor.inner_text("#people")
    context.close()


def test_killed_in_the_middle_of_an_upload_and_started_again(browser: Any, tmp_path: Path) -> None:
    """The page says so and does not hang; nothing is left behind; started anew it works, the old key does not."""
    large, rest = tmp_path / "large.png", tmp_path / "tmp"
    rest.mkdir()
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (1500, 1000, 3), np.uint8)).save(large)
    with serving(tmp_path, TMPDIR=str(rest)) as first, tab(browser, first) as page:
        network = page.context.new_cdp_session(page)
        slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
        network.send("Network.emulateNetworkConditions", slow)
        page.set_input_files("#files", str(large))
        page.wait_for_selector("text=/sending, [1-9]/")
        first.process.kill()
        page.wait_for_selector(".failed")
        assert BROKEN in page.inner_text(".failed .state")
        assert list(rest.iterdir()) == []
        first.process.wait(10)
        with serving(tmp_path, "--port", str(first.port), TMPDIR=str(rest)) as second:
            network.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
            page.set_input_files("#files", str(SAMPLES / "front.jpg"))
            page.wait_for_selector("#trouble:not([hidden])")
            assert LIVES_ON in page.inner_text("#trouble")
            page.goto(second.address)
            measured(page, second, SAMPLES / "front.jpg")
            assert page.locator("section.numbers").is_visible()
            assert second.end(signal.SIGINT) == 130


LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_everybody_can_read_it(browser: Any, served: Served, look: str) -> None:
    """Axe has nothing to say of any page, wide and on a phone, light and dark; nothing sticks out sideways."""
    with tab(browser, served, **LOOKS[look]) as page:
        kept(page, served, SAMPLES / "front.jpg", "Cleo", "2026-02-01")
        kept(page, served, SAMPLES / "level.jpg", "Cleo", "2026-03-01")
        page.click("#keep-open")
        seen = {"the report, a dialog open": axe(page)}
        page.click("#keep-close")
        page.click("#edit")
        page.wait_for_selector(".handle")
        seen["the points"] = axe(page)
        exam = page.url.removeprefix(served.origin)
        page.goto(f"{served.origin}/person?name=Cleo")
        pair = page.evaluate("[...document.querySelectorAll('.pick input:checked')].map(one => one.value)")
        compared = f"/compare?before={pair[-1]}&after={pair[0]}"
        for path in ("/", "/guide", "/mirror", "/people", "/person?name=Cleo", compared, exam, "/exams/none"):
            page.goto(f"{served.origin}{path}")
            seen[path] = axe(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert {path: found for path, found in seen.items() if found} == {}


def test_nothing_is_asked_of_any_other_host(browser: Any, served: Served) -> None:
    """Every request of every page goes to the page's own origin."""
    with tab(browser, served) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        measured(page, served, SAMPLES / "front.jpg")
        for path in ("/", "/guide", "/mirror", "/people"):
            page.goto(f"{served.origin}{path}")
        assert len(asked) > 10
        assert [one for one in asked if not one.startswith(served.origin)] == []
        assert re.match(r"http://127\.0\.0\.1:\d+$", served.origin)


def test_leaving_while_a_photo_is_on_its_way_is_asked_first(page: Any) -> None:
    """A reload in the middle of an upload asks, and staying loses nothing; afterwards nobody asks."""
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        """Answer that the page is to stay."""
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    held: list[Any] = []
    page.route("**/photos?name=*", lambda route: held.append(route))
    page.set_input_files("#files", SAMPLES / "front.jpg")
    page.wait_for_function("document.querySelector('#rows li')")
    while not held:
        page.wait_for_timeout(50)
    page.evaluate("setTimeout(() => location.reload())")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    held[0].continue_()
    page.wait_for_url("**/exams/*")
    page.reload()
    assert asked == ["beforeunload"]
