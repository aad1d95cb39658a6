"""Which files are inputs, and what their paths say."""

import os
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from batch_support import clinic, photo, photos, run_here
from posturecam.batch.disk_tables import InputTable
from posturecam.batch.path_template import compiled
from posturecam.batch.run_inputs import Wanted, list_inputs
from posturecam.body import View
from posturecam.cli import app
from posturecam.errors import OutputError, SettingsError


def names(folder: Path, wanted: Wanted) -> list[str]:
    """Names."""
    return [os.path.relpath(entry.input.path, folder) for entry in list_inputs(wanted).names]


def test_every_file_named_like_a_photo_is_an_input_once(tmp_path: Path) -> None:
    """Every file named like a photo is an input once."""
    made = clinic(tmp_path / "in", 3)
    found = names(made.folder, Wanted((str(made.folder),), within=True))
    assert sorted(found) == made.inputs
    assert list_inputs(Wanted((str(made.folder),), within=True)).skipped.hidden == 2


def test_folders_in_a_folder_are_entered_unless_one_level_is_asked_for(tmp_path: Path) -> None:
    """However deep they lie."""
    photos(tmp_path / "in", 2)
    photos(tmp_path / "in" / "sub" / "deep", 2)
    assert len(names(tmp_path, Wanted((str(tmp_path / "in"),)))) == 4
    assert len(names(tmp_path, Wanted((str(tmp_path / "in"),), within=False))) == 2


def test_what_posturecam_itself_wrote_is_no_photo(tmp_path: Path) -> None:
    """Neither the folder of an earlier run, nor overlays beside their report; a photo called overlay is one."""
    photos(tmp_path / "in", 2)
    photos(tmp_path / "in" / "scored" / "thumbs", 2)
    (tmp_path / "in" / "scored" / "results.jsonl").write_text("")
    photo(photos(tmp_path / "in" / "dana", 1) / "overlay_front.png", 11)
    (tmp_path / "in" / "dana" / "exam.json").write_text("{}")
    photo(photos(tmp_path / "in" / "li", 1) / "overlay.jpg", 12)
    assert len(names(tmp_path, Wanted((str(tmp_path / "in"),)))) == 5
    assert list_inputs(Wanted((str(tmp_path / "in"),))).skipped.results == 2
    assert len(names(tmp_path, Wanted((str(tmp_path / "in" / "scored" / "thumbs"),)))) == 2


