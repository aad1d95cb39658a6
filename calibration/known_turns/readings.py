"""How much of a known bend is read: both directions of each part, against the unbent photo."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, median

import numpy as np

from calibration.known_turns.warps import PARTS, Body, Part, bent, parts_of
from posturecam.body import ORDER, Landmark, View
from posturecam.errors import NobodyFound
from posturecam.knowledge import Knowledge
from posturecam.picture.photo import Photo, from_pixels, limited_size
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import assess_photo
from posturecam.pipeline.settings import Settings
from posturecam.poses.cautions import Caution
from posturecam.poses.detection import PoseFinder

HALF_WIDTH = 1.96
"""Standard errors in half of a 95 % interval."""

KINDS = ("view", "clothes", "size", "light")
"""By what photos are sorted, so that answers can be told apart."""

SMALL_PX, LARGE_PX = 350.0, 700.0
"""Heights of a small and of a large body, ankles to eyes, pixels."""

DARK, BRIGHT = 90.0, 165.0
"""Mean grey of a dark and of a bright body, 0 to 255."""

LONG_SIDE_PX = 1600
"""Photos are bent no larger than this; the networks see less."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the measure of a part said to its bend.

    answer      (reading at + − reading at −) / (2 × amount); 1 = all of it is read
    bend        mean of both readings − the unbent one, the measure's unit; 0 = the answer is a straight line
    value       the unbent reading, ``half_width`` half of its 95 % interval
    inside      whether the difference of both readings lies as far from the true one as their own ± allow
    others      what every other measure answered, its unit for each unit of the bend
    """

    part: str
    answer: float
    bend: float
    value: float
    half_width: float
    inside: bool
    others: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A part that could not be asked, and why."""

    part: str
    reason: str


