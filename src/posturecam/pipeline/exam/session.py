"""From photos to an exam: each photo assessed, the measures combined, one conclusion drawn from all of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

from posturecam import __version__
from posturecam.errors import NobodyFound, PhotoError, PosturecamError
from posturecam.errors.facts import Note, as_note
from posturecam.knowledge import Knowledge, load
from posturecam.measures.balance import NO_BALANCE, Balance
from posturecam.measures.measurement import Measurement, Unmeasured
from posturecam.patterns import Finding
from posturecam.patterns.answers import Answers
from posturecam.patterns.plan import Conclusion, conclude
from posturecam.picture.capture_date import DateSource
from posturecam.picture.photo import Photo, shown_name
from posturecam.picture.photo_source import Source, open_photo
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.pipeline.exam.combining import (
    ORDER,
    Combined,
    Conflict,
    combine,
)
from posturecam.pipeline.exam.mirroring import mirror_notes
from posturecam.pipeline.exam.one_photo import assess_photo, void_of
from posturecam.poses.detection import PoseFinder
from posturecam.text.language import ENGLISH, speaking

SCHEMA = "posturecam/exam/2"
READABLE = (SCHEMA, "posturecam/exam/1")
"""The version that is written, and those that are read."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A photo that could not be measured, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Exam:
    """One person from several photos; ``photos`` stand front, back, left, right, whatever order they came in.

    ``void`` photos (a turned or sitting body) are shown but not combined.
    """

    photos: tuple[Assessment, ...]
    failures: tuple[Failure, ...]
    measurements: tuple[Combined, ...]
    conflicts: tuple[Conflict, ...]
    unmeasured: tuple[Unmeasured, ...]
    conclusion: Conclusion
    notes: tuple[Note, ...]
    versions: dict[str, str]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the numbers are consistent with, the strongest first."""
        return self.conclusion.findings

    def __getitem__(self, key: str) -> Measurement:
        """Give the combined measurement of that key; KeyError when there is none."""
        return {measurement.measurement.key: measurement.measurement for measurement in self.measurements}[key]


def assess_exam(  # noqa: PLR0913  (all that an exam needs)
    photos: Iterable[tuple[str, Callable[[], Photo]]],
    finder: PoseFinder,
    settings: Settings,
    knowledge: Knowledge,
    answers: Answers | None = None,
    *,
    balance: Balance | None = None,
) -> Exam:
    """Assess photos of one person, each a path or name and what opens it; one that cannot be read stops no other.

    A view that the settings say for a folder counts where the path names the folder.

    Raises the first photo's error when none at all can be measured.
    """
    done: list[Assessment] = []
    failed: list[PosturecamError] = []
    failures: list[Failure] = []
    for name, opened in photos:
        try:
            done.append(assess_photo(opened(), finder, settings.of_photo(name), knowledge, answers, outline=True))
        except (PhotoError, NobodyFound) as error:
            failed.append(error)
            failures.append(Failure(shown_name(PurePath(name)), str(error)))
    if not done:
        raise failed[0]
    return exam_of(done, failures, knowledge, answers, balance=balance)


def exam_of(
    assessments: Iterable[Assessment],
    failures: Iterable[Failure],
    knowledge: Knowledge,
    answers: Answers | None = None,
    *,
    balance: Balance | None = None,
) -> Exam:
    """Combine assessed photos, whose order does not matter, and the balance test where one was made."""
    photos, repeated = _ordered(assessments)
    failed = tuple(sorted(failures, key=lambda path: (path.name, path.reason)))
    voids = {id(photo): void_of(photo) for photo in photos}
    sound = [photo for photo in photos if voids[id(photo)] is None]
    combined, conflicts = combine(sound, knowledge)
    tested = balance or NO_BALANCE
    combined += tuple(Combined(measurement, ()) for measurement in tested.measurements)
    void = None if sound else next(iter(voids.values()))
    views = {photo.pose.view for photo in sound}
    conclusion = conclude([mean.measurement for mean in combined], views, knowledge, answers, void=void)
    own = _notes(photos, sound, failed, repeated, knowledge)
    notes = (
        *own,
        *(as_note(conflict.words) for conflict in conflicts),
        *tested.notes,
        *conclusion.notes,
    )
    unmeasured = (*_unmeasured(photos, {mean.measurement.key for mean in combined}, conflicts), *tested.unmeasured)
    versions = {"posturecam": __version__, "knowledge": knowledge.version}
    return Exam(photos, failed, combined, conflicts, unmeasured, conclusion, notes, versions)


def _ordered(assessments: Iterable[Assessment]) -> tuple[tuple[Assessment, ...], int]:
    """Sort by view and content; count the copies of the same file, which say nothing new."""
    given = sorted(assessments, key=_rank)
    kept = list({photo.photo.sha256: photo for photo in reversed(given)}.values())
    return tuple(sorted(kept, key=_rank)), len(given) - len(kept)


def _rank(photo: Assessment) -> tuple[int, str, str]:
    view = photo.pose.view
    return (ORDER.index(view) if view in ORDER else len(ORDER), photo.photo.sha256, photo.photo.name)


def _unmeasured(
    photos: Sequence[Assessment], measured: set[str], conflicts: Sequence[Conflict]
) -> tuple[Unmeasured, ...]:
    """List what no photo could measure, with the reason of the photo that came nearest to it."""
    told = {conflict.key: Unmeasured(conflict.key, conflict.words) for conflict in conflicts}
    for photo in photos:
        for missing in photo.unmeasured:
            if missing.key in measured or missing.key in {conflict.key for conflict in conflicts}:
                continue
            if missing.key not in told or told[missing.key].reason.kind == "another_view":
                told[missing.key] = missing
    return tuple(told.values())


def _notes(
    photos: Sequence[Assessment],
    sound: Sequence[Assessment],
    failed: Sequence[Failure],
    repeated: int,
    knowledge: Knowledge,
) -> tuple[Note, ...]:
    """Say what a reader must know of the photos, the most important first."""
    notes = [Note("left_out", name=path.name, reason=path.reason) for path in failed]
    notes += mirror_notes(sound, knowledge)
    if repeated:
        notes.append(Note("copies", count=repeated))
    for view in ORDER:
        number = sum(photo.pose.view is view for photo in sound)
        if number > 1:
            notes.append(Note("re_stands", number=number, side=view))
    return (*notes, *_days_note(photos), *_own_notes(photos))


def _days_note(photos: Sequence[Assessment]) -> list[Note]:
    """Say that the photos' cameras or names tell of several days; files that were copied do not count."""
    taken = [photo.photo.taken for photo in photos]
    days = sorted({found.on for found in taken if found is not None and found.source is not DateSource.FILE})
    if len(days) < 2:
        return []
    return [Note("several_days", days=", ".join(day.isoformat() for day in days))]


