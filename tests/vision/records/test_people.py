"""People in the records: nobody is mixed up, what went wrong is put right, what is final stays, what goes is asked."""

import contextlib
import html
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from page_support import serving
from posturecam.cli import app, people_commands, recording
from posturecam.errors import RecordsError
from posturecam.knowledge import load
from posturecam.page.app_state import OpenExam
from posturecam.page.record_io import lay, store_exam
from posturecam.patterns.answers import Answers
from posturecam.patterns.plan import UNDER_AGE
from posturecam.picture.capture_date import CaptureDate, DateSource
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import exam_of
from posturecam.records import Facts, NewExam, PhotoRef, Records, open_database, open_records, transfer
from posturecam.records.erasing import carrying
from posturecam.records.schema import TABLES, VERSION
from posturecam.records.sittings import seen_in, with_age
from posturecam.records.transfer import copied
from posturecam.storage import exam_json
from reports_support import CROSSED, LEVEL, assessed

DOCUMENTS = {
    name: exam_json.exam_bytes(exam_of([assessed(figure, f"{name}.jpg")], [], load())).decode()
    for name, figure in (("crossed", CROSSED), ("level", LEVEL), ("other", LEVEL))
}
JANUARY, MARCH = date(2026, 1, 5), date(2026, 3, 5)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The records of a test, known to every command."""
    place = tmp_path / "records.sqlite"
    monkeypatch.setenv("POSTURECAM_DATABASE", str(place))
    return place


def new(which: str = "crossed", on: date = JANUARY, photo: str = "a") -> NewExam:
    """An exam to be stored."""
    text = DOCUMENTS[which]
    return NewExam(
        on, text, seen_in(text, "exam", on, "test").sitting, (PhotoRef(photo * 64, f"{photo}.jpg", "", "front"),)
    )


@pytest.fixture
def anna(place: Path) -> Path:
    """Anna with two exams, Ben with one."""
    with open_records(place, make=True) as records:
        records.add_all("Anna", [new(), new("level", MARCH, "b")])
        records.add("Ben", new("level", date(2026, 2, 1), "c"))
    return place


def run(*arguments: object, given: str | None = None) -> Any:
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(one) for one in arguments], input=given)


def told_no(done: Any, *words: str) -> None:
    """One line on stderr, exit code 2."""
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1), done.stderr
    for word in words:
        assert word in done.stderr


def numbers(place: Path, person: str, *, versions: bool = False) -> list[int]:
    """The numbers of a person's exams."""
    with open_records(place) as records:
        return [exam.number for exam in records.exams(person, versions=versions)]


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A photo whose exam is measured already."""
    path = tmp_path / "front.jpg"
    path.write_bytes(b"a photo")
    figure = assessed(CROSSED, "front.jpg")
    info = replace(figure.photo, sha256=transfer._sha256(b"a photo"), taken=CaptureDate(JANUARY, DateSource.CAMERA))

    def measured(*given: Any) -> Any:
        exam = exam_of([replace(figure, photo=info)], [], load(), given[3].answers)
        return recording.MeasuredExam(exam, {}, {info.sha256: path})

    monkeypatch.setattr(recording, "measured_exam", measured)
    return path


@pytest.mark.parametrize("name", ["anna", " ANNA", "An na", "Ａnna"])
def test_a_name_that_is_nearly_anothers_is_asked_about(anna: Path, photo: Path, name: str) -> None:
    """Case, blanks and the ways of writing a letter make nobody else; --new insists."""
    told_no(run("exam", photo, "--person", name), "there is 'Anna'", "Do you mean them?", "--new")
    with open_records(anna) as records:
        assert records.people() == ["Anna", "Ben"]
    done = run("exam", photo, "--person", name, "--new")
    assert done.exit_code == 0, done.stderr
    with open_records(anna) as records:
        assert len(records.people()) == 3


@pytest.mark.usefixtures("anna")
def test_somebody_at_the_terminal_is_asked(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Yes gives the name that is there, no refuses."""
    monkeypatch.setattr(people_commands, "listens", lambda: True)
    done = run("exam", photo, "--person", "anna", given="y\n")
    assert "Do you mean Anna?" in done.output
    assert "stored as exam 4 of Anna, 2026-01-05" in done.output
    assert run("exam", photo, "--person", "ben", given="n\n").exit_code == 2


@pytest.mark.usefixtures("place")
def test_other_names_are_other_people(photo: Path) -> None:
    """A letter more is somebody else."""
    for name in ("Ann", "Anna", "Anna K."):
        assert run("exam", photo, "--person", name, "--same-photo").exit_code == 0


