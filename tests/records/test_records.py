"""The records: nothing is lost, nothing is half done, what is forgotten is gone, and strange files stay untouched."""

import io
import json
import os
import platform
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

import pytest
from PIL import Image
from sqlalchemy import event

from posturecam.errors import PosturecamError, RecordsError, SettingsError, StoredError
from posturecam.pipeline.exam import exam_of
from posturecam.records import (
    NewExam,
    PhotoRef,
    Records,
    check_records,
    checked_person,
    database_file,
    erasing,
    migrate_records,
    network_advice,
    open_database,
    open_records,
    transfer,
)
from posturecam.records.schema import VERSION
from posturecam.records.sittings import seen_in
from posturecam.records.transfer import without_location
from posturecam.storage import exam_json
from posturecam.storage.files import WriteRules, set_rules
from records_support import DANA, DOCUMENTS, PHOTO, TABLES, located, new
from reports_support import CROSSED, assessed
from repository import ROOT


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the records of a test lie."""
    return tmp_path / "data" / "records.sqlite"


def filled(place: Path, person: str = DANA) -> None:
    """Store two exams of one person, one photo kept, and one exam of somebody else."""
    with open_records(place, make=True) as records:
        records.add(person, new("crossed", "2026-02-01", PHOTO))
        records.add(person, new("level", "2026-01-01"))
        records.add("Somebody Else", new("level", "2026-01-01"))


def test_exams_come_back_in_the_order_of_their_days(place: Path) -> None:
    """With the same numbers, to the last digit, and their photos by hash and path."""
    filled(place)
    with open_records(place) as records:
        assert records.people() == ["Somebody Else", DANA]
        early, late = records.exams(DANA)
        assert (early.on, late.on) == (date(2026, 1, 1), date(2026, 2, 1))
        assert late.sitting.readings == new("crossed").sitting.readings
        assert late.photos[0].path == "/photos/front.jpg"
        assert records.document(late.number) == DOCUMENTS["crossed"]
        assert records.kept(late.number) == {late.photos[0].sha256: PHOTO}
        assert records.exam(late.number) == late


def test_the_same_exam_is_stored_once(place: Path) -> None:
    """Running the command again changes nothing; another day is another exam."""
    with open_records(place, make=True) as records:
        first = records.add("Dana", new())
        again = records.add("Dana", new())
        assert (again.number, first.fresh, again.fresh) == (first.number, True, False)
        assert records.add("Dana", new(on="2026-03-01")).fresh


def test_the_file_is_the_users_own_and_logs_ahead(place: Path) -> None:
    """Nobody else on the machine can read it."""
    filled(place)
    assert place.stat().st_mode & 0o077 == 0
    with sqlite3.connect(place) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_an_unknown_person_is_told_the_nearest(place: Path) -> None:
    """And an unknown number is an unknown number."""
    filled(place)
    with open_records(place) as records:
        with pytest.raises(RecordsError, match="Did you mean 'Somebody Else'"):
            records.exams("somebody els")
        with pytest.raises(RecordsError, match=r"nobody called 'xyz'.*posturecam exam"):
            records.exams("xyz")
        with pytest.raises(RecordsError, match="no exam 99"):
            records.exam(99)


@pytest.mark.parametrize(
    "name", ["<b>x</b>", 'O\'Brien "x"', "../../etc", "🧍 مرحبا", "'; DROP TABLE people; --", "=1+1"]
)
def test_any_name_is_only_a_name(place: Path, name: str) -> None:
    """Stored and found as it is, whatever it looks like."""
    filled(place, name)
    with open_records(place) as records:
        assert name in records.people()
        assert len(records.exams(name)) == 2
        assert records.forget(name).left == ()
        assert records.people() == ["Somebody Else"]


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\0b", "x" * 201, "\udcff"])
def test_impossible_ids_are_refused(name: str) -> None:
    """Nothing invisible, nothing endless."""
    with pytest.raises(SettingsError, match="cannot be an ID"):
        checked_person(name)


def test_composed_and_decomposed_names_are_one_person() -> None:
    """A Mac and a PC write Zoë differently."""
    assert checked_person("Zoe\u0308 ") == "Zo\u00eb"


def raw(place: Path) -> bytes:
    """Everything that lies on the disk."""
    return b"".join(path.read_bytes() for path in place.parent.iterdir())


def test_forgetting_leaves_nothing_on_the_disk(place: Path) -> None:
    """No name, no hash, no photo, no number in the file, its log or beside it; everybody else stays."""
    filled(place)
    with open_records(place) as records:
        sha256 = records.exams(DANA)[1].photos[0].sha256
        assert DANA.encode() in raw(place)
        told = records.forget(DANA)
        assert (told.exams, told.photos, told.kept, told.left) == (2, 2, 1, ())
        assert told.readings > 20
        assert told.searched_bytes is not None
        assert told.searched_bytes > 0
        for trace in (DANA.encode(), sha256.encode(), PHOTO):
            assert trace not in raw(place)
        assert len(records.exams("Somebody Else")) == 1
        with pytest.raises(RecordsError, match="nobody called"):
            records.forget(DANA)


def test_forgetting_waits_for_readers_of_the_old_state(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program's open read would keep the old pages alive: nothing is deleted, and it is said."""
    monkeypatch.setattr(erasing, "READERS_MS", 50)
    filled(place)
    with open_records(place) as records:
        reader = sqlite3.connect(place, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM people").fetchone()
        records.add("Third", new())
        with pytest.raises(RecordsError, match=r"another program is reading.*Nothing was deleted"):
            records.forget(DANA)
        reader.close()
        assert records.forget(DANA).left == ()


def test_there_must_be_records_to_read(place: Path) -> None:
    """Reading makes no file."""
    with pytest.raises(RecordsError, match=r"no records at .* yet"), open_records(place):
        pass
    assert not place.parent.exists()


def test_a_newer_schema_is_said_and_not_touched(place: Path) -> None:
    """Byte for byte, for readers and for writers."""
    filled(place)
    with sqlite3.connect(place) as connection:
        connection.execute("UPDATE posturecam_records SET version = 999")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = place.read_bytes()
    for make in (False, True):
        with pytest.raises(RecordsError, match=r"newer posturecam.*999.*not touched"), open_records(place, make=make):
            pass
    assert place.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 9, b"SQLite format 3\0" + b"\xff" * 4000], ids=["text", "torn"]
)
def test_a_damaged_file_is_one_line_and_not_touched(place: Path, content: bytes) -> None:
    """Never a traceback, never an overwritten file."""
    place.parent.mkdir()
    place.write_bytes(content)
    for make in (False, True):
        with pytest.raises(RecordsError, match="damaged") as caught, open_records(place, make=make):
            pass
        assert "\n" not in str(caught.value)
    assert place.read_bytes() == content


