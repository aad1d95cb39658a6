"""Whatever is read, whoever wrote it, is read or refused in one line of words: every reader, with what breaks others.

A reader gets sound data with one place of it replaced, or bytes that are none. What it raises is the program's own
error; anything else would end as "this should not have happened".
"""

import asyncio
import copy
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from typer.testing import CliRunner

from posturecam.batch import Job, RunPlan, Wanted, run_batch
from posturecam.batch.ledger import _earlier
from posturecam.batch.result_lines import line_of
from posturecam.batch.run_inputs import list_inputs
from posturecam.batch.tasks import Unit
from posturecam.cli import app
from posturecam.errors import CameraError, PosturecamError
from posturecam.knowledge import load
from posturecam.live.devices import choose_webcam, remembered
from posturecam.page.app_state import AppState
from posturecam.page.page_server import make_app
from posturecam.page.security import Access, Guard
from posturecam.page.worker import PhotoWorker
from posturecam.patterns.answers import read_answers
from posturecam.picture.lens.profile import CameraProfile, profile_bytes, read_profile
from posturecam.picture.photo import from_bytes
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import exam_of
from posturecam.poses.manual_points import read_places
from posturecam.records import NewExam, open_records, transfer
from posturecam.records.sittings import read_seen, seen_in
from posturecam.storage import assessment_json as json_report
from posturecam.storage import exam_json
from posturecam.storage.assessment_json import assessment_again
from posturecam.storage.outputs import _stored
from posturecam.storage.rescoring.scored_files import rescore_files
from posturecam.storage.stored_balance import read_balance
from reports_support import CROSSED, assessed

KNOWLEDGE = load()


def trimmed(value: Any, most: int = 4) -> Any:
    """Give stored data with its long lists cut short, but for points and their samples: a case takes a moment."""
    if isinstance(value, dict):
        return {key: one if key in ("points", "samples") else trimmed(one) for key, one in value.items()}
    return [trimmed(one) for one in value[:most]] if isinstance(value, list) and len(value) > 2 else value


ASSESSMENT = trimmed(json.loads(json_report.assessment_bytes(assessed(CROSSED))))
ASSESSMENT["pose"]["samples"] = ASSESSMENT["pose"]["samples"][:2]
EXAM = {**json.loads(exam_json.exam_bytes(exam_of([assessed(CROSSED)], [], KNOWLEDGE))), "photos": [ASSESSMENT]}
EXAM = trimmed(EXAM)
CAMERA = json.loads(profile_bytes(CameraProfile((600, 800), 700.0, (300.0, 400.0), 0.1, 0.0, 0.4, 12)))
POINTS = {"placed": [{"name": "c7", "x": 100.0, "y": 200.0, "error_px": 2.0, "source": "hand"}]}
BALANCE = {
    "schema": "posturecam/balance/1",
    "left": {"seconds": 12.0, "tries": [{"lift_off_s": 1.0, "touch_down_s": 13.0}], "pelvis_drop_deg": 2.0},
    "right": {"seconds": None},
    "measurements": [{"key": "pelvic_drop_left", "sem": 0.4}],
}
STRANGE = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "9" * 400,
    "-" + "9" * 5000,
    '"\\ud800"',
    "[" * 10_000,
    '{"a":' * 3000,
)
MARK = "@ here @"

Sound = Mapping[str, Any]
Read = Callable[[Path], object]
ODD = (
    None,
    True,
    0,
    -1,
    0.5,
    10**17,
    10**30,
    10**400,
    1e308,
    -1e308,
    1e-320,
    "",
    "x",
    "a\0b",
    "2026-13-01",
    "0001-01-01",
    "9" * 5000,
    [],
    {},
    [None],
    [[1.0]],
    {"a": []},
    MARK,
)
VALUES = (
    some.sampled_from(ODD)
    | some.integers()
    | some.floats()
    | some.text(max_size=6)
    | some.lists(some.integers() | some.text(max_size=2), max_size=3)
)


