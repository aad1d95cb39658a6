"""The whole story of one photo: who stands how, how sure that is, what it is consistent with, what to try first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from posturecam import __version__
from posturecam.answers import Answers
from posturecam.body import HAND, STICKER, PlacedPoint, Pose, View
from posturecam.chain import EMPTY
from posturecam.errors import NobodyFound
from posturecam.estimator import Estimates
from posturecam.estimator.fusion import estimate
from posturecam.knowledge import Knowledge
from posturecam.lens import too_near
from posturecam.lens.profile import CameraProfile, straight_points, straightened
from posturecam.measurement import Measurement, Taken, Unmeasured, measure
from posturecam.measures import MEASURES
from posturecam.measures.millimetres import millimetres
from posturecam.measures.placing import with_placed
from posturecam.patterns import Finding
from posturecam.photo import LONG_SIDE_PX, QUICK_SIDE_PX, Photo
from posturecam.placed import inside, mirrored, without_twins
from posturecam.plan import NOTHING, Conclusion, conclude
from posturecam.poses import DEFAULT_PASSES, PoseFinder, Sought
from posturecam.quality import check_quality, faults_of
from posturecam.scale import Scale, scale_from_height
from posturecam.silhouette import Silhouette
from posturecam.vertical import Line, Vertical, disagreement, find_vertical, mirrored_line, sources

SCHEMA = "posturecam/assessment/1"


@dataclass(frozen=True, slots=True)
class Settings:
    """How to analyse: every default stands here and nowhere else.

    ``roll_deg`` is the camera's roll as the user knows it (> 0: the content is turned counter-clockwise), ``mirrored``
    marks a mirrored selfie, ``person`` chooses among several people. ``plumb`` is a line along something
    plumb, x1, y1, x2, y2 in pixels of the photo as it was given; ``height_cm`` the person's height, for millimetres;
    ``camera`` what is known of the lens; ``placed`` points in pixels of the photo as it was given.
    """

    passes: int = DEFAULT_PASSES
    person: str = "largest"
    view: View | None = None
    roll_deg: float | None = None
    mirrored: bool = False
    plumb: Line | None = None
    height_cm: float | None = None
    camera: CameraProfile | None = None
    placed: tuple[PlacedPoint, ...] = ()

    @property
    def long_side_px(self) -> int:
        """How large a photo is decoded: a single pass is a quick look."""
        return QUICK_SIDE_PX if self.passes == 1 else LONG_SIDE_PX

    @property
    def sought(self) -> Sought:
        """What the finder is to look for."""
        return Sought(self.passes, self.person, self.view)


@dataclass(frozen=True, slots=True)
class PhotoInfo:
    """Which photo was measured. ``width`` and ``height`` are pixels of the upright photo."""

    name: str
    sha256: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """One photo, measured and read. ``notes`` are sentences for the user, the most important first.

    ``boxes`` holds everybody found, left to right: (left, top, right, bottom) in pixels; ``chosen`` counts from 0.
    ``void`` says why the numbers must not be read as posture, ``answers`` what the person told, ``outline`` where the
    person ends in the photo, as far as that was looked for. ``unplaced`` is what was measured before the placed points
    were heard (and without millimetres), ``scale`` what gave the millimetres.
    With ``mirrored`` all pixels are those of the photo after its mirror image was undone.
    """

    photo: PhotoInfo
    pose: Pose
    vertical: Vertical
    measurements: tuple[Measurement, ...]
    unmeasured: tuple[Unmeasured, ...]
    conclusion: Conclusion
    notes: tuple[str, ...]
    versions: dict[str, str]
    mirrored: bool = False
    boxes: tuple[tuple[float, ...], ...] = ()
    chosen: int = 0
    void: str | None = None
    answers: Answers | None = None
    outline: Silhouette | None = None
    unplaced: Taken = ((), ())
    scale: Scale | None = None

    @property
    def placed(self) -> tuple[PlacedPoint, ...]:
        """The points that somebody placed."""
        return self.pose.placed

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the numbers are consistent with, the strongest first."""
        return self.conclusion.findings

    def __getitem__(self, key: str) -> Measurement:
        """Give the measurement of that key; KeyError when it was not measured."""
        return {one.key: one for one in self.measurements}[key]


