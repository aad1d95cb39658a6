"""The page's door: only this machine's own browser, by its own name, from its own page, with this start's key."""

import errno
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from page_support import Served, serving
from posturecam.cli import app, serve_command
from posturecam.errors import SettingsError
from posturecam.page.error_text import error_line, without_paths
from posturecam.page.page_server import Place, bound
from posturecam.page.requests import shown_file_name
from posturecam.page.security import Access, policy
from repository import SAMPLES

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all questions."""
    with serving(tmp_path_factory.mktemp("page")) as found:
        yield found
        assert found.end() == 130


UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
PATHS = ("/", "/people", "/static/app.css", "/exams/x/state", "/nothing/here", "/static/", "//", "/../../etc/passwd")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
def test_without_the_key_nothing_is_told(served: Served, path: str, method: str) -> None:
    """Known or not: 401, and the same words."""
    for cookie in ("", f"posturecam_{served.port}=", f"posturecam_{served.port}={served.key[:-1]}x", "other=1"):
        status, headers, body = served.ask(path, method, Cookie=cookie)
        assert status == 401
        assert b"key" in body or method == "HEAD"
        assert "set-cookie" not in headers


def test_a_wrong_key_in_the_address_is_no_key(served: Served) -> None:
    """And an empty one, and the right one too short or too long."""
    for key in ("", "x", served.key[:-1], served.key + "0", "%00", "é"):
        assert served.ask(f"/?key={key.encode().hex() if key == 'é' else key}", Cookie="")[0] == 401


def test_the_key_becomes_a_cookie_that_scripts_cannot_read(served: Served) -> None:
    """Of this session and this site only."""
    status, headers, _ = served.ask(f"/?key={served.key}", Cookie="")
    assert status == 200
    cookie = headers["set-cookie"]
    assert cookie.startswith(f"posturecam_{served.port}={served.key};")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {one.strip() for one in cookie.split(";")}
    assert "expires" not in cookie.lower()
    assert served.ask("/people")[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "", "localhost."])
def test_a_foreign_host_is_refused(served: Served, host: str) -> None:
    """A name that was made to point here (DNS rebinding): 400, with the key and without."""
    for cookie in ({}, {"Cookie": ""}):
        assert served.ask("/", Host=host.format(port=served.port), **cookie)[0] == 400


def test_two_hosts_are_none(served: Served) -> None:
    """A request that names two hosts, or none at all, is refused."""
    for heads in ("", f"Host: 127.0.0.1:{served.port}\r\nHost: evil.example\r\n"):
        with socket.create_connection(("127.0.0.1", served.port), 10) as opened:
            opened.sendall(f"GET /?key={served.key} HTTP/1.0\r\n{heads}\r\n".encode())
            assert b" 400 " in opened.recv(4096).split(b"\r\n")[0]


def test_localhost_is_its_own_name(served: Served) -> None:
    """Typed by hand it works too."""
    assert served.ask("/", Host=f"localhost:{served.port}")[0] == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}"])
def test_a_foreign_origin_is_refused(served: Served, origin: str) -> None:
    """Even with the key, whatever it asks for: 403."""
    said = origin.format(port=served.port)
    for method, path in (("POST", "/exams"), ("GET", "/people"), ("DELETE", "/person?name=x"), ("GET", "/nothing")):
        assert served.ask(path, method, Origin=said)[0] == 403
    assert served.ask("/exams", "POST", b"{}", Origin=served.origin)[0] == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_pages_cannot_embed(served: Served, site: str) -> None:
    """A page of another port counts as the same site and would send the cookie; its pictures and frames get nothing."""
    assert served.ask("/people", Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors")[0] == 403
    _, headers, _ = served.ask("/people", Sec_Fetch_Site="none", Sec_Fetch_Mode="navigate")
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("heads", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Cookie": ""}, 401),
        ({"Host": "evil.example"}, 400),
        ({}, 101),
    ],
)
def test_the_socket_has_the_same_door(served: Served, heads: dict[str, str], status: int) -> None:
    """A WebSocket is no way around it."""
    usual = {**UPGRADE, "Origin": served.origin}
    assert served.ask("/mirror/socket", **{**usual, **heads})[0] == status


def test_the_policy_allows_nothing_from_elsewhere(served: Served) -> None:
    """No inline script or style, no other host; on every answer, refusals and errors too."""
    for path, more in (("/", {}), ("/nothing", {}), ("/", {"Cookie": ""}), ("/", {"Host": "evil.example"})):
        found = served.ask(path, **more)[1]["content-security-policy"]
        assert found.startswith("default-src 'self';")
        assert "unsafe" not in found
        assert not re.search(r"https?:|\*|data:", found)
    assert policy("x")["Cache-Control"] == "no-store"


def test_pages_hold_no_inline_script_or_style(served: Served) -> None:
    """What the policy forbids is not there to be forbidden."""
    for path in ("/", "/people", "/guide", "/mirror", "/exams/none"):
        text = served.ask(path, Accept="text/html")[2].decode()
        assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=\"/static/)|\son\w+=", text)
        assert not re.search(r"(?:src|href)=\"(?!/|#)", text)


@pytest.mark.parametrize("path", ["/static", "/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/records/x"])
def test_no_folder_is_listed_and_none_is_left(served: Served, path: str) -> None:
    """Static files are those of one folder, by name."""
    status, _, body = served.ask(path)
    assert status in (404, 405)
    assert b"import" not in body
    assert b"app.css" not in body


def test_errors_show_no_path(served: Served) -> None:
    """Of this machine's files nothing is told."""
    exam = served.ask("/exams", "POST", b"{}")[2].decode().split('"')[3]
    name = "..%2F..%2Fetc%2Fpasswd.jpg"
    served.ask(f"/exams/{exam}/photos?name={name}", "POST", b"no picture at all")
    told = wait_for(served, exam)
    assert "Passwd.jpg is not a picture" in told.replace("passwd", "Passwd")
    pages = [
        served.ask(path, Accept="text/html")[2].decode() for path in ("/person?name=nobody", "/records/99", "/nope")
    ]
    for text in (told, *pages):
        assert not re.search(r"/(home|root|tmp|usr|etc|work)\b", text.replace("/people", ""))
    assert without_paths("cannot open /home/me/a b/records.sqlite: no") == "cannot open records.sqlite: no"
    assert error_line(SettingsError("/root/x/y.sqlite is damaged")) == "Y.sqlite is damaged"
    assert without_paths("C:\\Users\\me\\x.png is empty") == "x.png is empty"


