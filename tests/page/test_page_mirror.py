"""The mirror in the browser: a fake camera plays a film of a phantom; the socket leads through a whole exam."""

import io
import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from page_support import Served, axe, chromium, serving, tab
from posturecam.page.mirror_views import HEAD, MOST_SIDE_PX, SocketCamera, picture_in
from repository import SAMPLES

pytestmark = pytest.mark.slow
SIZE = (1280, 720)
EXAM = ("front", "left", "back", "right")


def jpeg(view: str) -> bytes:
    """A camera's picture of a phantom standing in the room."""
    with Image.open(SAMPLES / f"{view}.jpg") as opened:
        person = opened.convert("RGB")
    person.thumbnail(SIZE)
    room = Image.new("RGB", SIZE, (120, 120, 120))
    room.paste(person, ((SIZE[0] - person.width) // 2, 0))
    file = io.BytesIO()
    room.save(file, "JPEG", quality=92)
    return file.getvalue()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that finds the person in each picture twice only, to be quick."""
    with serving(tmp_path_factory.mktemp("page"), "--passes", "2") as found:
        yield found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Chromium whose camera plays a film of somebody standing still."""
    film = tmp_path_factory.mktemp("film") / "standing.mjpeg"
    film.write_bytes(jpeg("front") * 15)
    fake = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    with chromium(*fake, f"--use-file-for-fake-video-capture={film}") as found:
        yield found


def true_tilt(view: str, key: str) -> float:
    """What is true of a sample."""
    images = json.loads((SAMPLES / "truth.json").read_text())["images"]
    return float(next(one for one in images if one["file"] == f"{view}.jpg")["angles"]["image"][key])


def test_standing_still_is_measured(browser: Any, served: Served) -> None:
    """The film of a phantom whose left hip is higher: lines over the picture, a countdown, the numbers, the report."""
    with tab(browser, served) as page:
        page.goto(f"{served.origin}/mirror")
        page.uncheck("#beep")
        page.click("#start")
        page.wait_for_selector("#lines polyline", state="attached")
        assert page.evaluate("document.querySelector('#video').videoWidth") == SIZE[0]
        assert "standing.mjpeg" in page.inner_text("#cameras option:checked")
        page.wait_for_selector("#big:not([hidden])")
        assert re.fullmatch("[123]", page.inner_text("#big"))
        assert page.inner_text("#title") == "Stay as you are"
        page.wait_for_selector("#report:not([hidden])")
        told = re.search(r"left hip ([\d.]+)° higher \(± ([\d.]+)°\)", page.inner_text("#results"))
        assert told
        assert abs(float(told[1]) - true_tilt("front", "hip_tilt")) <= float(told[2])
        page.click("#report")
        page.wait_for_url("**/exams/*")
        assert f"left hip {told[1]}° higher" in page.inner_text("section.numbers").replace("\u00a0", " ")
        assert "Measured from 6 pictures" in page.inner_text("#rest")


def test_the_mirrored_lines_lie_on_the_mirrored_person(browser: Any, served: Served) -> None:
    """The person's own left stands at the left of the mirror, as in any mirror."""
    with tab(browser, served) as page:
        page.goto(f"{served.origin}/mirror")
        page.click("#start")
        page.wait_for_selector("#lines text", state="attached")
        left, right, middle = page.evaluate(
            """() => {
                const box = (one) => one.getBoundingClientRect();
                const words = [...document.querySelectorAll('#lines text')];
                const at = (said) => box(words.find((one) => one.textContent === said)).left;
                const video = box(document.querySelector('#video'));
                return [at('your left'), at('your right'), video.left + video.width / 2];
            }"""
        )
        assert left < middle < right + 60
        assert axe(page) == []
        page.click("#stop")
        assert page.locator("#start").is_visible()
        assert page.evaluate("document.querySelector('#video').srcObject.active") is False


def test_another_camera_can_be_picked(served: Served, browser: Any) -> None:
    """The list names every camera; choosing one changes the picture that is sent."""
    with tab(browser, served) as page:
        page.goto(f"{served.origin}/mirror")
        page.evaluate(
            """() => {
                const media = navigator.mediaDevices;
                const real = media.getUserMedia.bind(media);
                window.wished = [];
                media.enumerateDevices = async () => ['first', 'second'].map((one) => ({
                    kind: 'videoinput', label: `${one} camera`, deviceId: one}));
                media.getUserMedia = (wish) => { window.wished.push(wish.video.deviceId); return real({video: true}); };
                media.dispatchEvent(new Event('devicechange'));
            }"""
        )
        page.wait_for_selector("#cameras option:has-text('second camera')", state="attached")
        page.click("#start")
        page.wait_for_selector("#lines polyline", state="attached")
        page.select_option("#cameras", "second")
        page.wait_for_selector("#lines polyline", state="attached")
        assert page.evaluate("window.wished.at(-1)") == {"exact": "second"}
        page.click("#stop")


def test_without_permission_the_page_says_what_to_do(browser: Any, served: Served) -> None:
    """A camera that is forbidden, missing or in use is told of in words, and the page is ready for another try."""
    told = {"NotAllowedError": "Allow it", "NotFoundError": "Plug one in", "NotReadableError": "another program"}
    with tab(browser, served) as page:
        page.goto(f"{served.origin}/mirror")
        for name, words in told.items():
            page.evaluate(
                "name => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name)); }",
                name,
            )
            page.click("#start")
            page.wait_for_selector(f"#trouble:has-text('{words}')")
            assert page.locator("#start").is_visible()


class Line:
    """The browser's end of the socket, with a clock of its own."""

    def __init__(self, served: Served, *, exam: bool = False) -> None:
        """Open the socket as the page does."""
        client = pytest.importorskip("websockets.sync.client")
        heads = {"Cookie": f"posturecam_{served.port}={served.key}"}
        address = f"ws://127.0.0.1:{served.port}/mirror/socket?exam={int(exam)}"
        self._open = ExitStack()
        opened = client.connect(address, origin=served.origin, additional_headers=heads, compression=None)
        self.socket = self._open.enter_context(opened)
        self.sent, self.at_ms = 0, 0.0
        self.close = self._open.close

    def send(self, picture: bytes) -> None:
        """Send a picture, a sixth of a second after the one before."""
        self.socket.send(HEAD.pack(self.at_ms) + picture)
        self.sent, self.at_ms = self.sent + 1, self.at_ms + 1000 / 6

    def hear(self) -> dict[str, Any]:
        """Give the next message."""
        found: dict[str, Any] = json.loads(self.socket.recv(30))
        return found

    def answered(self) -> dict[str, Any]:
        """Give the last message that there is once every picture sent is settled."""
        while True:
            told = self.hear()
            if "number" not in told or (told["number"] >= self.sent - 1 and told["status"]["phase"] != "measure"):
                return told


def test_the_guided_exam_takes_all_four_views(served: Served) -> None:
    """In the order in which one turns; at its end stands the report of all four."""
    line = Line(served, exam=True)
    told: dict[str, Any] = {}
    for number, view in enumerate(EXAM, 1):
        picture = jpeg(view)
        for _ in range(400):
            line.send(picture)
            told = line.answered()
            if told.get("done") or told.get("captures") == number:
                break
        assert told.get("done") or [one["done"] for one in told["status"]["steps"]][:number] == [True] * number
    while not told.get("done"):
        told = line.hear()
    line.close()
    status, _, body = served.ask(f"/exams/{told['exam']}", Accept="text/html")
    assert status == 200
    tabs = re.findall(r'data-view="(\w+)"', body.decode())
    assert sorted(tabs) == sorted(EXAM)


def test_the_latest_picture_wins(served: Served) -> None:
    """Of many pictures sent at once most are passed over; the last one is always answered."""
    line = Line(served)
    picture = jpeg("front")
    line.send(picture)
    line.answered()
    for _ in range(60):
        line.send(picture)
    answers = [line.hear()["number"]]
    while answers[-1] < line.sent - 1:
        answers.append(line.hear()["number"])
    line.close()
    assert answers == sorted(set(answers))
    assert len(answers) < 40


def seated(served: Served, picture: bytes) -> Line:
    """A line that was let in; one that closed a moment ago may still be on its way out."""
    for _ in range(100):
        line = Line(served)
        with suppress(Exception):  # whoever is not let in is closed at once
            line.send(picture)
            if "error" not in line.hear():
                return line
        line.close()
        time.sleep(0.1)
    pytest.fail("no seat was given back")


def test_no_more_mirrors_than_the_machine_bears(served: Served) -> None:
    """A third one is told so; when one closes there is room again."""
    picture = jpeg("front")
    lines = [seated(served, picture) for _ in range(2)]
    third = Line(served)
    assert "other tabs" in third.hear()["error"]
    third.close()
    lines[0].close()
    seated(served, picture).close()
    lines[1].close()


def test_it_ends_while_somebody_is_being_measured(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a measurement: an orderly end all the same."""
    with serving(tmp_path) as found:
        line, picture = Line(found), jpeg("front")
        phase = ""
        while phase != "measure":
            line.send(picture)
            phase = line.hear()["status"]["phase"]
        assert found.end() == 130
        with suppress(Exception):  # the other end has gone
            line.close()


@pytest.mark.parametrize(
    "bad", [b"", b"x" * 100, HEAD.pack(1.0) + b"no picture", HEAD.pack(float("nan")) + jpeg("front")], ids=len
)
def test_what_is_no_picture_is_passed_over(bad: bytes) -> None:
    """Nothing of it reaches a decoder or the clock."""
    assert picture_in(bad) is None


def test_a_picture_too_large_is_passed_over() -> None:
    """Its size is read before it is decoded."""
    file = io.BytesIO()
    Image.new("RGB", (MOST_SIDE_PX + 1, 64)).save(file, "JPEG")
    assert picture_in(HEAD.pack(1.0) + file.getvalue()) is None


def test_times_always_go_forward() -> None:
    """Whatever the browser's clock says."""
    camera = SocketCamera()
    times = []
    pictures = camera.frames()
    for at_ms in (1000.0, 1100.0, 900.0, 900.0, 5000.0):
        camera.put(HEAD.pack(at_ms) + jpeg("front"))
        times.append(next(pictures).at_s)
    assert times[0] == 0.0
    assert times == sorted(set(times))
    camera.close()
    assert list(pictures) == []