@dataclass(frozen=True, slots=True)
class Spoilt:
    """Sound data with another value at a place, and what stands for the mark."""

    place: tuple[str | int, ...]
    other: object
    strange: str


def places(value: object, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give every place in nested objects and lists; of a long list the first three."""
    yield above
    inside = value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    for key, one in inside:
        yield from places(one, (*above, key))


def replaced(value: Any, place: tuple[str | int, ...], other: object) -> Any:
    """Give a copy with another value at a place."""
    if not place:
        return other
    fresh = copy.copy(value)
    fresh[place[0]] = replaced(value[place[0]], place[1:], other)
    return fresh


def as_json(value: object, strange: str) -> bytes:
    """Write as JSON, with what is no JSON at the mark."""
    return json.dumps(value, separators=(",", ":")).replace(json.dumps(MARK), strange).encode()


def spoilt(sound: object) -> some.SearchStrategy[Spoilt | bytes]:
    """Sound data with one place replaced, or bytes."""
    found = some.sampled_from(list(places(sound)))
    return some.builds(Spoilt, found, VALUES, some.sampled_from(STRANGE)) | some.binary(max_size=40)


def as_lines(data: bytes) -> bytes:
    """Put a value on a line between two sound ones."""
    sound = json.dumps(ASSESSMENT).encode()
    return sound + b"\n" + data + b"\n" + sound + b"\n"


def as_parcel(data: bytes) -> bytes:
    """Put a list into a person's export, beside its one exam."""
    document = json.dumps(EXAM).encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("person.json", data)
        made.writestr("exams/0001.json", document)
    return file.getvalue()


def parcel_list() -> Sound:
    """The list in a person's export."""
    photo = {"sha256": "0" * 64, "name": "a.jpg", "path": "", "view": "front"}
    exam = {
        "file": "exams/0001.json",
        "on": "2026-01-05",
        "sha256": transfer._sha256(json.dumps(EXAM).encode()),
        "photos": [photo],
        "dated_from": "exif",
        "finalised_by": "me",
        "finalised_at": "2026-01-05T10:00:00+00:00",
        "replaces": None,
    }
    return {
        "schema": "posturecam/person/2",
        "person": "anna",
        "born": "1990-01-01",
        "consented_on": "2026-01-01",
        "consent": "yes",
        "exams": [exam],
    }


INPUT = {
    "path": "a.jpg",
    "person": "anna",
    "date": "2026-01-05",
    "view": "front",
    "sha256": "0" * 64,
    "unit": {"key": "0" * 64, "picture": "0" * 64},
    "failure": None,
}

RUN = {"schema": "posturecam/batch/1", "settings": {"view": None, "picture": {"passes": 2}}}
LINE = json.loads(line_of(Unit("0" * 64, "0" * 64), assessed(CROSSED)))
LINE = {**trimmed(LINE), "pose": {**ASSESSMENT["pose"], "samples": None}}


def as_toml(value: object, strange: str) -> bytes:
    """Write a flat table as TOML, or what is none."""
    rows = value.items() if isinstance(value, dict) else ()
    return b"".join(f"{key} = ".encode() + as_json(one, strange) + b"\n" for key, one in rows)


def as_places(value: object, strange: str) -> bytes:
    """Write a list of files, in one of the encodings that are read."""
    text = "\n".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.replace(MARK, strange[:500]).encode("utf-16" if len(text) % 3 == 0 else "utf-8", "surrogatepass")


def _answers(path: Path) -> object:
    return read_answers(path, KNOWLEDGE)


def _points(path: Path) -> object:
    return read_places([str(path)])


def _again(path: Path) -> object:
    return assessment_again(path, Settings(), KNOWLEDGE)


def _straight(path: Path) -> object:
    """Use a camera's profile on stored points."""
    stored = path.with_name("stored.json")
    stored.write_text(json.dumps(ASSESSMENT), "utf-8")
    return assessment_again(stored, Settings(camera=read_profile(path)), KNOWLEDGE)


def _placed(path: Path) -> object:
    """Use placed points on stored ones."""
    stored = path.with_name("stored.json")
    stored.write_text(json.dumps(ASSESSMENT), "utf-8")
    return assessment_again(stored, Settings(placed=read_places([str(path)])), KNOWLEDGE)


def _balance(path: Path) -> object:
    return read_balance(path, KNOWLEDGE, None)


def _rescored(path: Path) -> object:
    with rescore_files([path], KNOWLEDGE) as found:
        return list(found.objects())


def _rescored_lines(path: Path) -> object:
    lines = path.with_suffix(".jsonl")
    lines.write_bytes(as_lines(path.read_bytes()))
    return _rescored(lines)


def _parcel(path: Path) -> object:
    return transfer.unzipped_person(path)


def _kept(path: Path) -> object:
    """Store an exam of a parcel's, and read it back."""
    zipped = path.with_suffix(".zip")
    zipped.write_bytes(as_parcel(path.read_bytes()))
    return transfer.unzipped_person(zipped)


def _sitting(path: Path) -> object:
    return read_seen(path)


def _list_of_files(path: Path) -> object:
    places = path.with_suffix(".txt")
    places.write_bytes(path.read_bytes())
    return list_inputs(Wanted((str(places),)))


def _photo(path: Path) -> object:
    return from_bytes(path.read_bytes(), path)


def _records(path: Path) -> object:
    with open_records(path) as found:
        return found.overview(), [found.document(exam.number) for one in found.people() for exam in found.exams(one)]


def _again_in(name: str) -> Read:
    """Score a finished run again, one of whose files holds this."""

    def read(path: Path) -> object:
        out = path.with_name("run")
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        files = {"run.json": RUN, "inputs.jsonl": INPUT, "results.jsonl": LINE}
        for one, sound in files.items():
            (out / one).write_bytes(path.read_bytes() if one == name else as_line(sound, ""))
        plan = RunPlan(Wanted(("photos",), out=str(out)), out, Job(Settings(passes=2), finder="synthetic"))
        return run_batch(plan, rescore=True)

    return read


def as_line(value: object, strange: str) -> bytes:
    """Write on one line, the unit first as it is found by."""
    return as_json(value, strange) + b"\n"


def _run_before(path: Path) -> object:
    """Go on where a run stopped whose files hold this."""
    return list(_earlier(path)), _stored(path)


@dataclass(frozen=True, slots=True)
class Reader:
    """A way in: what reads a file, and what sound data look like."""

    name: str
    read: Read
    sound: object
    write: Callable[[object, str], bytes] = as_json
    cases: int = 300

    def check(self, folder: Path, data: Spoilt | bytes) -> None:
        """Let it read; a complaint has one line."""
        path = folder / "given.json"
        if isinstance(data, Spoilt):
            data = self.write(replaced(self.sound, data.place, data.other), data.strange)
        path.write_bytes(data)
        try:
            self.read(path)
        except PosturecamError:
            return


ANSWERS = {"age_band": "18 to 39", "pain_where": ["neck", "hip"], "chest": False}
PLACES = ["a.jpg", "folder/b.jpg", "~", "[", "https://[::1", "s3://", "ssh://x:y/z", "/"]
BARE = {"view": "front", "measurements": ASSESSMENT["measurements"][:2]}
SHORT = {**BARE, **{key: ASSESSMENT[key] for key in ("findings", "photo", "void", "notes", "versions", "answers")}}
READERS = (
    Reader("answers", _answers, ANSWERS, as_toml),
    Reader("camera", _straight, CAMERA),
    Reader("points", _placed, POINTS),
    Reader("assessment", _again, ASSESSMENT, as_json, 200),
    Reader("balance", _balance, BALANCE),
    Reader("rescored", _rescored, SHORT),
    Reader("rescored exam", _rescored, EXAM, as_json, 200),
    Reader("rescored lines", _rescored_lines, SHORT, as_json, 200),
    Reader("rescored bare lines", _rescored_lines, BARE),
    Reader("parcel", _kept, parcel_list()),
    Reader("sitting", _sitting, EXAM, as_json, 200),
    Reader("list of files", _list_of_files, PLACES, as_places),
    Reader("run before", _run_before, INPUT),
    Reader("results before", _run_before, EXAM),
    Reader("run.json", _again_in("run.json"), RUN, as_json, 60),
    Reader("inputs of a run", _again_in("inputs.jsonl"), INPUT, as_line, 60),
    Reader("results of a run", _again_in("results.jsonl"), LINE, as_line, 60),
)
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example]
NUMPY_IS_LOUD = pytest.mark.filterwarnings("error::RuntimeWarning")
EACH = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)