def wait_for(served: Served, exam: str) -> str:
    """The state of an exam when nothing is open in it any more."""
    for _ in range(200):
        told = served.ask(f"/exams/{exam}/state")[2].decode()
        if '"waiting"' not in told and '"measuring"' not in told:
            return told
        time.sleep(0.05)
    return told


def test_uploads_are_limited(served: Served) -> None:
    """In size, in number, and what is empty is told at once."""
    exam = served.ask("/exams", "POST", b"{}")[2].decode().split('"')[3]
    address = f"/exams/{exam}/photos?name=a.jpg"
    with socket.create_connection(("127.0.0.1", served.port), 10) as opened:
        head = f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nContent-Length: 99999999\r\n"
        opened.sendall(f"{head}Cookie: posturecam_{served.port}={served.key}\r\n\r\n".encode() + b"x" * 1000)
        assert b" 413 " in opened.recv(4096).split(b"\r\n")[0]
    assert served.ask(address, "POST", b"")[0] == 400
    assert [served.ask(address, "POST", b"x")[0] for _ in range(9)] == [200] * 8 + [400]
    assert served.ask("/exams", "POST", b"x" * 300_000)[0] == 413
    assert served.ask("/exams", "POST", b"[1]")[0] == 400
    assert served.ask("/exams", "POST", b'{"height_cm": 3}')[0] == 400


def test_pixels_are_limited(served: Served) -> None:
    """A picture that would unpack to more than the program reads is refused before it is decoded."""
    bomb = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xea\x60\x00\x00\xea\x60\x08\x02\x00\x00\x00"
    import zlib

    bomb += zlib.crc32(bomb[12:29]).to_bytes(4, "big") + b"\x00\x00\x00\x00IDAT\x35\xaf\x06\x1e"
    exam = served.ask("/exams", "POST", b"{}")[2].decode().split('"')[3]
    served.ask(f"/exams/{exam}/photos?name=bomb.png", "POST", bomb)
    assert "megapixels" in wait_for(served, exam)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("../../x.jpg", "x.jpg"),
        ("C:\\a\\b.png", "b.png"),
        ("a\x00\n\u202eb.jpg", "ab.jpg"),
        ("", "photo"),
        ("..", ".."),
    ],
)
def test_a_files_name_is_a_text_to_show(said: str, shown: str) -> None:
    """Its last part, without control characters."""
    assert shown_file_name(said) == shown
    assert len(shown_file_name("x" * 900)) <= 120


def test_only_loopback() -> None:
    """Whatever else is asked for is refused, in one line."""
    for host in ("0.0.0.0", "::", "192.168.0.7", "example.org", "", "127.0.0.1.example.org"):  # noqa: S104
        with pytest.raises(SettingsError, match="loopback"):
            Place(host)
        done = CliRunner().invoke(app, ["serve", "--host", host])
        assert (done.exit_code, done.stdout) == (2, "")
    assert Place("localhost").address == "127.0.0.1"
    assert Access.of("k", "::1", 80).hosts == {"[::1]:80", "localhost:80", "[::1]", "localhost"}


def test_a_port_in_use_is_told_in_one_line() -> None:
    """With what to do."""
    with bound(Place()) as opened:
        opened.listen()
        port = opened.getsockname()[1]
        done = CliRunner().invoke(app, ["serve", "--port", str(port)])
        assert done.exit_code == 2
        assert done.stderr.strip().splitlines()[-1].startswith(f"posturecam: port {port} is in use")
    with pytest.raises(SettingsError, match="65535"):
        Place(port=70000)
    assert errno.EADDRINUSE