@pytest.mark.usefixtures("anna")
def test_one_photo_under_two_people_is_refused(photo: Path) -> None:
    """Unless it is said; the same person may measure it again."""
    assert run("exam", photo, "--person", "Anna").exit_code == 0
    told_no(run("exam", photo, "--person", "Ben"), "the photo front.jpg is 'Anna''s", "--same-photo")
    assert run("exam", photo, "--person", "Ben", "--same-photo").exit_code == 0
    assert "stored already" in run("exam", photo, "--person", "Anna", "--same-photo").stdout


def test_an_import_is_looked_at_alike(anna: Path, tmp_path: Path) -> None:
    """The name, the photos."""
    assert run("export", "Anna", tmp_path / "anna.zip").exit_code == 0
    other = ("--database", tmp_path / "other.sqlite")
    with open_records(tmp_path / "other.sqlite", make=True) as records:
        records.add("anna", new("level", JANUARY, "z"))
        records.add("Zoe", new("crossed", JANUARY, "a"))
    told_no(run("import", tmp_path / "anna.zip", *other), "there is 'anna'")
    told_no(run("import", tmp_path / "anna.zip", *other, "--new"), "is 'Zoe''s")
    assert run("import", tmp_path / "anna.zip", *other, "--new", "--same-photo").exit_code == 0
    assert anna.exists()


@pytest.mark.usefixtures("anna")
def test_everybody_is_listed() -> None:
    """With exams, last day, age and consent."""
    agreed = ("--consent", "photos", "--consent-date", "2026-03-01")
    assert run("person", "Ben", "--born", "2015-04-30", *agreed).exit_code == 0
    lines = run("people").stdout.splitlines()
    assert lines[0] == "Anna: 2 exams, the last on 2026-03-05"
    assert lines[1] == "Ben: 1 exam, the last on 2026-02-01; born 2015-04-30; consent of 2026-03-01; agreed: photos"


def test_an_exam_is_moved_redated_and_deleted(anna: Path) -> None:
    """By its number; a deletion asks, and finds nothing left."""
    assert "Exam 2 is Ben's now." in run("move", 2, "Ben").stdout
    assert (numbers(anna, "Anna"), numbers(anna, "Ben")) == ([1], [3, 2])
    told_no(run("move", 1, "ben"), "there is 'Ben'")
    assert run("redate", 1, "2025-12-24").exit_code == 0
    with open_records(anna) as records:
        assert (records.exam(1).on, records.exam(1).dated_from) == (date(2025, 12, 24), "stated")
    told_no(run("delete", 1), "Exam 1 of Anna, 2025-12-24, is deleted for ever.", "--yes")
    done = run("delete", 1, "--yes")
    assert (done.exit_code, "nothing is left there" in done.stdout) == (0, True)
    assert b"a" * 64 not in anna.read_bytes()
    assert numbers(anna, "Anna") == []
    told_no(run("delete", 1, "--yes"), "there is no exam 1")


def test_what_is_there_already_is_not_overwritten(anna: Path) -> None:
    """Two exams of one content and day stay apart."""
    with open_records(anna) as records:
        records.add("Ben", new("crossed", JANUARY))
        with pytest.raises(RecordsError, match="the very same exam"):
            records.move(1, "Ben")
        assert [exam.number for exam in records.exams("Anna")] == [1, 2]


def test_a_person_is_renamed(anna: Path) -> None:
    """Not to a name that is taken, nor nearly; a change of case of the own name is no mix-up."""
    assert run("rename", "Anna", "anna").exit_code == 0
    assert run("rename", "anna", "Anna K.").exit_code == 0
    assert numbers(anna, "Anna K.") == [1, 2]
    told_no(run("rename", "Anna K.", "Ben"), "somebody called 'Ben' already", "posturecam merge")
    told_no(run("rename", "Anna K.", "ben"), "there is 'Ben'")


PAGE = '<html><meta name="generator" content="posturecam"><h1>{name}</h1></html>'


def test_files_that_carry_a_name_are_found(tmp_path: Path) -> None:
    """As HTML and JSON write it, a folder deep, the PDF beside; no part of another name, and nobody else's file."""
    name, deep = 'Zoë "Z" <b>', tmp_path / "result"
    deep.mkdir()
    files = {
        "result/report.html": PAGE.format(name=html.escape(name)),
        "result/report.pdf": "%PDF-1.7 (posturecam)",
        "result/fhir.json": json.dumps({"urn:posturecam": name}),
        "t.csv": "person,date,exam,x\nZoë,,,",
        "letter.html": html.escape(name),
        "notes.txt": name,
    }
    for place, text in files.items():
        (tmp_path / place).write_text(text, "utf-8")
    assert carrying(name, [tmp_path, tmp_path]) == [deep / one for one in ("fhir.json", "report.html", "report.pdf")]
    assert carrying("Zoë", [tmp_path])[-1] == tmp_path / "t.csv"
    assert carrying("Zo", [tmp_path]) == []