def read_all(place: Path) -> None:
    """Read every exam."""
    with open_records(place) as records:
        for person in records.people():
            for exam in records.exams(person):
                records.document(exam.number)


def test_a_page_torn_in_the_middle_is_one_line(place: Path) -> None:
    """Found when it is read."""
    filled(place)
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = place.read_bytes()
    place.write_bytes(content[:8192] + b"\xee" * (len(content) - 8192))
    with pytest.raises(RecordsError, match=r"damaged|cannot be used"):
        read_all(place)


def test_another_programs_tables_are_left_alone(place: Path) -> None:
    """Even where they have one of our names."""
    place.parent.mkdir()
    with sqlite3.connect(place) as connection:
        connection.execute("CREATE TABLE people (something)")
    connection.close()
    with pytest.raises(RecordsError, match="another program"), open_records(place, make=True):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_place_is_one_line(tmp_path: Path) -> None:
    """With what to do."""
    tmp_path.chmod(0o500)
    with pytest.raises(RecordsError, match=r"cannot be opened.*permissions"), open_records(tmp_path / "a/b", make=True):
        pass
    tmp_path.chmod(0o700)


def test_a_folder_or_a_file_in_the_way_is_one_line(tmp_path: Path) -> None:
    """As somebody would type it by mistake."""
    (tmp_path / "file").write_text("x")
    for wrong in (tmp_path, tmp_path / "file" / "records.sqlite"):
        with pytest.raises(RecordsError) as caught, open_records(wrong, make=True):
            pass
        assert "\n" not in str(caught.value)