def assess(
    photo: Photo, finder: PoseFinder, settings: Settings, knowledge: Knowledge, answers: Answers | None = None
) -> Assessment:
    """Tell the whole story of one photo. Raises NobodyFound."""
    upright = photo.mirrored() if settings.mirrored else photo
    seen = finder.find(upright, settings.sought)
    boxes = tuple(tuple(float(edge) for edge in box) for box in seen.boxes)
    info = PhotoInfo(photo.name, photo.sha256, *photo.size_px)
    vertical, doubt = vertical_in(upright, seen.pose, settings)
    lens = lens_of(settings, upright)
    set_here = inside(settings.placed, photo.size_px)
    set_here = mirrored(set_here, photo.size_px[0]) if settings.mirrored else set_here
    pose = replace(seen.pose, placed=set_here)
    pose = pose if lens is None else straightened(pose, lens)
    told = assess_pose(pose, info, settings, knowledge, answers, boxes=boxes, chosen=seen.chosen, vertical=vertical)
    focal_px = upright.focal_px if lens is None else lens.focal_px
    said = (doubt, too_near(focal_px, pose, settings.height_cm), *faults_of(upright, seen.pose))
    return replace(told, notes=(*(note for note in said if note), *told.notes))


def assess_pose(  # noqa: PLR0913  (all that the story needs)
    pose: Pose,
    info: PhotoInfo,
    settings: Settings,
    knowledge: Knowledge,
    answers: Answers | None = None,
    *,
    boxes: tuple[tuple[float, ...], ...] = (),
    chosen: int = 0,
    estimates: Estimates | None = None,
    vertical: Vertical | None = None,
) -> Assessment:
    """Tell the story from a found pose on; ``estimates`` takes the place of those made from the pose's own evidence.

    ``vertical`` is what the photo itself told; without it the settings tell.

    Raises NobodyFound when nothing at all can be measured.
    """
    vertical = vertical or vertical_of(settings)
    quality = check_quality(pose, len(boxes), mirrored=settings.mirrored)
    if estimates is None:
        estimates = estimate(pose, vertical.roll_deg)
    taken = measure(pose, MEASURES, vertical, knowledge, estimates)
    scale = None if settings.height_cm is None else scale_from_height(pose, settings.height_cm)
    if settings.height_cm is not None and scale is None:
        taken = taken[0], taken[1] + millimetres((), pose, vertical, None, knowledge)[1]
    versions = {"posturecam": __version__, "knowledge": knowledge.version}
    started = Assessment(
        info,
        pose,
        vertical,
        *taken,
        Conclusion((), EMPTY, NOTHING, (), ()),
        (*quality.notes, *((scale.words,) if scale else ())),
        versions,
        settings.mirrored,
        boxes,
        chosen,
        quality.void,
        answers,
        scale=scale,
    )
    told = retold(started, taken, knowledge)
    if not told.measurements and pose.view.frontal:
        raise NobodyFound(not_whole_enough(info.name, told.unmeasured))
    return told


def retold(assessment: Assessment, taken: Taken, knowledge: Knowledge) -> Assessment:
    """Tell the story again from what was taken without placed points: hear these, add millimetres, conclude."""
    pose, vertical, scale = assessment.pose, assessment.vertical, assessment.scale
    measurements, unmeasured = with_placed(taken, pose, vertical, knowledge)
    if scale is not None:
        in_mm = millimetres(measurements, pose, vertical, scale, knowledge)
        measurements, unmeasured = measurements + in_mm[0], unmeasured + in_mm[1]
    conclusion = conclude(measurements, {pose.view}, knowledge, assessment.answers, void=assessment.void)
    before = {*assessment.conclusion.notes, *placed_notes(assessment.measurements, pose.placed)}
    notes = (
        *placed_notes(measurements, pose.placed),
        *(note for note in assessment.notes if note not in before),
        *conclusion.notes,
    )
    return replace(
        assessment,
        measurements=measurements,
        unmeasured=unmeasured,
        conclusion=conclusion,
        notes=notes,
        unplaced=taken,
    )