def _many(reader: Reader, folder: Path, cases: int) -> None:
    @settings(max_examples=cases, deadline=None, suppress_health_check=QUIET)
    @given(data=spoilt(reader.sound))
    def check(data: Spoilt | bytes) -> None:
        reader.check(folder, data)

    check()


@NUMPY_IS_LOUD
@EACH
def test_no_reader_breaks(reader: Reader, tmp_path: Path) -> None:
    """What is no sound file is refused in words."""
    _many(reader, tmp_path, 6)


@NUMPY_IS_LOUD
@pytest.mark.slow
@EACH
def test_no_reader_breaks_in_many_cases(reader: Reader, tmp_path: Path) -> None:
    """The same, for longer."""
    _many(reader, tmp_path, reader.cases)


@pytest.mark.parametrize(
    ("reader", "place", "other"),
    [
        ("assessment", ("photo", "height"), 0),
        ("assessment", ("pose", "sight_f64"), ""),
        ("rescored", ("measurements", 0, "value"), 10**400),
        ("rescored", ("measurements", 0, "unit"), "\ud800"),
        ("rescored lines", (), MARK),
        ("rescored bare lines", ("view",), MARK),
        ("camera", ("focal_px",), 1e-320),
        ("inputs of a run", ("unit", "key"), "x"),
        ("inputs of a run", ("path",), 0),
        ("run.json", ("settings", "picture"), 0),
        ("results of a run", ("measurements", 0, "key"), "x"),
        ("results of a run", ("photo", "view"), "x"),
    ],
)
def test_what_once_broke_a_reader_is_refused(
    tmp_path: Path, reader: str, place: tuple[str | int, ...], other: object
) -> None:
    """The smallest of each kind, however it is nested."""
    for strange in STRANGE:
        next(one for one in READERS if one.name == reader).check(tmp_path, Spoilt(place, other, strange))