def _own_notes(photos: Sequence[Assessment]) -> list[Note]:
    """Give the notes on the photos themselves, each sentence once, with the names of its photos."""
    told: dict[Note, list[str]] = {}
    for photo, name in zip(photos, _short([assessment.photo.name for assessment in photos]), strict=True):
        for note in photo.notes:
            if note not in photo.conclusion.notes:
                told.setdefault(note, []).append(name)
    return [
        note if len(names) == len(photos) else Note("of_photos", photos=", ".join(names), note=note)
        for note, names in told.items()
    ]


def _short(names: Sequence[str]) -> list[str]:
    """Leave out what all names begin with, up to a comma, such as the name of the film."""
    parted = [name.rpartition(", ") for name in names]
    alike = len(names) > 1 and len({before for before, _comma, _rest in parted}) == 1
    return [rest for _before, _comma, rest in parted] if alike else list(names)


def analyze_exam(  # noqa: PLR0913  (the front door takes what the command line takes)
    photos: Iterable[Source],
    *,
    settings: Settings | None = None,
    model: Path | None = None,
    knowledge: Knowledge | None = None,
    answers: Answers | None = None,
    finder: PoseFinder | None = None,
    language: str = ENGLISH,
) -> Exam:
    """Analyse photos of one person, each in any form that ``analyze`` takes; the words are in ``language``.

    Raises PhotoError or NobodyFound when none can be measured, and ModelError.
    """
    with speaking(language):
        settings, knowledge = settings or Settings(), knowledge or load()
        opened = [(_name_of(photo), partial(open_photo, photo, settings.long_side_px)) for photo in photos]
        if finder is not None:
            return assess_exam(opened, finder, settings, knowledge, answers)
        from posturecam.poses.finder import Finder  # noqa: PLC0415  (loads cv2 and mediapipe)

        with Finder(model) as fresh:
            return assess_exam(opened, fresh, settings, knowledge, answers)


def _name_of(photo: Source) -> str:
    """Name a photo as a failure tells it, and as the settings know its view."""
    if isinstance(photo, Photo):
        return photo.name
    return str(photo) if isinstance(photo, str | Path) else "photo"