def test_a_database_that_may_only_be_read_can_be_read(place: Path) -> None:
    """Writing says in one line what to do."""
    filled(place)
    with open_records(f"sqlite:///file:{place}?mode=ro&uri=true") as records:
        assert len(records.exams(DANA)) == 2
        with pytest.raises(RecordsError, match=r"cannot be written.*permissions"):
            records.add(DANA, new(on="2026-05-05"))


@pytest.mark.parametrize("url", ["nonsense://x", "sqlite://", "sqlite:///:memory:", "postgresql+nodriver://h/d"])
def test_a_wrong_url_is_one_line(url: str) -> None:
    """Unknown databases and missing drivers."""
    with pytest.raises(RecordsError), open_records(url):
        pass


def test_a_url_and_a_path_are_the_same_file(place: Path) -> None:
    """The seam through which a server comes in."""
    filled(place)
    with open_records(f"sqlite:///{place}") as records:
        assert DANA in records.people()


def full(records: Records) -> None:
    """Let the disk be full from now on: the file may not grow by another page."""

    @event.listens_for(records._engine, "begin")
    def _small(connection: object) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # type: ignore[attr-defined]


def test_a_full_disk_stores_nothing_of_an_exam(place: Path) -> None:
    """And keeps everything older."""
    filled(place)
    with open_records(place) as records:
        full(records)
        with pytest.raises(RecordsError, match="disk is full"):
            records.add("Third", new(kept=b"\xab" * 3_000_000))
    with open_records(place) as records:
        assert records.people() == ["Somebody Else", DANA]


def test_all_or_none_of_several_exams(place: Path) -> None:
    """The third of three fails: none is there, nor the person."""
    filled(place)
    bad = new("crossed", "2026-03-01")
    bad = NewExam(bad.on, bad.document, bad.sitting, (PhotoRef("x", "n", None, "front"),))  # type: ignore[arg-type]
    with open_records(place) as records:
        with pytest.raises(RecordsError):
            records.add_all("Third", [new(), new("level"), bad])
        assert "Third" not in records.people()


WRITER = """
import sys, json
from datetime import date, timedelta
from posturecam.records.progress import Reading, Sitting
from posturecam.records import NewExam, open_records
place, name, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
for one in range(number):
    with open_records(place, make=True) as records:
        day = date(2026, 1, 1) + timedelta(days=one)
        sitting = Sitting("x", day, (Reading("hip_tilt", one, 0.5, 0.5),))
        records.add("Dana", NewExam(day, json.dumps([name, one]), sitting, ()))
"""


def test_two_writers_at_once_lose_nothing(place: Path) -> None:
    """Both make the same new database and write the same new person, again and again."""
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(place)]
    both = [subprocess.Popen([*command, name, "25"], stderr=subprocess.PIPE, text=True) for name in ("a", "b")]
    for one in both:
        assert one.communicate(timeout=60)[1] == ""
        assert one.returncode == 0
    with open_records(place) as records:
        found = [records.document(exam.number) for exam in records.exams("Dana")]
    assert sorted(found) == sorted(json.dumps([name, n]) for name in "ab" for n in range(25))


KILLED = """
import os, signal, sys
from posturecam.records import open_records
from posturecam.records import exam_rows as tables
sys.path.insert(0, "tests")
from records_support import new
added = tables._add_rows
def killing(connection, table, number, rows):
    added(connection, table, number, rows)
    if table.name == "readings":
        os.kill(os.getpid(), signal.SIGKILL)
tables._add_rows = killing
with open_records(sys.argv[1]) as records:
    records.add("Third", new())
"""