@pytest.mark.parametrize("line", [("rename", "Anna", "Dana"), ("move", "1", "Ben"), ("merge", "Anna", "Ben", "--yes")])
def test_files_with_the_old_name_are_told(
    anna: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: tuple[str, ...]
) -> None:
    """Whoever gives up a name hears what on the disk still carries it."""
    assert anna.exists()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "report.html").write_text(PAGE.format(name="Anna"), "utf-8")
    ended = run(*line)
    assert ended.exit_code == 0, ended.output
    assert f"{tmp_path / 'report.html'} still carries the name Anna" in ended.stdout
    assert "keep the old name" in ended.stdout


def test_two_people_are_merged(anna: Path) -> None:
    """What both have is kept once; the facts of the second go first; it asks."""
    with open_records(anna) as records:
        records.add("anna k", new())
        records.add("anna k", new("level", JANUARY, "d"))
        records.write_facts("anna k", Facts(date(2000, 1, 1), MARCH, "photos"))
    told_no(run("merge", "anna k", "Anna"), "2 exams of anna k go to Anna")
    assert run("merge", "anna k", "Anna", "--yes").exit_code == 0
    with open_records(anna) as records:
        assert records.people() == ["Anna", "Ben"]
        assert len(records.exams("Anna")) == 3
        assert records.facts("Anna") == Facts(date(2000, 1, 1), MARCH, "photos")
        with pytest.raises(RecordsError, match="the same person"):
            records.merge("Anna", "Anna")


