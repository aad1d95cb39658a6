"""Nothing that comes in through the page or a file breaks anything: no number that is none, no body without end."""

import contextlib
import json
import socket
import stat
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from page_support import serving
from posturecam.errors import PosturecamError, SettingsError
from posturecam.knowledge import load
from posturecam.page import page_server
from posturecam.page.app_state import MOST_PHOTOS, Arriving, OpenExam
from posturecam.page.security import BAD_HOST, NO_KEY, Access, OneTimeKey, new_key
from posturecam.patterns.answers import read_answers
from posturecam.pipeline.assessment import Settings
from posturecam.storage import strict_json

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


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, "a = " + "[" * 10_000, "a = inf", "a = nan", "\ud800"])
def test_answers_that_are_none_are_refused_in_words(tmp_path: Path, text: str) -> None:
    """A number without end, nesting without end, infinity, half a character."""
    path = tmp_path / "answers.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(PosturecamError):
        read_answers(path, KNOWLEDGE)


def test_a_full_exam_is_told_before_a_photo_is_read() -> None:
    """The ninth photo is refused by its number."""
    open_exam = OpenExam("desk", Settings())
    for number in range(MOST_PHOTOS):
        open_exam.check_room()
        open_exam.add(f"{number}.jpg", b"x")
    with pytest.raises(SettingsError):
        open_exam.check_room()


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
    """It gets a file that only its user can read, which leads on and is gone as soon as its key was used."""
    once = OneTimeKey(20.0)
    seen: list[tuple[str, int, str]] = []

    def look(address: str) -> None:
        """Take note of what the browser would find, and go where it leads."""
        file = Path(unquote(urlsplit(address).path))
        seen.append((address, stat.S_IMODE(file.stat().st_mode), file.read_text("utf-8")))
        assert once.opens(once.key)

    monkeypatch.setattr(page_server.webbrowser, "open", look)
    began = time.monotonic()
    page_server.open_privately("http://127.0.0.1:1/", once)
    address, mode, text = seen[0]
    assert address.startswith("file:")
    assert once.key not in address
    assert mode == 0o600
    assert f"url=http://127.0.0.1:1/?key={once.key}" in text
    assert not Path(unquote(urlsplit(address).path)).exists()
    assert time.monotonic() - began < 5.0


def test_the_browsers_key_opens_once() -> None:
    """It is exchanged for the cookie; whoever finds it afterwards, or comes late, is refused."""
    heads = [(b"host", b"127.0.0.1:1")]
    for lasts_s, opens in ((20.0, True), (-1.0, False)):
        once = OneTimeKey(lasts_s)
        access = Access.of(new_key(), "127.0.0.1", 1, once)
        query = f"key={once.key}".encode()
        assert access.refusal([(b"host", b"evil:1")], query) == BAD_HOST  # and uses nothing up
        assert access.refusal(heads, query) == (None if opens else NO_KEY)
        assert access.brings_key(query)
        assert access.refusal(heads, query) == NO_KEY
        assert access.refusal(heads, f"key={access.key}".encode()) is None
        assert access.refusal([*heads, (b"cookie", f"{access.cookie}={access.key}".encode())], query) is None


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