def test_killed_in_the_middle_nothing_is_half_there(place: Path) -> None:
    """The exam's row and its numbers were written, but not committed."""
    filled(place)
    done = subprocess.run([sys.executable, "-c", KILLED, str(place)], cwd=ROOT, timeout=60)
    assert done.returncode == -signal.SIGKILL
    with open_records(place) as records:
        assert records.people() == ["Somebody Else", DANA]
        assert records.add("Third", new()).fresh


def test_a_parcel_brings_a_person_to_another_machine(place: Path, tmp_path: Path) -> None:
    """The same exams, numbers and kept photos; a second import adds nothing."""
    filled(place)
    with open_records(place) as records:
        here = records.exams(DANA)
        data = transfer.person_zip(records, DANA)
        assert transfer.person_zip(records, DANA) == data
    (tmp_path / "p.zip").write_bytes(data)
    with open_records(tmp_path / "other.sqlite", make=True) as records:
        found = transfer.unzipped_person(tmp_path / "p.zip")
        assert [one.fresh for one in records.add_all(found.person, found.exams)] == [True, True]
        assert [one.fresh for one in records.add_all(found.person, found.exams)] == [False, False]
        there = records.exams(DANA)
        assert [(e.on, e.digest, e.photos, e.sitting.readings) for e in there] == [
            (e.on, e.digest, tuple(replace(photo, path="") for photo in e.photos), e.sitting.readings) for e in here
        ]
        assert PHOTO in records.kept(there[1].number).values()


def packed(place: Path) -> dict[str, bytes]:
    """The files of a sound parcel."""
    filled(place)
    with open_records(place) as records:
        (place.parent / "sound.zip").write_bytes(transfer.person_zip(records, DANA))
    with zipfile.ZipFile(place.parent / "sound.zip") as sound:
        return {name: sound.read(name) for name in sound.namelist()}


def edited(contents: dict[str, bytes], **change: object) -> dict[str, bytes]:
    """Change person.json."""
    return {**contents, "person.json": json.dumps({**json.loads(contents["person.json"]), **change}).encode()}


BAD = {
    "path traversal": (lambda c: {**c, "../evil.json": b"{}"}, "no export writes"),
    "absolute": (lambda c: {**c, "/etc/passwd": b"x"}, "no export writes"),
    "backslashes": (lambda c: {**c, "exams\\..\\x.json": b"x"}, "no export writes"),
    "no list": (lambda c: {n: d for n, d in c.items() if n != "person.json"}, "missing"),
    "a file too many": (lambda c: {**c, "exams/0099.json": b"{}"}, "differ"),
    "an exam missing": (lambda c: {n: d for n, d in c.items() if n != "exams/0002.json"}, "missing or was changed"),
    "an exam changed": (lambda c: {**c, "exams/0001.json": c["exams/0001.json"] + b" "}, "was changed"),
    "a photo changed": (
        lambda c: {n: d + b"!" if n[0] == "p" and "/" in n else d for n, d in c.items()},
        "was changed",
    ),
    "newer": (lambda c: edited(c, schema="posturecam/person/9"), "newer posturecam"),
    "another schema": (lambda c: edited(c, schema="x"), "its schema"),
    "a bad day": (lambda c: edited(c, exams=[{**json.loads(c["person.json"])["exams"][0], "on": "x"}]), "isoformat"),
    "no JSON": (lambda c: {**c, "person.json": b"{"}, "Nothing was imported"),
    "a bad person": (lambda c: edited(c, person="a\nb"), "cannot be an ID"),
}


@pytest.mark.parametrize("why", BAD)
def test_a_bad_parcel_is_refused_whole(place: Path, why: str) -> None:
    """Before anything is written."""
    spoil, said = BAD[why]
    path = place.parent / "bad.zip"
    contents = packed(place)
    with zipfile.ZipFile(path, "w") as bad:
        for name, data in spoil(contents).items():
            bad.writestr(name, data)
    with pytest.raises(PosturecamError, match=said):
        transfer.unzipped_person(path)


