"""Nothing that comes in through the page or a file breaks anything: no number that is none, no body without end."""

import contextlib
import json
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from page_support import serving
from posturecam import strict_json
from posturecam.answers import read_answers
from posturecam.assessment import Settings
from posturecam.errors import PosturecamError, SettingsError
from posturecam.knowledge import load
from posturecam.lens.profile import read_profile
from posturecam.page import server
from posturecam.page.desks import MOST_PHOTOS, Desk
from posturecam.page.workplace import Arriving
from posturecam.placed import read_places
from posturecam.reports.fields import read_value
from posturecam.reports.json import assessment_again

NO_NUMBERS = ("NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "-" + "9" * 5000, '"\\ud800"', "[" * 10_000)
KNOWLEDGE = load()


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_numbers_that_are_none_are_refused(text: str) -> None:
    """As ValueError, whether they come as bytes or as text, alone or inside something."""
    for said in (text, f'{{"x": {text}}}', f"[1, {text}]"):
        for data in (said, said.encode()):
            with pytest.raises(ValueError):  # noqa: PT011  (of whatever kind)
                strict_json.loads(data)
    assert strict_json.loads('{"a": [1, 2.5, "\\ud83d\\ude00"]}') == {"a": [1, 2.5, "😀"]}


def _answers(path: Path) -> object:
    return read_answers(path, KNOWLEDGE)


def _points(path: Path) -> object:
    return read_places([str(path)])


def _stored(path: Path) -> object:
    return assessment_again(path, Settings(), KNOWLEDGE)


READERS: tuple[Callable[[Path], object], ...] = (_answers, read_profile, _points, _stored, read_value)
KEYS = (
    "schema",
    "name",
    "x",
    "y",
    "placed",
    "points",
    "pose",
    "photo",
    "error_px",
    "size_px",
    "pain",
    "age_band",
    "view",
)
LEAVES = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=6)
    | some.sampled_from(("left_hip", "posturecam.camera/1", "front"))
)
VALUES = some.recursive(
    LEAVES,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)


def _text(value: object, spoilt: str | None) -> bytes:
    said = json.dumps(value)
    return (said if spoilt is None else said.replace("0", spoilt).replace("null", spoilt)).encode()


def _every_reader(folder: Path, data: bytes) -> None:
    path = folder / "given.json"
    path.write_bytes(data)
    for reader in READERS:
        with contextlib.suppress(PosturecamError):  # said in words; anything else is a fault
            reader(path)


FUZZED = some.builds(_text, VALUES, some.none() | some.sampled_from(NO_NUMBERS)) | some.binary(max_size=40)
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)  # five readers each: 200 cases
@given(data=FUZZED)
def test_no_reader_breaks(tmp_path: Path, data: bytes) -> None:
    """Whatever stands in a file of answers, a camera's profile, points or an assessment is read or refused in words."""
    _every_reader(tmp_path, data)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None, suppress_health_check=QUIET)  # 5000 cases
@given(data=FUZZED)
def test_no_reader_breaks_in_thousands_of_cases(tmp_path: Path, data: bytes) -> None:
    """The same, for longer."""
    _every_reader(tmp_path, data)


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, "a = " + "[" * 10_000, "a = inf", "a = nan", "\ud800"])
def test_answers_that_are_none_are_refused_in_words(tmp_path: Path, text: str) -> None:
    """A number without end, nesting without end, infinity, half a character."""
    path = tmp_path / "answers.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(PosturecamError):
        read_answers(path, KNOWLEDGE)


def test_a_full_exam_is_told_before_a_photo_is_read() -> None:
    """The ninth photo is refused by its number."""
    desk = Desk("desk", Settings())
    for number in range(MOST_PHOTOS):
        desk.check_room()
        desk.add(f"{number}.jpg", b"x")
    with pytest.raises(SettingsError):
        desk.check_room()


def test_only_so_much_arrives_at_once() -> None:
    """What was let in gives its room back, whatever became of it."""
    arriving = Arriving(10)
    with arriving.held(6), pytest.raises(SettingsError), arriving.held(6):
        pass
    with contextlib.suppress(ValueError), arriving.held(10):
        raise ValueError
    with arriving.held(10):
        pass


def test_the_browser_is_not_told_the_key_on_its_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets a file that only its user can read, which leads on and is gone soon."""
    seen: list[tuple[str, int, str]] = []

    def look(address: str) -> None:
        """Take note of what the browser would find."""
        file = Path(unquote(urlsplit(address).path))
        seen.append((address, stat.S_IMODE(file.stat().st_mode), file.read_text("utf-8")))

    monkeypatch.setattr(server.webbrowser, "open", look)
    monkeypatch.setattr(server, "OPENED_S", 0.0)
    server.open_privately("http://127.0.0.1:1/?key=secret")
    address, mode, text = seen[0]
    assert address.startswith("file:")
    assert "secret" not in address
    assert mode == 0o600
    assert "url=http://127.0.0.1:1/?key=secret" in text
    assert not Path(unquote(urlsplit(address).path)).exists()


@pytest.mark.slow
def test_the_page_has_no_fault_of_its_own(tmp_path: Path) -> None:
    """No number, length or depth is answered with 500; a body that breaks off leaves no word of a bug."""
    with serving(tmp_path) as served:

        def ask(path: str, method: str = "GET", body: Any = None) -> tuple[int, bytes]:
            """Ask, give status and body."""
            status, _heads, found = served.ask(path, method, body)
            return status, found

        for text in NO_NUMBERS:
            for key in ("height_cm", "person", "x"):
                assert ask("/exams", "POST", f'{{"{key}": {text}}}'.encode())[0] < 500
        exam = json.loads(ask("/exams", "POST", b"{}")[1])["exam"]
        long = "9" * 5000
        for path in (f"/exams/{exam}/photos/{long}/points", f"/exams/{exam}/photos/{'9' * 19}/picture.jpg"):
            assert ask(path)[0] == 404
        for path in (f"/people/exams/{long}", f"/compare?before={long}&after=1", f"/compare?before={'9' * 30}&after=2"):
            assert ask(path)[0] < 500
        heads = f"Host: 127.0.0.1:{served.port}\r\nCookie: posturecam_{served.port}={served.key}\r\n"
        with socket.create_connection(("127.0.0.1", served.port), 10) as opened:
            opened.sendall(
                f"POST /exams/{exam}/photos?name=a.jpg HTTP/1.1\r\n{heads}Content-Length: 99\r\n\r\nx".encode()
            )
        with socket.create_connection(("127.0.0.1", served.port), 30) as opened:
            opened.sendall(b"GET / HTTP/1.1\r\nHost")
            assert opened.recv(100) == b""
        assert ask("/")[0] == 200
        served.end()
        assert served.process.stderr is not None
        assert "should not have happened" not in served.process.stderr.read()