NUMBERS = (
    "nan",
    "inf",
    "-inf",
    "1e999",
    "-1",
    "0",
    "1e-320",
    "1e308",
    "9" * 400,
    "9" * 5000,
    "",
    " ",
    "²",
    "٣",
    "0x1",
    "1,5",
    "--",
)
TEXTS = (
    "=",
    ",",
    "a=b",
    "=front",
    "auto",
    "\x1b[31m",
    "*",
    "[",
    "\udcff",
    "1,2",
    "nan,nan",
    "1,2,3,4",
    "1e308,0,-1e308,0",
)
SAID = some.sampled_from(NUMBERS + TEXTS) | some.integers().map(str) | some.floats().map(str) | some.text(max_size=6)
STORED = (
    "--height",
    "--roll",
    "--passes",
    "--timeout",
    "--distance",
    "--plumb",
    "--place",
    "--stickers",
    "--view",
    "--person",
    "--labels",
    "--camera",
    "--answers",
    "--balance",
    "--knowledge",
    "--model",
    "--csv-dialect",
    "--language",
    "--client",
)
ELSEWHERE: tuple[tuple[str, ...], ...] = (
    *(
        ("batch", "{photos}", "--dry-run", "--out", "{out}", option)
        for option in (
            "--workers",
            "--pattern",
            "--since",
            "--engine",
            "--scheduler",
            "--passes",
            "--timeout",
            "--roll",
            "--height",
            "--distance",
            "--view",
            "--stickers",
            "--labels",
        )
    ),
    ("batch", "--dry-run", "--out", "{out}", "--flat"),
    *(
        ("live", "--source", "{photos}/none.mp4", "--no-window", option)
        for option in ("--body-height", "--distance", "--seconds", "--width", "--height", "--view", "--passes")
    ),
    *(
        ("exam", "{photos}/none.jpg", "--person", "anna", option)
        for option in ("--date", "--height", "--roll", "--distance", "--passes", "--timeout", "--view")
    ),
    ("exam", "{photos}/none.jpg", "--person"),
    *(("person", "anna", option) for option in ("--born", "--consent-date", "--consent")),
    *((name,) for name in ("history", "rename", "person", "forget", "export", "delete", "finalise")),
    ("move", "1"),
    ("redate", "1"),
    ("redate",),
    ("compare", "{photos}"),
    ("score",),
    ("import",),
    *(("serve", "--database", "{photos}", option) for option in ("--port", "--host", "--passes", "--timeout")),
    ("measures",),
    ("patterns",),
    ("calibrate", "camera", "{photos}", "--square"),
    ("migrate", "--database"),
    ("people", "--database"),
)
LINES = (*(("analyze", "--points", "{stored}", option) for option in STORED), *ELSEWHERE)


