"""What a worker does with one photo, and everything it needs for that: plain data that any engine can send anywhere.

    with job.opened() as assess_one:
        outcome = assess_one(task)

An outcome is a line for ``results.jsonl`` with the pictures to write, or a failure; an error of a photo never gets out.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posturecam import __version__
from posturecam.batch.remote import local
from posturecam.batch.result_lines import line_of
from posturecam.batch.tasks import Outcome, PhotoFailure, Task, Unit
from posturecam.body import View
from posturecam.errors import (
    AnswersError,
    KnowledgeError,
    ModelError,
    NobodyFound,
    PhotoError,
    PosturecamError,
    RemoteError,
    SettingsError,
)
from posturecam.errors.facts import Problem, as_written, in_place_of
from posturecam.knowledge import Knowledge, load
from posturecam.patterns.answers import Answers, read_answers
from posturecam.picture.capture_date import DateSource
from posturecam.picture.photo import Photo, read, shown_name
from posturecam.pipeline.assessment import Assessment, Settings, measured_photo
from posturecam.pipeline.limits import TIMEOUT_S, took_too_long, took_too_much
from posturecam.reports.report_options import PLAIN, OverlayOptions
from posturecam.text.language import ENGLISH, N_, _, choose, current
from posturecam.text.sentences import problem_and_remedy, sentence

if TYPE_CHECKING:
    from posturecam.poses.detection import PoseFinder

THIS_PHOTO = N_("this photo")
"""Stands for the name in reasons, which must be the same for every copy of a picture."""

ANEW = N_("Open it and save it anew with another program, or leave it out.")
"""What to do with a photo that is too much for the program."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Which pictures are written, and what they may show."""

    overlays: bool = False
    hide_face: bool = False
    figure_only: bool = False
    drawn: OverlayOptions = PLAIN


AssessOne = Callable[[Task], Outcome]


@dataclass(frozen=True)
class Job:
    """Everything that decides what comes out for a photo."""

    settings: Settings = field(default_factory=Settings)
    model: Path | None = None
    knowledge: Path | None = None
    answers: Path | None = None
    pictures: Pictures = field(default_factory=Pictures)
    finder: str = "mediapipe"
    language: str = field(default_factory=current)
    outline: bool = False
    machine_note: str = ""
    """What each result must say of the machine that measured it; nothing where it computes as others do."""
    timeout_s: float = TIMEOUT_S

    @cached_property
    def tables(self) -> Knowledge:
        """The knowledge, read once in each process."""
        return load(self.knowledge)

    @cached_property
    def said(self) -> Answers | None:
        """The answers, read once in each process."""
        return read_answers(self.answers, self.tables) if self.answers else None

    def __getstate__(self) -> dict[str, Any]:
        """Travel without what each process reads for itself."""
        return {name: value for name, value in self.__dict__.items() if name in self.__dataclass_fields__}

    @cached_property
    def picture_settings(self) -> dict[str, Any]:
        """What decides over the pose, what is measured on it, and the pictures."""
        return {
            "posturecam": __version__,
            "finder": self.finder,
            "model_sha256": self.model_sha256,
            "passes": self.settings.passes,
            "person": self.settings.person,
            "mirrored": self.settings.mirrored,
            **self._scene,
            "overlays": self.pictures.overlays,
            "hide_face": self.pictures.hide_face,
            "figure_only": self.pictures.figure_only,
            **self._drawn_as,
        }

    @property
    def _drawn_as(self) -> dict[str, Any]:
        """What is drawn beside the measured lines, where that is not the usual."""
        drawn = self.pictures.drawn
        return {} if drawn == PLAIN else {"labels": drawn.labels.value, "grid": drawn.grid}

    @property
    def _scene(self) -> dict[str, Any]:
        """What the user says of camera, height, stickers and outline, where anything is said."""
        said = self.settings
        told = {
            "height_cm": said.height_cm,
            "distance_m": said.distance_m,
            "camera": None if said.camera is None else asdict(said.camera),
            "roll_deg": said.roll_deg,
            "stickers": None if said.stickers is None else asdict(said.stickers),
            "outline": self.outline or None,
        }
        return {key: setting for key, setting in told.items() if setting is not None}

    @cached_property
    def score_settings(self) -> dict[str, Any]:
        """What decides over the numbers and findings once the pose is found."""
        answers = hashlib.sha256(self.answers.read_bytes()).hexdigest() if self.answers else None
        told = {"knowledge": self.tables.version, "answers_sha256": answers}
        return told if self.language == ENGLISH else {**told, "language": self.language}

    @cached_property
    def model_sha256(self) -> str:
        """Checksum of the pose model; raises ModelError."""
        if self.finder == "synthetic":
            return "0" * 64
        from posturecam.poses.model import pose_model  # noqa: PLC0415

        return pose_model(self.model).sha256

    def unit(self, sha256: str, view: View | None) -> Unit:
        """Name the unit of a photo's content and the view that its path states."""
        return unit_of_photo(sha256, view or self.settings.view, self.picture_settings, self.score_settings)

    @contextlib.contextmanager
    def opened(self) -> Iterator[AssessOne]:
        """Open the finder; give the function that assesses one task after the other."""
        choose(self.language)
        tables, said = self.tables, self.said
        with self.found_by() as finder:
            yield lambda task: guarded(task, lambda: self._assess(task, finder, tables, said))

    @contextlib.contextmanager
    def found_by(self) -> "Iterator[PoseFinder]":
        """Open the finder."""
        if self.finder == "synthetic":
            from posturecam.poses.synthetic import SyntheticFinder  # noqa: PLC0415

            yield SyntheticFinder()
        elif self.finder == "mediapipe":
            from posturecam.poses.finder import Finder  # noqa: PLC0415  (loads cv2 and mediapipe)

            with Finder(self.model) as finder:
                yield finder
        else:
            msg = _("--finder {finder} is unknown. Give mediapipe or synthetic.", finder=self.finder)
            raise SettingsError(msg)

    def _assess(self, task: Task, finder: "PoseFinder", tables: Knowledge, said: Answers | None) -> Outcome:
        from posturecam.pipeline.exam import assess_photo  # noqa: PLC0415  (loads cv2, which the main process does without)

        with local(task.path) as path:
            photo = of_content(read(path, self.settings.long_side_px))
        if photo.sha256 != task.sha256:
            raise _ChangedError(Problem("changed_meanwhile", path=task.path))
        settings = replace(self.settings, view=task.view or self.settings.view)
        try:
            found = assess_photo(photo, finder, settings, tables, said, outline=self.outline)
        except SettingsError as error:
            if task.view is None:
                raise
            raise PhotoError(*error.args) from error
        named = replace(found, photo=replace(found.photo, name=shown_name(Path(task.path))))
        if self.machine_note:
            named = replace(named, notes=(as_written(self.machine_note), *named.notes))
        if self.pictures.hide_face and not self.pictures.figure_only:
            from posturecam.reports.drawing.privacy import covered_photo  # noqa: PLC0415  (only who asks for it pays)

            named = replace(named, notes=(*named.notes, as_written(covered_photo(measured_photo(photo, named), named))))
        line = line_of(task.unit, named, photo.file.further_pages)
        return Outcome(task, line, None, self._drawn(task.unit, named, photo))

    def _drawn(self, unit: Unit, assessment: Assessment, photo: Photo) -> dict[str, bytes]:
        from posturecam.batch.thumbnails import drawn_pictures  # noqa: PLC0415  (loads cv2)

        return drawn_pictures(unit.picture, assessment, measured_photo(photo, assessment), self.pictures)