@dataclass(frozen=True, slots=True)
class TurnedPhoto:
    """Everything that was asked of one photo; ``kinds`` says for each of KINDS what kind of photo it is."""

    name: str
    view: View
    answers: tuple[Answer, ...]
    unanswered: tuple[Unanswered, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a photo whose view is known and whose vertical is the picture's own."""

    finder: PoseFinder
    knowledge: Knowledge
    settings: Settings

    def read(self, photo: Photo, view: View) -> Assessment:
        """Measure one photo. Raises NobodyFound."""
        return assess_photo(photo, self.finder, replace(self.settings, view=view, roll_deg=0.0), self.knowledge)


def bendable(photo: Photo) -> Photo:
    """Give the photo no larger than it is bent."""
    return from_pixels(limited_size(photo.pixels, LONG_SIDE_PX), photo.name)


def ask(photo: Photo, view: View, reader: Reader, wanted: tuple[str, ...] = ()) -> TurnedPhoto:
    """Bend each part of a photo both ways and read it. Raises NobodyFound for the unbent photo."""
    photo = bendable(photo)
    straight = reader.read(photo, view)
    body = Body.of(straight.pose, photo.pixels.shape[:2])
    asked = [_ask_part(photo, straight, body, part, reader) for part in parts_of(view, wanted)]
    return TurnedPhoto(
        photo.name,
        view,
        tuple(one for one in asked if isinstance(one, Answer)),
        tuple(one for one in asked if isinstance(one, Unanswered)),
        kinds_of(photo, straight),
    )


def kinds_of(photo: Photo, assessment: Assessment) -> dict[str, str]:
    """Sort a photo: its view, whether clothes hide legs or pelvis, how large the body is, how light its middle is."""
    pose = assessment.pose
    hidden = {Caution.LONG_SKIRT, Caution.LOOSE_CLOTHES} & set(assessment.stance.cautions)
    height = float(np.ptp(pose.mean[:, 1]))
    x, y = (pose.mean * photo.scale)[[ORDER[Landmark.LEFT_SHOULDER], ORDER[Landmark.RIGHT_HIP]]].T
    (left, right), (top, bottom) = (np.sort(np.round(ends)).astype(int) for ends in (x, y))
    middle = photo.pixels[max(top, 0) : bottom + 1, max(left, 0) : right + 1]
    grey = float(middle.mean()) if middle.size else float(photo.pixels.mean())
    return {
        "view": pose.view.value,
        "clothes": "hide legs or pelvis" if hidden else "show them",
        "size": _third(height, (SMALL_PX, LARGE_PX), ("small", "middling", "large")),
        "light": _third(grey, (DARK, BRIGHT), ("dark", "middling", "bright")),
    }


def _third(value: float, limits: tuple[float, float], names: tuple[str, str, str]) -> str:
    return names[int(np.searchsorted(limits, value))]


def _ask_part(photo: Photo, straight: Assessment, body: Body, part: Part, reader: Reader) -> Answer | Unanswered:
    unbent = values(straight)
    if part.measure not in unbent:
        return Unanswered(part.key, next((one.reason for one in straight.unmeasured if one.key == part.measure), "-"))
    try:
        both = [
            reader.read(from_pixels(bent(photo.pixels, body, part, by), photo.name), body.view)
            for by in (-part.amount, part.amount)
        ]
    except NobodyFound as error:
        return Unanswered(part.key, str(error))
    less, more = (values(one) for one in both)
    if part.measure not in less or part.measure not in more:
        return Unanswered(part.key, "unmeasured once bent")
    allowed = HALF_WIDTH * float(np.hypot(*(one[part.measure].sem for one in both)))
    slopes = {key: (more[key] - less[key]) / (2.0 * part.amount) for key in less.keys() & more.keys()}
    return Answer(
        part.key,
        slopes.pop(part.measure),
        (less[part.measure] + more[part.measure]) / 2.0 - unbent[part.measure],
        unbent[part.measure],
        (straight[part.measure].high - straight[part.measure].low) / 2.0,
        abs(more[part.measure] - less[part.measure] - 2.0 * part.amount) <= allowed,
        slopes,
    )


def values(assessment: Assessment) -> dict[str, float]:
    """Give what was measured, by key."""
    return {one.key: one.value for one in assessment.measurements}


@dataclass(frozen=True, slots=True)
class Summary:
    """One part over many photos.

    lowest, highest of the answers; ``bend`` the mean size; ``half_width`` the median; ``inside`` the share of photos
    whose difference lies inside the ± of a difference; ``talk`` the median answer of the
    other part's measure that answers most though it was not bent (``talks``), its unit for each unit of the bend.
    """

    part: str
    photos: int
    answer: float
    lowest: float
    highest: float
    bend: float
    half_width: float
    inside: float
    talks: str
    talk: float


def summarised(photos: Iterable[TurnedPhoto]) -> tuple[Summary, ...]:
    """Summarise the answers part by part, head to feet."""
    by_part: dict[str, list[Answer]] = {part.key: [] for part in PARTS}
    for photo in photos:
        for answer in photo.answers:
            by_part[answer.part].append(answer)
    return tuple(_summary(part, answers) for part, answers in by_part.items() if answers)


def _summary(part: str, answers: Sequence[Answer]) -> Summary:
    said = [one.answer for one in answers]
    talk = {key: median(slopes) for key, slopes in _unbent(part, answers)}
    loudest = max(talk, key=lambda key: abs(talk[key]), default="")
    return Summary(
        part,
        len(answers),
        median(said),
        min(said),
        max(said),
        fmean(abs(one.bend) for one in answers),
        median(one.half_width for one in answers),
        fmean(one.inside for one in answers),
        loudest,
        talk.get(loudest, 0.0),
    )


def _unbent(part: str, answers: Sequence[Answer]) -> Iterator[tuple[str, list[float]]]:
    """Give the answers of the measures that only another part bends."""
    for other in PARTS:
        slopes = [one.others[other.measure] for one in answers if other.measure in one.others]
        if other.key != part and slopes:
            yield other.measure, slopes


def sorted_by(photos: Iterable[TurnedPhoto], by: str) -> dict[str, tuple[Summary, ...]]:
    """Summarise the photos of each kind apart; ``by`` is one of KINDS."""
    groups: dict[str, list[TurnedPhoto]] = {}
    for photo in photos:
        groups.setdefault(photo.kinds.get(by, "unknown"), []).append(photo)
    return {kind: summarised(of_kind) for kind, of_kind in sorted(groups.items())}


def as_sorted_markdown(photos: Sequence[TurnedPhoto], by: str) -> str:
    """Write a table of the answers by kind of photo: median answer, ± and differences inside, and how many photos."""
    groups = sorted_by(photos, by)
    keys = [part.key for part in PARTS if any(one.part == part.key for several in groups.values() for one in several)]
    rows = [f"| part | {' | '.join(groups)} |", f"|---|{'--:|' * len(groups)}"]
    for key in keys:
        of_part = [next((one for one in several if one.part == key), None) for several in groups.values()]
        rows.append(f"| {key} | {' | '.join(map(_cell, of_part))} |")
    return "\n".join(rows)


def _cell(one: Summary | None) -> str:
    return "–" if one is None else f"{one.answer:.2f} ± {one.half_width:.1f}, {one.inside:.0%} of {one.photos}"


HEAD = """\
| part | photos | answer (lowest … highest) | bend | cross-talk | ± | differences inside |
|---|--:|--:|--:|---|--:|--:|"""


def as_markdown(summaries: Iterable[Summary]) -> str:
    """Write the summaries as one table."""
    rows = [
        f"| {one.part} | {one.photos} | {one.answer:.2f} ({one.lowest:.2f} … {one.highest:.2f}) | {one.bend:.2f} | "
        f"{f'{one.talks} {one.talk:+.2f}' if one.talks else '–'} | {one.half_width:.1f} | {one.inside:.0%} |"
        for one in summaries
    ]
    return "\n".join((HEAD, *rows))
