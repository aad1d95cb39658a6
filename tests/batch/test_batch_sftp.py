"""Photos and results on a real SSH server on loopback: the same files, and one line for what does not work."""

import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from batch_support import broken, finished, photos, run_here
from posturecam.batch import remote
from sftp_support import SSHD, SshServer, made_key
from test_batch_remote import shaky

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SSHD is None, reason="Debian's openssh-server is not installed"),
]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SshServer]:
    """A server that runs, and the environment of a user who may use it."""
    one = SshServer(tmp_path / "ssh")
    one.make()
    one.start()
    monkeypatch.setenv("HOME", str(one.home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    remote._opened.cache_clear()
    yield one
    one.stop()
    remote._opened.cache_clear()


def ran(place: str, out: str, *more: str) -> CompletedProcess[str]:
    """Run the command to its end."""
    always = ["--finder", "synthetic", "--passes", "2", "--workers", "2", "--quiet", "--out", out]
    return finished(sys.executable, "-m", "posturecam", "batch", place, *always, *more)


def test_from_a_server_to_a_server_as_from_folder_to_folder(server: SshServer, tmp_path: Path) -> None:
    """Good and bad photos and their tables; nothing half-written stays there; the second run measures nothing."""
    folder, out = photos(tmp_path / "in", 6), tmp_path / "there" / "out"
    bad = broken(folder)
    ended = ran(f"{server.url}{folder}", f"{server.url}{out}")
    assert ended.returncode == 3, ended.stderr
    assert ended.stderr == f"posturecam: {len(bad)} failed, see {server.url}{out}/failures.csv\n"
    run_here(folder, tmp_path / "here")
    made = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    here = [path.relative_to(tmp_path / "here").as_posix() for path in (tmp_path / "here").rglob("*") if path.is_file()]
    assert made == sorted(name for name in here if not name.startswith("."))
    for name in ("results.csv", "failures.csv"):
        there = (out / name).read_bytes().replace(server.url.encode(), b"")
        assert there == (tmp_path / "here" / name).read_bytes(), name
    again = ran(f"{server.url}{folder}", f"{server.url}{out}")
    assert again.returncode == 3
    assert b'"measured": 0' in (out / "run.json").read_bytes()


def test_connections_that_break_are_made_again(server: SshServer, tmp_path: Path) -> None:
    """A server behind a line that is cut again and again."""
    folder = photos(tmp_path / "in", 4)
    with shaky(server.port, 2) as port:
        server.port = port
        server.know("host_key")
        ended = ran(f"{server.url}{folder}", str(tmp_path / "out"))
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("no key", "refused the login or the right"),
        ("strange server", "is not in known_hosts"),
        ("changed server", "is not in known_hosts"),
        ("no list of servers", "is not in known_hosts"),
        ("no folder", "no such bucket or folder"),
        ("nobody there", "cannot be reached"),
    ],
)
def test_what_cannot_work_is_one_line(server: SshServer, tmp_path: Path, what: str, said: str) -> None:
    """Which place, what to do; and nothing is written."""
    place = f"{server.url}{photos(tmp_path / 'in', 1)}"
    known = server.home / ".ssh" / "known_hosts"
    if what == "no key":
        (server.home / ".ssh" / "id_ed25519").unlink()
        made_key(server.home / ".ssh" / "id_ed25519")
    elif what == "strange server":
        known.write_text(known.read_text().replace("127.0.0.1", "127.0.0.9"))
    elif what == "changed server":
        server.know("strange_key")
    elif what == "no list of servers":
        known.unlink()
    elif what == "no folder":
        place += "/nowhere"
    else:
        server.stop()
    ended = ran(place, str(tmp_path / "out"))
    assert ended.returncode == 2, ended.stderr
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