def of_content(photo: Photo) -> Photo:
    """Give a photo without what its place tells: every copy of a picture is the same, and so is its result."""
    by_camera = photo.taken is not None and photo.taken.source is DateSource.CAMERA
    return replace(photo, name=_(THIS_PHOTO), taken=photo.taken if by_camera else None)


def unit_of_photo(
    sha256: str, view: str | None, picture_settings: dict[str, Any], score_settings: dict[str, Any]
) -> Unit:
    """Name the unit of a photo's content under these settings."""
    picture = {"sha256": sha256, "view": view, **picture_settings}
    return Unit(_digest({**picture, **score_settings}), _digest(picture)[:16])


def _digest(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def guarded(task: Task, work: Callable[[], Outcome]) -> Outcome:
    """Do the work; whatever goes wrong with this photo is its failure and nobody else's.

    What would go wrong with every photo alike (the model, the tables, the options) ends the run.
    """
    try:
        return work()
    except (ModelError, KnowledgeError, AnswersError, SettingsError, RemoteError):
        raise
    except PosturecamError as error:
        return Outcome(task, failure=failure_of(error, task.path))
    except MemoryError:
        return Outcome(task, failure=PhotoFailure(sentence(took_too_much()), _(ANEW)), spent=True)
    except Exception as error:  # noqa: BLE001  (the one place: a photo that upsets a library is one row, not the end)
        first = (str(error).splitlines() or [""])[0][:200]
        reason = _("unexpected {name}: {first}", name=type(error).__name__, first=first).rstrip(": ")
        return Outcome(
            task, failure=PhotoFailure(reason, _("See more with: posturecam --debug analyze, and this file."))
        )


def overdue(task: Task, limit_s: float) -> Outcome:
    """List a photo that was given up; another run tries it again."""
    remedy = _("{anew} Or give it more time: --timeout SECONDS", anew=_(ANEW))
    return Outcome(task, failure=PhotoFailure(sentence(took_too_long(limit_s)), remedy))


class _ChangedError(PhotoError):
    """The photo was changed while it was read: another time it can be measured."""


def failure_of(error: PosturecamError, path: str) -> PhotoFailure:
    """Tell what is wrong and what to do, the photo's path left out; of words alone, all of them as the reason."""
    lasting = isinstance(error, PhotoError | NobodyFound) and not isinstance(error, _ChangedError)
    if error.problem is None:
        return PhotoFailure(" ".join(str(error).split()).rstrip("."), "", lasting)
    spelled = [spelling for spelling in (str(Path(path).absolute()), path) if len(spelling) > len("a.b")]
    told = problem_and_remedy(in_place_of(error.problem, spelled, _(THIS_PHOTO)))
    reason, remedy = (" ".join(words.split()) for words in told)
    return PhotoFailure(reason, remedy, lasting)