def test_passes_that_make_no_sense_are_told_before_anything_is_served() -> None:
    """In one line, as on every command."""
    for passes in ("0", "-2", "9999"):
        done = CliRunner().invoke(app, ["serve", "--passes", passes])
        assert (done.exit_code, done.stdout) == (2, "")
        assert "--passes" in done.stderr


def test_a_missing_extra_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the line that installs it."""
    monkeypatch.setattr(serve_command, "find_spec", lambda name: None if name == "uvicorn" else object())
    done = CliRunner().invoke(app, ["serve"])
    assert done.exit_code == 2
    assert done.stderr.strip() == (
        "posturecam: not installed, but needed for the page: uvicorn. Run: pip install 'posturecam[page]'"
    )


@pytest.mark.skipif(os.name != "posix", reason="only there a process inherits what it ignores")
def test_sigint_ends_it_where_a_script_started_it_in_the_background(tmp_path: Path) -> None:
    """A shell lets background jobs ignore SIGINT; the server hears it all the same, and its exit code says so."""
    kept = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with serving(tmp_path) as found:
            signal.signal(signal.SIGINT, kept)
            assert found.end() == 130
    finally:
        signal.signal(signal.SIGINT, kept)


def test_it_ends_on_sigint_whatever_is_open(tmp_path: Path) -> None:
    """With an upload held open, a photo being measured and a mirror running; well within ten seconds."""
    with serving(tmp_path) as found:
        exam = found.ask("/exams", "POST", b"{}")[2].decode().split('"')[3]
        data = (SAMPLES / "front.jpg").read_bytes()
        held = socket.create_connection(("127.0.0.1", found.port), 10)
        held.sendall(f"POST /exams/{exam}/photos?name=a HTTP/1.1\r\nHost: 127.0.0.1:{found.port}\r\n".encode())
        found.ask(f"/exams/{exam}/photos?name=front.jpg", "POST", data)
        mirror = socket.create_connection(("127.0.0.1", found.port), 10)
        heads = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in UPGRADE.items())
        heads += f"Host: 127.0.0.1:{found.port}\r\nCookie: posturecam_{found.port}={found.key}\r\n"
        mirror.sendall(f"GET /mirror/socket HTTP/1.1\r\n{heads}\r\n".encode())
        assert b" 101 " in mirror.recv(4096).split(b"\r\n")[0]
        assert found.end(signal.SIGINT) == 130
        held.close()
        mirror.close()


def test_the_address_comes_alone_on_stdout(tmp_path: Path) -> None:
    """One line, at once, though stdout is a pipe; nothing else is printed there."""
    with serving(tmp_path) as found:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?key=[0-9a-f]{64}", found.address)
        assert found.ask("/")[0] == 200
        found.end()
        assert found.process.stdout is not None
        assert found.process.stdout.read() == ""


def test_the_page_opens_in_the_browser_when_that_is_wished(tmp_path: Path) -> None:
    """With --open the system's browser gets a file that leads to the address; its arguments do not hold the key."""
    opened, browser = tmp_path / "opened", tmp_path / "browser.py"
    browser.write_text(
        "import pathlib, sys, urllib.parse\n"
        "file = pathlib.Path(urllib.parse.unquote(urllib.parse.urlsplit(sys.argv[1]).path))\n"
        f"pathlib.Path({str(opened)!r}).write_text(sys.argv[1] + ' ' + file.read_text())"
    )
    with serving(tmp_path, "--open", BROWSER=f"{sys.executable} {browser} %s") as found:
        for _ in range(200):
            if opened.exists() and opened.read_text():
                break
            time.sleep(0.05)
        argument, text = opened.read_text().split(" ", 1)
        assert argument.startswith("file:")
        assert found.key not in argument + text
        assert f"{found.address.partition('?')[0]}?key=" in text


def test_help_names_the_command() -> None:
    """And loads nothing of the page."""
    code = "import sys\nimport posturecam.cli\nprint('starlette' in sys.modules or 'uvicorn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
    assert "--open" in CliRunner().invoke(app, ["serve", "--help"], env={"COLUMNS": "200"}).output


def test_damaged_records_are_told_without_their_place(tmp_path: Path) -> None:
    """Nobody in them yet is no fault; a file that is no database is, and its folder stays unsaid."""
    with serving(tmp_path) as found:
        assert "Nobody is in the records yet" in found.ask("/people", Accept="text/html")[2].decode()
        (tmp_path / "records.sqlite").write_bytes(b"no database at all, but long enough to be looked at" * 40)
        status, _, body = found.ask("/people", Accept="text/html")
        assert status == 400
        assert "Records.sqlite is no database" in body.decode()
        assert tmp_path.name not in body.decode()
