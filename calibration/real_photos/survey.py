"""What the program makes of every photo: views, heads covered, stance, second photos, known turns, widths."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from statistics import median

import numpy as np

from calibration.known_turns.readings import Reader, TurnedPhoto, ask
from calibration.known_turns.warps import is_whole
from calibration.real_photos.covers import COVERS, covered
from calibration.real_photos.photos import RealPhoto
from calibration.real_photos.retakes import RETAKES, retaken
from posturecam.body import Side, View
from posturecam.errors import NobodyFound
from posturecam.measures.measurement import Measurement
from posturecam.picture.photo import Photo, read
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.stance import StanceKind

ROOT = Path(__file__).resolve().parents[2]
RENDERS = tuple(ROOT / folder for folder in ("sample_images", "calibration/phantoms", "calibration/side_people/photos"))
"""Rendered people of the repository, to be photographed twice."""

ASKED = ("front_or_back", "left_or_right")
"""Views with which the program asks instead of telling."""

OPPOSITE = {View.FRONT: View.BACK, View.BACK: View.FRONT, View.LEFT: View.RIGHT, View.RIGHT: View.LEFT}
VIEW_OUTCOMES = ("right", "asked", "nothing scored", "another view", "exchanged")
NOBODY = "nobody"
STANCE_OUTCOMES = ("read", "read with a remark", "no quiet standing", "turned", "asked", NOBODY)

WATCHED = (
    "shoulder_tilt",
    "hip_tilt",
    "head_tilt",
    "trunk_lean",
    "spinal_curve",
    "knee_angle_left",
    "knee_angle_right",
)
SIDE_WATCHED = ("ear_shoulder_angle", "kyphosis_depth_pct", "trunk_lean_side", "knee_flex")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is looked at: covers for each photo, every n-th photo taken twice (0: none), photos bent."""

    covers: int = 1
    every: int = 8
    turned: int = 20