@pytest.mark.parametrize("data", [b"", b"PK\3\4 and then nothing", b"no zip"])
def test_what_is_no_zip_is_one_line(tmp_path: Path, data: bytes) -> None:
    """Cut short, or something else."""
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(RecordsError, match="no zip"):
        transfer.unzipped_person(tmp_path / "x.zip")
    with pytest.raises(RecordsError, match="cannot be read"):
        transfer.unzipped_person(tmp_path / "missing.zip")


def test_a_zip_bomb_is_refused_unopened(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the sizes that it states."""
    packed(place)
    monkeypatch.setattr(transfer, "LARGEST", 1000)
    with pytest.raises(RecordsError, match="unpack to more"):
        transfer.unzipped_person(place.parent / "sound.zip")


def test_restands_are_read_from_an_exams_photos() -> None:
    """Three photos of one view: two degrees of freedom, and the spread of their own values."""
    photos = [assessed(CROSSED, f"{n}.jpg") for n in range(1)]
    whole = json.loads(exam_json.exam_bytes(exam_of(photos, [], TABLES)))
    whole["photos"] = [json.loads(json.dumps(whole["photos"][0])) for _ in range(3)]
    for number, photo in enumerate(whole["photos"]):
        for one in photo["measurements"]:
            one["value"], one["sem"] = float(number), 0.5
    for one in whole["measurements"]:
        one["parts"][0]["photos"] = 3
    reading = seen_in(json.dumps(whole), "x", None, "test").sitting.readings[0]
    assert (reading.spread, reading.own_sem, reading.dof, reading.photos) == (1.0, 0.5, 2, 3)


@pytest.mark.parametrize("text", ["[]", "{", '{"schema": "x"}', '{"schema": "posturecam/exam/1", "photos": []}'])
def test_a_document_that_is_none_is_one_line(text: str) -> None:
    """It names its source."""
    with pytest.raises(StoredError, match="somewhere"):
        seen_in(text, "x", None, "somewhere")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_place_is_blanked_and_nothing_else(kind: str) -> None:
    """Every reader still reads the picture and the camera, and finds no place."""
    before = located(kind)
    after = without_location(before)
    assert len(after) == len(before)
    with Image.open(io.BytesIO(before)) as first, Image.open(io.BytesIO(after)) as second:
        assert first.getexif().get_ifd(0x8825)
        assert not second.getexif().get_ifd(0x8825)
        assert second.getexif()[0x010F] == "Camera"
        assert first.tobytes() == second.tobytes()
    for trace in (b"48,8.225", b"11,34.504", b"2026:01:05"):
        assert trace not in after
    assert without_location(after) == after


ODD = b"II*\0\x08\0\0\0\xff\xff" + b"\x25\x88" * 40


@pytest.mark.parametrize("data", [b"", b"II*\0", b"MM\0*\xff\xff\xff\xff", ODD, PHOTO])
def test_what_is_no_exif_stays(data: bytes) -> None:
    """Cut short or nonsense."""
    assert without_location(data) == data


def test_an_export_tells_no_paths_and_no_places(place: Path, tmp_path: Path) -> None:
    """The photo comes back as the one that was measured."""
    photo = located("JPEG")
    with open_records(place, make=True) as records:
        number = records.add(DANA, new("crossed", "2026-02-01", photo)).number
        data = transfer.person_zip(records, DANA)
        document = records.document(number)
    (tmp_path / "p.zip").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "p.zip") as whole:
        contents = b"".join(whole.read(name) for name in whole.namelist())
        assert json.loads(whole.read("person.json"))["schema"] == "posturecam/person/2"
    assert b"/photos/front.jpg" not in contents
    assert b"48,8.225" not in contents
    found = transfer.unzipped_person(tmp_path / "p.zip")
    with open_records(tmp_path / "other.sqlite", make=True) as records:
        other = records.add_all(found.person, found.exams)[0].number
        assert records.document(other) == document
        assert list(records.kept(other)) == [transfer._sha256(photo)]


def test_a_list_that_does_not_fit_is_refused_before_anything_is_unpacked(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the list itself is read."""
    contents = packed(place)
    path, read = place.parent / "bad.zip", list[str]()
    with zipfile.ZipFile(path, "w") as bad:
        for name, data in (contents | {"exams/0099.json": b"{}"}).items():
            bad.writestr(name, data)
    real = zipfile.ZipFile.read

    def noted(self: zipfile.ZipFile, name: str, *more: bytes) -> bytes:
        read.append(name)
        return real(self, name, *more)

    monkeypatch.setattr(zipfile.ZipFile, "read", noted)
    with pytest.raises(RecordsError, match="differ"):
        transfer.unzipped_person(path)
    assert read == ["person.json"]


def test_records_on_a_share_that_cannot_be_written_are_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file beside them; whoever wants to store is told before anything is measured."""
    filled(place)
    before = sorted(path.name for path in place.parent.iterdir())
    monkeypatch.setattr(open_database, "may_write", lambda _file: False)
    names = list[list[str]]()
    with open_records(place) as records:
        assert len(records.exams(DANA)) == 2
        names.append(sorted(path.name for path in place.parent.iterdir()))
    assert names == [before]
    check_records(place)
    with pytest.raises(RecordsError, match="can only be read here"):
        check_records(place, to_write=True)


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs mount namespaces")
def test_records_on_a_read_only_mount_are_read(place: Path) -> None:
    """A real one, of this process alone."""
    filled(place)
    code = (
        f"from posturecam.records import open_records\nwith open_records({str(place)!r}) as r: print(len(r.people()))"
    )
    mounted = f'mount --bind -o ro {place.parent} {place.parent} && exec {sys.executable} -c "$CODE"'
    line = ["unshare", "-m", "sh", "-c", mounted]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=os.environ | {"CODE": code})
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip("mounting is not allowed here")
    assert (done.returncode, done.stdout.strip()) == (0, "2"), done.stderr


MOUNTS = """rootfs / ext4 rw 0 0
//nas/clinic /mnt/clinic\\040files cifs rw 0 0
nas:/x /mnt/nfs nfs4 rw 0 0
tmpfs /mnt/nfs/local tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/mnt/clinic files/records.sqlite", "cifs"),
        ("/mnt/nfs/a/records.sqlite", "nfs4"),
        ("/mnt/nfs/local/records.sqlite", None),
        ("/home/records.sqlite", None),
    ],
)
def test_a_network_folder_is_known(file: str, kind: str | None) -> None:
    """By what is mounted there."""
    assert database_file._kind_in(MOUNTS, PurePosixPath(file)) == kind


