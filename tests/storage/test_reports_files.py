"""Writing: wholly or not at all, never half over an old file."""

import errno
import os
import resource
import stat
from pathlib import Path

import pytest

from posturecam.errors import OutputError
from posturecam.storage.files import WriteRules, check_folder, set_rules, write_all, write_file


def names(folder: Path) -> list[str]:
    """Everything that lies in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    """The file written beside is gone."""
    write_file(tmp_path / "a.json", b"new")
    assert (tmp_path / "a.json").read_bytes() == b"new"
    assert names(tmp_path) == ["a.json"]


def test_an_old_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    """Who shared a report with a group goes on sharing it."""
    target = tmp_path / "a.json"
    target.write_bytes(b"old")
    target.chmod(0o640)
    write_file(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.parametrize("leads_to", ["real.txt", "nowhere.txt"])
def test_nothing_is_written_through_a_link(tmp_path: Path, leads_to: str) -> None:
    """Neither alone nor among others: the file behind it stays, and none is made behind it."""
    (tmp_path / "real.txt").write_bytes(b"old")
    (tmp_path / "link.txt").symlink_to(leads_to)
    with pytest.raises(OutputError, match="not written through links"):
        write_file(tmp_path / "link.txt", b"new")
    with pytest.raises(OutputError, match="not written through links"):
        write_all(tmp_path, {"a.txt": b"new", "link.txt": b"new"})
    assert names(tmp_path) == ["link.txt", "real.txt"]
    assert (tmp_path / "real.txt").read_bytes() == b"old"


@pytest.mark.parametrize(("shared", "file", "folder"), [(False, 0o600, 0o700), (True, 0o644, 0o755)])
def test_new_files_are_their_owners_alone_unless_shared(
    tmp_path: Path, *, shared: bool, file: int, folder: int
) -> None:
    """Files, and every folder that is made for them; unless the user shares them."""
    before = os.umask(0o022)
    set_rules(WriteRules(shared=shared))
    try:
        write_all(tmp_path / "a" / "b", {"one.txt": b"1"})
    finally:
        set_rules(WriteRules())
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b", "a/b/one.txt")]
    assert modes == [folder, folder, file]


def test_a_device_is_written_to_not_replaced() -> None:
    """Root could otherwise replace /dev/null by a report."""
    write_file("/dev/null", b"gone")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_full_device_is_told_in_one_line() -> None:
    """What, where, what next."""
    with pytest.raises(OutputError, match=r"^/dev/full cannot be written: .*[Ss]pace.*Free some space") as caught:
        write_file("/dev/full", b"too much")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("folder", "it is a folder"),
        ("file/inside.txt", "choose another place|Check the path"),
        ("missing/a.txt", "Make the folder first"),
        ("x" * 300, "Check the path"),
    ],
)
def test_places_that_cannot_be_written(tmp_path: Path, path: str, advice: str) -> None:
    """Each says what to do next, and the old contents stay."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(OutputError, match=advice):
        write_file(tmp_path / path, b"new")
    assert names(tmp_path) == ["file", "folder"]
    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_disk_that_fills_up_leaves_the_old_file_whole(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk."""
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(OutputError, match="Older files are untouched"):
            write_file(target, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_write_all_makes_the_folder_and_gives_the_paths_in_order(tmp_path: Path) -> None:
    """The folders above are made too."""
    written = write_all(tmp_path / "a" / "b", {"two.txt": b"2", "one.txt": b"1"})
    assert written == [tmp_path / "a" / "b" / "two.txt", tmp_path / "a" / "b" / "one.txt"]
    assert [path.read_bytes() for path in written] == [b"2", b"1"]


def test_write_all_changes_nothing_when_one_name_is_taken_by_a_folder(tmp_path: Path) -> None:
    """The first file must not be new beside a last one that is old."""
    (tmp_path / "a.txt").write_bytes(b"old")
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(OutputError, match=r"b\.txt cannot be written"):
        write_all(tmp_path, {"a.txt": b"new", "b.txt": b"new"})
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    assert names(tmp_path) == ["a.txt", "b.txt"]


@pytest.mark.parametrize("broken", [1, 2, 3])
def test_write_all_puts_everything_back_when_a_rename_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    """Old files come back, files that were not there before go."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(b"old " + name.encode())
    real, calls = Path.replace, 0

    def failing(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += self.name.endswith(".new")
        if self.name.endswith(".new") and calls == broken:
            raise OSError(errno.EIO, "Input/output error", str(self))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(OutputError, match="Input/output error"):
        write_all(tmp_path, {"a.txt": b"1", "c.txt": b"2", "b.txt": b"3"})
    assert names(tmp_path) == ["a.txt", "b.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"old a.txt"
    assert (tmp_path / "b.txt").read_bytes() == b"old b.txt"


def test_an_interruption_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the new contents go to the disk."""
    (tmp_path / "a.txt").write_bytes(b"old")

    def interrupted(_number: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "a.txt", b"new")
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    assert names(tmp_path) == ["a.txt"]


def test_a_disk_without_hard_links_works_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory cards have none."""

    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    (tmp_path / "a.txt").write_bytes(b"old")
    write_file(tmp_path / "a.txt", b"new")
    assert (tmp_path / "a.txt").read_bytes() == b"new"
    assert names(tmp_path) == ["a.txt"]


def test_a_folder_is_tried_before_a_long_work_and_left_as_it_was(tmp_path: Path) -> None:
    """One that is missing is made and removed again; one that cannot be written to is told of at once."""
    check_folder(tmp_path / "a" / "b")
    check_folder(tmp_path)
    assert names(tmp_path) == []
    (tmp_path / "file").write_text("here")
    with pytest.raises(OutputError, match="cannot be written"):
        check_folder(tmp_path / "file" / "out")
    with pytest.raises(OutputError, match="cannot be written"):
        check_folder("/proc/nowhere")
    assert names(tmp_path) == ["file"]