@dataclass(frozen=True, slots=True)
class Told:
    """What the program told of one photo.

    view        its view, ``nobody`` where nobody was found
    scored      whether the numbers are read as posture
    stands      whether it is called quiet standing; ``remarked`` whether with something to be careful about
    consistent  the patterns called consistent, each with its side
    hinted      the patterns that are at least hinted at
    name        which photo it is
    """

    view: str
    scored: bool
    measured: Mapping[str, Measurement] = field(default_factory=dict)
    consistent: frozenset[tuple[str, Side]] = frozenset()
    hinted: frozenset[str] = frozenset()
    stands: bool = True
    remarked: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Photos of one person and what was told of each."""

    name: str
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """All that was seen."""

    photos: tuple[RealPhoto, ...]
    told: tuple[Told, ...]
    heads: tuple[tuple[str, View, Told], ...]
    repeats: tuple[Group, ...]
    retakes: tuple[Group, ...]
    renders: tuple[Group, ...]
    turned: tuple[TurnedPhoto, ...]
    truths: tuple[tuple[str, float, Measurement], ...]


Track = Callable[[Sequence[RealPhoto], str], Iterable[RealPhoto]]


def tell(photo: Photo, reader: Reader) -> tuple[Told, Assessment | None]:
    """Read a photo as the command line does."""
    try:
        assessment = assess_photo(photo, reader.finder, reader.settings, reader.knowledge)
    except NobodyFound:
        return Told(NOBODY, scored=False), None
    return told_of(assessment), assessment


def told_of(assessment: Assessment) -> Told:
    """Keep what the survey asks of an assessment."""
    view = assessment.pose.view
    scored = assessment.void is None and view in OPPOSITE
    consistent = ((one.pattern, one.side) for one in assessment.findings if one.verdict == "consistent")
    measured = {one.key: one for one in assessment.measurements}
    hinted = (one.pattern for one in assessment.findings if one.found)
    stance = assessment.stance
    stands, remarked = stance.kind is StanceKind.STANDING, bool(stance.cautions)
    return Told(view.value, scored, measured, frozenset(consistent), frozenset(hinted), stands, remarked)


def survey(photos: Sequence[RealPhoto], reader: Reader, plan: Plan, track: Track) -> Survey:
    """Look at everything once."""
    told: list[Told] = []
    heads: list[tuple[str, View, Told]] = []
    retakes: list[Group] = []
    truths: list[tuple[str, float, Measurement]] = []
    for number, real in enumerate(track(photos, "photos")):
        photo = read(real.path)
        first, assessment = tell(photo, reader)
        told.append(replace(first, name=real.path.name))
        if assessment is None:
            continue
        if real.view is not None:
            heads += _heads(real.view, photo, assessment, taking_turns(number, plan.covers), reader)
        if first.scored and plan.every and number % plan.every == 0:
            retakes.append(_twice(real.path.name, photo, first, assessment, reader))
        truths += _compared(real, photo, reader)
    return Survey(
        tuple(photos),
        tuple(told),
        tuple(heads),
        tuple(_repeats(photos, told)),
        tuple(retakes),
        tuple(_renders(reader, track)) if plan.every else (),
        tuple(_turned(photos, told, reader, plan.turned, track)),
        tuple(truths),
    )


def _heads(
    view: View, photo: Photo, assessment: Assessment, covers: Iterable[str], reader: Reader
) -> Iterator[tuple[str, View, Told]]:
    for how in covers:
        yield how, view, tell(covered(photo, assessment.pose, how), reader)[0]


def taking_turns(number: int, count: int) -> tuple[str, ...]:
    """Choose that many covers for a photo, so that all come up equally often."""
    names = tuple(COVERS)
    return tuple(dict.fromkeys(names[(number * count + step) % len(names)] for step in range(count)))


def _twice(name: str, photo: Photo, first: Told, assessment: Assessment, reader: Reader) -> Group:
    again = (tell(retaken(photo, assessment.pose, how), reader)[0] for how in RETAKES)
    named = (replace(one, name=how) for how, one in zip(RETAKES, again, strict=True))
    return Group(name, (replace(first, name="as it is"), *named))


def _renders(reader: Reader, track: Track) -> Iterator[Group]:
    paths = [path for folder in RENDERS for path in sorted(folder.glob("*.jpg"))]
    stand_ins = [
        RealPhoto(path, None, square=True, stance=None, person=path.name, repeat=None, truth={}) for path in paths
    ]
    for render in track(stand_ins, "rendered people"):
        photo = read(render.path)
        first, assessment = tell(photo, reader)
        if assessment is not None and first.scored:
            yield _twice(render.path.name, photo, first, assessment, reader)


def _compared(real: RealPhoto, photo: Photo, reader: Reader) -> Iterator[tuple[str, float, Measurement]]:
    """Measure a photo with a truth, its vertical the picture's own; void ones are left out."""
    if not real.truth or real.view is None:
        return
    known = replace(reader, settings=replace(reader.settings, view=real.view, roll_deg=0.0))
    told, _ = tell(photo, known)
    for key, value in real.truth.items():
        if told.scored and key in told.measured:
            yield key, value, told.measured[key]


def _repeats(photos: Sequence[RealPhoto], told: Sequence[Told]) -> Iterator[Group]:
    """Gather the photos of one person a minute apart, those that are scored."""
    names = dict.fromkeys(real.repeat for real in photos if real.repeat)
    for name in names:
        group = tuple(one for real, one in zip(photos, told, strict=True) if real.repeat == name and one.scored)
        if len(group) > 1:
            yield Group(str(name), group)


def _turned(
    photos: Sequence[RealPhoto], told: Sequence[Told], reader: Reader, most: int, track: Track
) -> Iterator[TurnedPhoto]:
    """Bend some of the photos in which somebody stands square, evenly chosen: frontal ones, and as many side views."""
    square = [
        real for real, one in zip(photos, told, strict=True) if real.square and one.scored and real.view == one.view
    ]
    for frontal in (True, False):
        fit = [real for real in square if real.view is not None and real.view.frontal == frontal]
        for real in track(evenly(fit, most), "bending"):
            try:
                photo = read(real.path)
                if real.view is not None and is_whole(reader.read(photo, real.view).pose):
                    yield ask(photo, real.view, reader)
            except NobodyFound:
                continue