def place(
    assessment: Assessment,
    points: Iterable[PlacedPoint],
    knowledge: Knowledge,
    camera: CameraProfile | None = None,
) -> Assessment:
    """Measure an assessment again with these points placed, in a few milliseconds: no picture, no network.

    ``points`` are all that shall count, in pixels of the upright photo (of a mirrored selfie: of its mirror image, as
    ``assessment.pose`` has them); they take the place of those of before, and none at all gives the network's numbers
    back. ``camera`` is the profile with which the assessment was made. The outline's measures and the answers stay as
    they are. ``Measurement.placed`` says in words how placed points count in a number. Raises SettingsError for a point
    outside the picture or placed twice.
    """
    pose = assessment.pose
    kept = without_twins(inside(points, pose.size_px))
    old = placed_notes(assessment.measurements, pose.placed)
    kept = kept if camera is None else straight_points(kept, camera.fitted(pose.size_px))
    bare = replace(
        assessment, pose=replace(pose, placed=kept), notes=tuple(one for one in assessment.notes if one not in old)
    )
    return retold(bare, assessment.unplaced, knowledge)


def placed_notes(measurements: tuple[Measurement, ...], placed: tuple[PlacedPoint, ...]) -> tuple[str, ...]:
    """Say which points somebody placed, and which of them no number rests on."""
    words = {HAND: "Placed by hand", STICKER: "Found as stickers"}
    names = {source: [one.name.plain for one in placed if one.source == source] for source in words}
    told = [f"{words[source]}: {', '.join(one)}." for source, one in names.items() if one]
    if placed and not any(one.placed for one in measurements):
        told.append("No number rests on the placed points: they belong to another view, or others are missing.")
    return tuple(told)


def vertical_of(settings: Settings) -> Vertical:
    """Find the vertical from the settings alone, in the picture that is measured."""
    return find_vertical(*_given(settings))


def vertical_in(photo: Photo, pose: Pose, settings: Settings) -> tuple[Vertical, str | None]:
    """Find the vertical from the settings and from the photo itself, and what contradicts it.

    ``photo`` is the one that is measured, its mirror image undone. A single unmirrored pass is a quick look: the room's
    edges are read from both mirror images or not at all.
    """
    given = _given(settings)
    if not pose.mirrored_passes:
        return find_vertical(*given), None
    from posturecam.vertical.lines import vertical_of_room  # noqa: PLC0415  (loads cv2)

    lens = lens_of(settings, photo)
    found = (*given, vertical_of_room(photo, pose, lens.straighten if lens else None))
    return find_vertical(*found), disagreement(sources(*found))


def lens_of(settings: Settings, photo: Photo) -> CameraProfile | None:
    """Give the camera's profile for the picture that is measured; raises SettingsError for another camera's photo."""
    if settings.camera is None:
        return None
    lens = settings.camera.fitted(photo.size_px)
    return lens.mirrored() if settings.mirrored else lens


def _given(settings: Settings) -> tuple[float | None, Line | None]:
    """Take roll and plumb line as they are in the picture that is measured: turned over with a mirrored selfie."""
    roll, plumb = settings.roll_deg, settings.plumb
    if not settings.mirrored:
        return roll, plumb
    return None if roll is None else -roll, None if plumb is None else mirrored_line(plumb)


def not_whole_enough(name: str, unmeasured: tuple[Unmeasured, ...]) -> str:
    """Say that too little of the person can be seen, and what to change."""
    reasons = ", ".join(dict.fromkeys(one.reason for one in unmeasured))
    advice = "Show the whole body from head to feet. See: posturecam guide"
    return f"nothing can be measured in {name}: {reasons[:200]}. {advice}"