def new_exam() -> NewExam:
    """An exam for the records."""
    text, day = json.dumps(EXAM), date(2026, 1, 5)
    return NewExam(day, text, seen_in(text, "exam", day, "test").sitting, ())


def _said(line: tuple[str, ...], value: str, folder: Path) -> None:
    """Run a command as the user types it; it ends with an exit code and complains in a line."""
    stored, photos = folder / "stored.json", folder / "photos"
    stored.write_text(json.dumps(ASSESSMENT), "utf-8")
    photos.mkdir(exist_ok=True)
    places = {"stored": stored, "photos": photos, "out": folder / "out"}
    words = [word.format(**places) for word in line]
    with chdir(folder):
        ended = CliRunner().invoke(app, [*words, value], env={"POSTURECAM_DATABASE": str(folder / "records.sqlite")})
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    assert ended.exit_code in (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (("delete",), "9" * 30),
        (("analyze", "--points", "{stored}", "--client"), "\udcff"),
        (("person", "anna", "--consent"), "\udcff"),
        (("batch", "--dry-run", "--out", "{out}", "--flat"), "9" * 400),
    ],
)
def test_what_once_broke_a_command_is_refused(tmp_path: Path, line: tuple[str, ...], value: str) -> None:
    """A number that no database counts to, bytes that are no text, a name that no disk takes."""
    with open_records(tmp_path / "records.sqlite", make=True) as records:
        records.add("anna", new_exam())
    _said(line, value, tmp_path)


@pytest.mark.parametrize("number", ["²", "9" * 30, "9" * 5000, "1000"])
def test_webcams_that_there_cannot_be_are_refused(number: str) -> None:
    """A digit that is none, and numbers that no system gives."""
    with pytest.raises(CameraError):
        choose_webcam(number)


@pytest.mark.parametrize(
    "stored", ["[" * 10_000, '{"camera": 1e999}', '{"camera": 1e300}', '{"camera": true}', "[1]", "9"]
)
def test_a_webcam_that_was_not_remembered_well_is_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stored: str
) -> None:
    """Whatever stands in the file of settings."""
    monkeypatch.setenv("POSTURECAM_CONFIG_DIR", str(tmp_path))
    (tmp_path / "camera.json").write_text(stored, "utf-8")
    assert remembered() == 0


@NUMPY_IS_LOUD
@settings(max_examples=25, deadline=None, suppress_health_check=QUIET)
@given(line=some.sampled_from(LINES), value=SAID)
def test_no_value_breaks_a_command(tmp_path: Path, line: tuple[str, ...], value: str) -> None:
    """Numbers that are none, names that name nothing, days that there never were."""
    _said(line, value, tmp_path)