def test_two_machines_on_one_network_folder_are_told_of_the_server(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first may go on; the second only by force, and then it is the one."""
    assert network_advice(place) is None
    monkeypatch.setattr(database_file, "network_kind", lambda _file: "cifs")
    advice = network_advice(place)
    assert advice is not None
    assert "posturecam migrate --database postgresql://" in advice
    monkeypatch.setattr(platform, "node", lambda: "reception")
    filled(place)
    filled(place)
    monkeypatch.setattr(platform, "node", lambda: "room 2")
    with pytest.raises(RecordsError, match=r"another machine writes the records.*server"):
        filled(place)
    with open_records(place) as records:
        assert len(records.people()) == 2
    set_rules(WriteRules(force=True))
    filled(place)
    set_rules(WriteRules())
    filled(place)


def test_an_older_versions_records_are_copied_before_they_are_changed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is the owner's alone and can be opened; a second one replaces none."""
    filled(place)
    copies = list[Path]()

    def failing(*_: object) -> None:
        raise RecordsError(copies[-1].name)

    monkeypatch.setattr(open_database, "migrated", failing)
    monkeypatch.setattr(open_database, "VERSION", VERSION + 1)
    for _again in range(2):
        with pytest.raises(RecordsError, match="backup"):
            migrate_records(place, copies.append)
    monkeypatch.setattr(open_database, "VERSION", VERSION)
    assert [copy.name for copy in copies] == [
        f"records.sqlite.version{VERSION}{number}.backup" for number in ("", "-2")
    ]
    for copy in copies:
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        with open_records(copy) as records:
            assert len(records.exams(DANA)) == 2