@pytest.mark.parametrize(("more", "inputs"), [((), 2), (("--recursive",), 2), (("--flat",), 1)])
def test_the_command_looks_into_folders_unless_told_not_to(tmp_path: Path, more: tuple[str, ...], inputs: int) -> None:
    """``--recursive`` is what happens anyway."""
    photos(tmp_path / "in", 1)
    photos(tmp_path / "in" / "sub", 1)
    ended = CliRunner().invoke(app, ["batch", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--dry-run", *more])
    assert ended.exit_code == 0
    assert f"{inputs} photos would be measured" in ended.output


def test_order_and_repetition_of_places_do_not_matter(tmp_path: Path) -> None:
    """Order and repetition of places do not matter."""
    a, b = str(photos(tmp_path / "a", 3)), str(photos(tmp_path / "b", 3))
    assert [*list_inputs(Wanted((a, b))).names] == [*list_inputs(Wanted((b, f"{a}/../b", a, f"{a}/p0001.jpg"))).names]


def test_a_list_file_and_a_glob_give_the_same_as_the_folder(tmp_path: Path) -> None:
    """A list file and a glob give the same as the folder."""
    folder = photos(tmp_path / "in", 3)
    (tmp_path / "list.txt").write_text("".join(f"in/p000{n}.jpg\n" for n in (2, 0, 1)))
    (tmp_path / "nul.txt").write_bytes(b"\0".join(f"in/p000{n}.jpg".encode() for n in (2, 0, 1)))
    expected = [*list_inputs(Wanted((str(folder),))).names]
    for place in (tmp_path / "list.txt", tmp_path / "nul.txt", tmp_path / "i*" / "*.jpg"):
        assert [*list_inputs(Wanted((str(place),))).names] == expected


def test_the_out_folder_is_never_an_input(tmp_path: Path) -> None:
    """The out folder is never an input."""
    photos(tmp_path / "in", 1)
    photos(tmp_path / "in" / "out" / "thumbs", 2)
    assert len(names(tmp_path, Wanted((str(tmp_path / "in"),), within=True, out=str(tmp_path / "in" / "out")))) == 1


def test_a_place_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    """A place that is not there is one clear line."""
    with pytest.raises(SettingsError, match=r"no such folder, photo or list file: .*nowhere"):
        list_inputs(Wanted((str(tmp_path / "nowhere"),)))
    with pytest.raises(SettingsError, match="nothing matches"):
        list_inputs(Wanted((str(tmp_path / "*.jpg"),)))


def test_since_goes_by_the_file_or_by_the_date_in_its_path(tmp_path: Path) -> None:
    """Since goes by the file or by the date in its path."""
    folder = photos(tmp_path / "in", 2)
    os.utime(folder / "p0000.jpg", (0, 86400 * 365))
    assert names(folder, Wanted((str(folder),), since=date(2020, 1, 1))) == ["p0001.jpg"]
    (folder / "p0000.jpg").rename(folder / "ann_2024-01-02.jpg")
    (folder / "p0001.jpg").rename(folder / "bob_2019-01-02.jpg")
    wanted = Wanted((str(folder),), pattern=compiled("{person}_{date}"), since=date(2020, 1, 1))
    assert names(folder, wanted) == ["ann_2024-01-02.jpg"]


@pytest.mark.parametrize(
    ("pattern", "path", "person", "day", "view"),
    [
        ("{person}/{date}_{view}", "ann/2024-03-31_front.jpg", "ann", "2024-03-31", View.FRONT),
        ("{person}/{date}_{view}", "2024/clinic/ann b/31.03.2024_BACK.jpeg", "ann b", "2024-03-31", View.BACK),
        ("{person}_{date}*", "a_n_n_20240331 (1).jpg", "a_n_n", "2024-03-31", None),
        ("{view}-{person}", "left-Ünï 😀.jpg", "Ünï 😀", None, View.LEFT),
    ],
)
def test_a_pattern_reads_paths(pattern: str, path: str, person: str, day: str | None, view: View | None) -> None:
    """A pattern reads paths."""
    said = compiled(pattern).read(path)
    assert said is not None
    assert (said.person, said.date, said.view) == (person, day, view)
    assert said.exam == (f"{person}/{day}" if day else None)


@pytest.mark.parametrize(
    "path", ["ann/2024-13-01_front.jpg", "ann/2024-03-31_top.jpg", "2024-03-31_front.jpg", "x.jpg"]
)
def test_a_path_that_does_not_fit_says_nothing(path: str) -> None:
    """A path that does not fit says nothing."""
    assert compiled("{person}/{date}_{view}").read(path) is None


@pytest.mark.parametrize("pattern", ["photos", "{name}", "{person}{person}", "{person", "{person}/}"])
def test_a_pattern_without_sense_is_refused(pattern: str) -> None:
    """A pattern without sense is refused."""
    with pytest.raises(SettingsError, match="--pattern"):
        compiled(pattern)


def test_three_paths_that_do_not_fit_are_shown(tmp_path: Path) -> None:
    """Three paths that do not fit are shown."""
    folder = photos(tmp_path / "in", 5)
    with pytest.raises(SettingsError) as caught:
        list_inputs(Wanted((str(folder),), pattern=compiled("{person}_{view}")))
    assert "5 of 5 paths do not fit" in str(caught.value)
    assert str(caught.value).count(".jpg") == 3


def test_no_room_for_the_list_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the folder and says that the same command goes on."""
    folder = photos(tmp_path / "in", 1)

    def full(*_: object) -> None:
        message = "database or disk is full"
        raise sqlite3.OperationalError(message)

    monkeypatch.setenv("TMPDIR", "/small")
    monkeypatch.setattr(InputTable, "note", full)
    with pytest.raises(OutputError, match=r"^/small cannot be written: database or disk is full\..* the same command"):
        run_here(folder, tmp_path / "out")


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1252", b""),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_is_read_in_every_encoding(tmp_path: Path, encoding: str, mark: bytes, end: str) -> None:
    """As Linux, the command line of Windows and PowerShell write it."""
    folder = tmp_path / "Zoë Müller"
    folder.mkdir()
    names = ["größe.jpg", "b.jpg"]
    for number, name in enumerate(names):
        photo(folder / name, number)
    lines = end.join(["", *(f"Zoë Müller/{name}" for name in names), ""])
    (tmp_path / "list.txt").write_bytes(mark + lines.encode(encoding))
    found = [entry.input.path for entry in list_inputs(Wanted((str(tmp_path / "list.txt"),))).names]
    assert found == sorted(str(folder / name) for name in names)