@NUMPY_IS_LOUD
@pytest.mark.slow
@settings(max_examples=250, deadline=None, suppress_health_check=QUIET)
@given(line=some.sampled_from(LINES), value=SAID)
def test_no_value_breaks_a_command_in_many_cases(tmp_path: Path, line: tuple[str, ...], value: str) -> None:
    """The same, for longer."""
    _said(line, value, tmp_path)


class Asked:
    """The page, asked without a network."""

    def __init__(self, folder: Path) -> None:
        """Begin with an exam and nobody in the records."""
        place = AppState(KNOWLEDGE, str(folder / "records.sqlite"))
        self.access = Access.of("secret", "127.0.0.1", 1)
        self.app = Guard(make_app(place, PhotoWorker(place)), self.access)
        self.exam = place.open_exams.open(Settings()).name

    def ask(self, method: str, path: bytes, query: bytes, body: bytes) -> int:
        """Give the status; what the application does not answer is raised."""
        heads = [(b"host", b"127.0.0.1:1"), (b"cookie", f"{self.access.cookie}=secret".encode())]
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path.decode("utf-8", "replace"),
            "raw_path": path,
            "query_string": query,
            "headers": heads,
            "client": ("127.0.0.1", 2),
            "root_path": "",
            "server": ("127.0.0.1", 1),
            "extensions": {},
        }
        told: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)

        asyncio.run(self.app(scope, receive, send))
        return int(told[0]["status"])


PATHS = (
    "/",
    "/guide",
    "/exams",
    "/exams/{}",
    "/exams/{}/state",
    "/exams/{}/photos",
    "/exams/{}/photos/@",
    "/exams/{}/photos/@/view",
    "/exams/{}/photos/@/points",
    "/exams/{}/photos/@/picture.jpg",
    "/exams/{}/photos/@/stickers",
    "/exams/{}/keep",
    "/exams/{}/files/@",
    "/people",
    "/person",
    "/person/export",
    "/records/@",
    "/compare",
    "/compare/@/@/front/before.jpg",
    "/compare/1/2/@/@.jpg",
    "/mirror",
    "/static/@",
    "/@",
)
KEYS = (
    "name",
    "person",
    "exam",
    "before",
    "after",
    "height_cm",
    "what",
    "on",
    "born",
    "into",
    "rename",
    "points",
    "x",
    "y",
    "view",
)
"""What addresses and bodies name."""

REQUESTS = some.tuples(
    some.sampled_from(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")),
    some.sampled_from(PATHS),
    SAID,
    some.dictionaries(some.sampled_from(KEYS), SAID, max_size=3),
    some.dictionaries(some.sampled_from(KEYS), VALUES | SAID, max_size=4),
    some.sampled_from(STRANGE),
)


def _asked(page: Asked, request: tuple[str, str, str, dict[str, str], dict[str, object], str]) -> None:
    method, path, value, query, body, strange = request
    told = path.format(page.exam).replace("@", value).encode("utf-8", "surrogatepass")
    sent = "&".join(f"{key}={quote(one, errors='surrogatepass')}" for key, one in query.items()).encode()
    assert page.ask(method, told, sent, as_json(body, strange)) < 500


@settings(max_examples=25, deadline=None, suppress_health_check=QUIET)
@given(request=REQUESTS)
def test_no_request_breaks_the_page(tmp_path: Path, request: Any) -> None:
    """No number, length, depth or name is answered with a fault of the page's own."""
    _asked(Asked(tmp_path), request)


@pytest.mark.slow
@settings(max_examples=1300, deadline=None, suppress_health_check=QUIET)
@given(request=REQUESTS)
def test_no_request_breaks_the_page_in_many_cases(tmp_path: Path, request: Any) -> None:
    """The same, for longer."""
    _asked(Asked(tmp_path), request)