def evenly(rows: Sequence[RealPhoto], most: int) -> list[RealPhoto]:
    """Take at most that many, spread over all."""
    if len(rows) <= most:
        return list(rows)
    return [rows[int(place)] for place in np.linspace(0, len(rows) - 1, most)]


def outcome(truth: View, told: Told) -> str:
    """Say how a labelled view was told, one of VIEW_OUTCOMES; what is not scored harms nobody."""
    if told.view == truth:
        return "right"
    if told.view in ASKED:
        return "asked"
    if not told.scored:
        return "nothing scored"
    return "exchanged" if told.view == OPPOSITE[truth] else "another view"


def outcomes(pairs: Iterable[tuple[View, Told]]) -> Counter[str]:
    """Count the outcomes."""
    return Counter(outcome(truth, told) for truth, told in pairs)


def another_set(one: Told, other: Told) -> bool:
    """Whether two photos call different sets of patterns consistent."""
    return one.consistent != other.consistent


def against_nothing(one: Told, other: Told) -> bool:
    """Whether one of two photos calls a pattern consistent of which the other has not even a hint."""
    return any({key for key, _ in a.consistent} - b.hinted for a, b in ((one, other), (other, one)))


def changes(groups: Iterable[Group], differ: Callable[[Told, Told], bool] = another_set) -> float:
    """Give the share of photos from which another photo of that person differs.

    For a group of more than two the chance with another one of its photos counts. NaN without groups.
    """
    shares, photos = 0.0, 0
    for group in groups:
        apart = sum(differ(one, other) for one, other in combinations(group.told, 2))
        shares += 2.0 * apart / (len(group.told) - 1)
        photos += len(group.told)
    return shares / photos if photos else float("nan")


@dataclass(frozen=True, slots=True)
class Scatter:
    """One measure over groups: its pooled standard deviation in a group, the stated standard error, photos."""

    key: str
    sd: float
    sem: float
    photos: int


def scatter(groups: Sequence[Group], keys: Iterable[str]) -> Iterator[Scatter]:
    """Compare how far a measure scatters within groups with its stated standard error (root mean squares)."""
    for key in keys:
        taken = [[one.measured[key] for one in group.told if key in one.measured] for group in groups]
        several = [rows for rows in taken if len(rows) > 1]
        freedom = sum(len(rows) - 1 for rows in several)
        if freedom:
            squares = sum(float(np.var([one.value for one in rows])) * len(rows) for rows in several)
            sems = [one.sem for rows in several for one in rows]
            yield Scatter(key, float(np.sqrt(squares / freedom)), float(np.sqrt(np.mean(np.square(sems)))), len(sems))


@dataclass(frozen=True, slots=True)
class Width:
    """How wide a measure is told: median half-width, share of photos in which it reads within the noise, photos."""

    key: str
    half_width: float
    in_noise: float
    photos: int


def widths(told: Iterable[Told], keys: Iterable[str]) -> Iterator[Width]:
    """Say how wide the intervals of scored photos are."""
    scored = [one for one in told if one.scored]
    for key in keys:
        rows = [one.measured[key] for one in scored if key in one.measured]
        if rows:
            noise = sum(one.severity == "within_noise" for one in rows) / len(rows)
            yield Width(key, median((one.high - one.low) / 2.0 for one in rows), noise, len(rows))


def read_as(told: Told) -> str:
    """Say how a stance was read, one of STANCE_OUTCOMES."""
    if told.scored:
        return "read with a remark" if told.remarked else "read"
    if told.view == NOBODY:
        return NOBODY
    if not told.stands:
        return "no quiet standing"
    return "asked" if told.view in ASKED else "turned"


def stances(photos: Iterable[RealPhoto], told: Iterable[Told]) -> dict[str, Counter[str]]:
    """Count, for each labelled stance, how it was read."""
    table: dict[str, Counter[str]] = {}
    for real, one in zip(photos, told, strict=True):
        if real.stance:
            table.setdefault(real.stance, Counter())[read_as(one)] += 1
    return table


def misread(stance: str, counted: Counter[str]) -> int:
    """Count the photos of a labelled stance that were misread: posture where nobody stands, none where one does."""
    wrong = ("read", "read with a remark") if stance == "not_standing" else ("no quiet standing",)
    return sum(counted[word] for word in wrong)