def test_forget_asks_and_offers_the_export(anna: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what goes; the log of deletions has no name."""
    told_no(run("forget", "Anna"), "2 exams, 2 references", "posturecam export Anna FILE.zip", "--yes")
    monkeypatch.setattr(people_commands, "listens", lambda: True)
    monkeypatch.setattr("posturecam.cli.people_commands.listens", lambda: True)
    refused = run("forget", "Anna", given=f"{tmp_path / 'anna.zip'}\nn\n")
    assert (refused.exit_code, "Nothing was changed." in refused.output) == (2, True)
    assert len(transfer.unzipped_person(tmp_path / "anna.zip").exams) == 2
    assert numbers(anna, "Anna") == [1, 2]
    assert run("forget", "Anna", given="\ny\n").exit_code == 0
    log = run("people", "--deletions").stdout
    assert "a person: 2 exams, 2 references to photos" in log
    assert "Anna" not in log
    assert b"Anna" not in anna.read_bytes()


def test_what_is_final_stays_as_it_was(anna: Path) -> None:
    """A change makes a new version, and both are kept; history counts the newest."""
    assert "Exam 1 is final, by Dr. Berg" in run("finalise", 1, "--by", "Dr. Berg").stdout
    told_no(run("finalise", 1, "--by", "Dr. Tal"), "finalised by Dr. Berg already")
    done = run("redate", 1, "2026-01-06")
    assert "Exam 4 is of 2026-01-06 now. Exam 1 was finalised" in done.stdout
    assert (numbers(anna, "Anna"), numbers(anna, "Anna", versions=True)) == ([4, 2], [1, 2, 4])
    with open_records(anna) as records:
        old, now = records.exam(1), records.exam(4)
        assert (old.on, old.finalised and old.finalised.by) == (JANUARY, "Dr. Berg")
        assert (now.on, now.finalised, now.replaces) == (date(2026, 1, 6), None, 1)
        assert (now.sitting.readings, now.photos) == (old.sitting.readings, old.photos)
    told_no(run("redate", 1, "2026-01-07"), "replaced by exam 4")
    shown = run("person", "Anna").stdout
    assert "1  2026-01-05  (finalised by Dr. Berg on" in shown
    assert "replaced by a newer version" in shown
    assert "4  2026-01-06  (new version of exam 1)" in shown
    assert run("delete", 4, "--yes").exit_code == 0
    assert numbers(anna, "Anna", versions=True) == [2]


def test_measuring_final_photos_again_makes_a_new_version(anna: Path) -> None:
    """The same photos of the same day; of an exam that is not final it is a second exam, as before."""
    with open_records(anna) as records:
        records.finalise(1, "Dr. Berg")
        again = records.add("Anna", new("level", JANUARY, "a"))
        assert records.exam(again.number).replaces == 1
        other = records.add("Anna", new("other", JANUARY, "e"))
        assert records.exam(other.number).replaces is None


def everything(records: Records) -> list[Any]:
    """What the records hold of Anna, but for the numbers."""
    found = records.exams("Anna", versions=True)
    places = {exam.number: place for place, exam in enumerate(found)}
    rows = [(e.on, e.digest, e.dated_from, e.finalised, places.get(e.replaces or 0), e.photos) for e in found]
    return [records.facts("Anna"), *rows]


def test_a_parcel_and_a_copy_hold_everything(anna: Path, tmp_path: Path) -> None:
    """Versions, ends, birthday and consent."""
    with open_records(anna) as records:
        records.finalise(1, "Dr. Berg")
        records.redate(1, date(2026, 1, 6))
        records.write_facts("Anna", Facts(date(2000, 1, 1), MARCH, "photos"))
        whole = everything(records)
        (tmp_path / "anna.zip").write_bytes(transfer.person_zip(records, "Anna"))
        with open_records(tmp_path / "copy.sqlite", make=True) as copy:
            assert list(copied(records, copy)) == [("Anna", 3, 3), ("Ben", 1, 1)]
            assert everything(copy) == whole
    assert run("import", tmp_path / "anna.zip", "--database", tmp_path / "new.sqlite").exit_code == 0
    with open_records(tmp_path / "new.sqlite") as records:
        assert everything(records) == whole


def test_under_age_is_until_the_eighteenth_birthday() -> None:
    """On that day it ends; no birthday says nothing."""
    child = Facts(date(2008, 4, 30))
    assert child.under_age(date(2026, 4, 29))
    assert not child.under_age(date(2026, 4, 30))
    assert not Facts().under_age(JANUARY)
    assert with_age(None, Facts(), JANUARY) is None
    told = with_age(Answers({"age_band": ("30 to 39",), "pain": ("no",)}), child, JANUARY)
    assert told is not None
    assert (told.age_band, told.given["pain"]) == (UNDER_AGE, ("no",))


def test_the_rule_for_children_holds_in_the_records(anna: Path, photo: Path) -> None:
    """The numbers, and nothing concluded from them, whatever is left away on the command line."""
    assert run("person", "Kim", "--born", "2015-01-01").exit_code == 0
    done = run("exam", photo, "--person", "Kim")
    assert done.exit_code == 0, done.stderr
    assert "Under 18 only the measurements are given" in " ".join(done.stdout.split())
    with open_records(anna) as records:
        document = json.loads(records.document(records.exams("Kim")[0].number))
    assert document["measurements"]
    assert document["findings"] == []


OLD = """
import sqlalchemy as sa
from posturecam.records.migrations.versions import r0001_tables
from alembic.migration import MigrationContext
from alembic.operations import Operations
engine = sa.create_engine("sqlite:///{place}")
with engine.begin() as connection:
    with Operations.context(MigrationContext.configure(connection)):
        r0001_tables.upgrade()
    connection.execute(sa.text("INSERT INTO posturecam_records VALUES (1)"))
    connection.execute(sa.text("INSERT INTO people VALUES (1, 'Anna', '{a}', '2026-01-01')"))
    connection.execute(sa.text("INSERT INTO exams VALUES (7, 1, '2026-01-05', '2026-01-05', 'd', '{b}', 'old', 'doc')"))
    connection.execute(sa.text("INSERT INTO photos VALUES (7, 0, '{a}{b}', 'front.jpg', '', 'front', NULL)"))
"""


def test_records_of_the_first_version_still_open(place: Path) -> None:
    """Copied as they were, then brought to today's tables; nothing is lost, and they end as new ones begin."""
    subprocess.run([sys.executable, "-c", OLD.format(place=place, a="5e" * 16, b="7f" * 16)], check=True)
    with open_records(place) as records:
        (exam,) = records.exams("Anna")
        assert (exam.number, exam.on, exam.finalised, exam.photos[0].name) == (7, JANUARY, None, "front.jpg")
        records.write_facts("Anna", Facts(date(2000, 1, 1)))
        records.finalise(7, "Dr. Berg")
    (copy,) = place.parent.glob("records.sqlite.version1*")
    with contextlib.closing(sqlite3.connect(copy)) as old:
        assert old.execute("SELECT version FROM posturecam_records").fetchone() == (1,)
    with open_records(place.with_name("fresh.sqlite"), make=True):
        pass
    described = []
    for path in (place, place.with_name("fresh.sqlite")):
        with contextlib.closing(sqlite3.connect(path)) as tables:
            found = {name: tables.execute(f"PRAGMA table_info({name})").fetchall() for name in TABLES.tables}
        described.append(found)
    assert described[0] == described[1]
    assert f"{copy.name}, a copy of an older version" in run("forget", "Anna", "--yes").stdout


def test_every_version_has_its_way_without_alembic() -> None:
    """A file on one machine needs nothing installed to go on."""
    assert all(version in open_database.UPGRADES for version in range(2, VERSION + 1))


def test_the_page_puts_right_what_the_commands_do(anna: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Move, day, finalising, deletion, name, facts, merging; nearly the same name asks to insist; the page shows it."""
    monkeypatch.delenv("POSTURECAM_DATABASE")
    with serving(anna.parent) as served:

        def ask(path: str, method: str, **body: Any) -> tuple[int, Any]:
            sent = json.dumps(body).encode()
            headers = {"Origin": served.origin, "Content_Type": "application/json"}
            status, _headers, data = served.ask(path, method, sent, **headers)
            return status, json.loads(data)

        status, told = ask("/records/2", "PATCH", what="move", name="ben")
        assert (status, "There is 'Ben'" in told["error"]) == (400, True)
        assert ask("/records/2", "PATCH", what="move", name="Ben") == (200, {"number": 2})
        assert ask("/records/1", "PATCH", what="finalise", name="Dr. Berg") == (200, {"number": 1})
        assert ask("/records/1", "PATCH", what="redate", on="2026-01-06") == (200, {"number": 4})
        assert ask("/records/1", "PATCH", what="redate", on="never")[0] == 400
        facts = {"born": "2015-01-01", "consent": "photos", "consented_on": "2026-01-01"}
        assert ask("/person?name=Anna", "PATCH", rename="Anna K.", **facts) == (200, {"name": "Anna K."})
        _status, _headers, shown = served.ask("/person?name=Anna%20K.")
        for words in (
            "born 2015-01-01",
            "consent of 2026-01-01",
            "agreed: photos",
            "version of exam 1",
            "Older versions",
        ):
            assert words in shown.decode()
        status, _headers, _page = served.ask("/records/4")
        assert status == 303
        assert ask("/records/3", "DELETE")[1]["exams"] == 1
        assert ask("/person?name=Ben", "PATCH", into="Anna K.") == (200, {"name": "Anna K."})
        assert b"What was deleted" in served.ask("/people")[2]
    with open_records(anna) as records:
        assert records.people() == ["Anna K."]
        assert [exam.number for exam in records.exams("Anna K.", versions=True)] == [1, 2, 4]
        assert records.facts("Anna K.") == Facts(date(2015, 1, 1), date(2026, 1, 1), "photos")


def test_a_childs_exam_on_the_page_has_numbers_only() -> None:
    """As soon as it is known whose it is; and all again where it was somebody else's after all."""
    open_exam = OpenExam("x", Settings())
    lay(open_exam, assessed(CROSSED, "front.jpg"), None, None)
    exam = open_exam.exam(load())
    assert exam is not None
    assert exam.findings
    open_exam.know(Facts(date(2015, 1, 1)), load())
    child = open_exam.exam(load())
    assert child is not None
    assert (child.findings, child.photos[0].findings) == ((), ())
    assert child.measurements == exam.measurements
    open_exam.know(Facts(), load())
    again = open_exam.exam(load())
    assert again is not None
    assert again.findings == exam.findings


def test_keeping_on_the_page_is_looked_at_alike(anna: Path) -> None:
    """Nearly a name, or another person's photo, is refused until it is insisted on; the day keeps its source."""
    app_state = SimpleNamespace(database=str(anna), knowledge=load())
    open_exam = OpenExam("x", Settings())
    lay(open_exam, assessed(CROSSED, "front.jpg"), None, None)
    said = {"person": "anna", "on": "2026-01-05"}
    with pytest.raises(RecordsError, match="there is 'Anna'"):
        store_exam(open_exam, app_state, said)  # type: ignore[arg-type]
    assert store_exam(open_exam, app_state, {**said, "insists": True})["fresh"]  # type: ignore[arg-type]
    with open_records(anna) as records:
        assert records.exams("anna")[0].dated_from == "stated"
    with pytest.raises(RecordsError, match="is 'anna''s in the records"):
        store_exam(open_exam, app_state, {**said, "person": "Ben"})  # type: ignore[arg-type]
