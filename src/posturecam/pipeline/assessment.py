"""The whole story of one photo: who stands how, how sure that is, what it is consistent with, what to try first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from posturecam import __version__
from posturecam.body import HAND, SPINE, STICKER, Name, PlacedPoint, Pose
from posturecam.body.geometry import turned_point
from posturecam.errors import NobodyFound
from posturecam.errors.facts import Note, Problem
from posturecam.knowledge import Knowledge
from posturecam.measures import MEASURES
from posturecam.measures.error_propagation import with_placed
from posturecam.measures.estimator import Estimates
from posturecam.measures.estimator.fusion import estimate
from posturecam.measures.measurement import Measurement, MeasurementSet, Unmeasured, measure
from posturecam.measures.millimetres import millimetres
from posturecam.measures.withholding import girdles_withheld, head_withheld, withheld, within_limits
from posturecam.patterns import Finding
from posturecam.patterns.answers import Answers
from posturecam.patterns.chain import empty
from posturecam.patterns.plan import NOTHING, Conclusion, conclude
from posturecam.picture.camera_scene import CameraScene, camera_scene_of, known_camera_scene, lens_of
from posturecam.picture.capture_date import CaptureDate
from posturecam.picture.lens.perspective import Planes
from posturecam.picture.lens.profile import CameraProfile, straight_points, straightened
from posturecam.picture.photo import Photo
from posturecam.picture.scale import Scale
from posturecam.picture.vertical import Vertical
from posturecam.pipeline.settings import Settings
from posturecam.poses.cautions import Caution
from posturecam.poses.detection import PoseFinder
from posturecam.poses.manual_points import inside_photo, joined, mirrored, without_twins
from posturecam.poses.quality import caution_note, check_quality, faults_of
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.behind import Behind
from posturecam.poses.stance import STANDING, Stance

__all__ = [
    "READABLE",
    "SCHEMA",
    "Assessment",
    "PhotoInfo",
    "Settings",
    "assess",
    "assess_pose",
    "conclude_again",
    "measured_photo",
    "place",
    "placed_notes",
    "with_cautions",
]

SCHEMA = "posturecam/assessment/2"
READABLE = (SCHEMA, "posturecam/assessment/1")
"""The version that is written, and those that are read."""


@dataclass(frozen=True, slots=True)
class PhotoInfo:
    """Which photo was measured, ``taken`` on which day. ``width`` and ``height`` are pixels of the upright photo.

    ``turned_deg`` says how far the photo as it was read had to be turned clockwise: 0, 90, 180 or 270.
    """

    name: str
    sha256: str
    width: int
    height: int
    turned_deg: int = 0
    taken: CaptureDate | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """One photo, measured and read. ``notes`` are for the user, the most important first.

    ``boxes`` holds everybody found, left to right: (left, top, right, bottom) in pixels; ``chosen`` counts from 0.
    ``void`` says why nothing may be read as posture; then there are no measurements. ``answers`` is what the person
    told, ``outline`` where the person ends in the photo, as far as that was looked for, ``breadth`` how broad a stored
    outline was below the shoulders, in lengths of the trunk, ``behind`` what a back photo shows beside it.
    ``unplaced`` is what was measured before the placed points were heard, without millimetres and whatever the
    ``stance`` takes away; ``scale`` is what gave the millimetres. ``scene`` holds every source of the vertical and of
    the scale. ``no_stickers`` says why none was named, where some were looked for.
    With ``mirrored`` all pixels are those of the photo after its mirror image was undone.
    """

    photo: PhotoInfo
    pose: Pose
    vertical: Vertical
    measurements: tuple[Measurement, ...]
    unmeasured: tuple[Unmeasured, ...]
    conclusion: Conclusion
    notes: tuple[Note, ...]
    versions: dict[str, str]
    mirrored: bool = False
    boxes: tuple[tuple[float, ...], ...] = ()
    chosen: int = 0
    void: Note | None = None
    answers: Answers | None = None
    outline: Silhouette | None = None
    breadth: float | None = None
    behind: Behind | None = None
    unplaced: MeasurementSet = ((), ())
    scale: Scale | None = None
    scene: CameraScene | None = None
    stance: Stance = STANDING
    no_stickers: Note | None = None

    @property
    def placed(self) -> tuple[PlacedPoint, ...]:
        """The points that somebody placed."""
        return self.pose.placed

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the numbers are consistent with, the strongest first."""
        return self.conclusion.findings

    @property
    def planes(self) -> Planes | None:
        """The planes that the body may lie in; None where nothing tells the camera."""
        return None if self.scene is None else self.scene.planes(self.pose)

    def __getitem__(self, key: str) -> Measurement:
        """Give the measurement of that key; KeyError when it was not measured."""
        return {measurement.key: measurement for measurement in self.measurements}[key]


def assess(
    photo: Photo, finder: PoseFinder, settings: Settings, knowledge: Knowledge, answers: Answers | None = None
) -> Assessment:
    """Tell the whole story of one photo. Raises NobodyFound."""
    upright = photo.mirrored() if settings.mirrored else photo
    seen = finder.find(upright, settings.sought)
    boxes = tuple(tuple(float(edge) for edge in box) for box in seen.boxes)
    turned_deg = (-seen.turned_deg if settings.mirrored else seen.turned_deg) % 360
    if turned_deg:
        photo, settings = photo.turned(turned_deg), turned_settings(settings, photo.size_px, turned_deg)
        upright = photo.mirrored() if settings.mirrored else photo
    info = PhotoInfo(photo.name, photo.sha256, *photo.size_px, turned_deg, photo.taken)
    scene = camera_scene_of(upright, seen.pose, settings)
    lens = lens_of(settings, upright)
    placed, stuck = placed_in(upright, seen.pose, settings)
    pose = replace(seen.pose, placed=placed)
    pose = pose if lens is None else straightened(pose, lens)
    told = assess_pose(pose, info, settings, knowledge, answers, boxes=boxes, chosen=seen.chosen, scene=scene)
    no_stickers = stuck[0] if stuck and not any(point.source == STICKER for point in placed) else None
    turned = (turned_note(turned_deg),) if turned_deg else ()
    notes = (*turned, *stuck, *photo.file.notes, *scene.notes, *faults_of(upright, seen.pose), *told.notes)
    return replace(told, notes=notes, no_stickers=no_stickers)


def measured_photo(photo: Photo, assessment: Assessment) -> Photo:
    """Give a photo, as it was read, as it was measured: turned upright, and its mirror image undone."""
    upright = photo.turned(assessment.photo.turned_deg)
    return upright.mirrored() if assessment.mirrored else upright


def turned_settings(settings: Settings, size_px: tuple[int, int], turned_deg: int) -> Settings:
    """Say where plumb line and placed points, given in a photo of that size, lie once it is turned clockwise."""
    placed = inside_photo(settings.placed, size_px)
    moved = [turned_point(point.x, point.y, size_px, turned_deg) for point in placed]
    plumb = settings.plumb
    if plumb is not None:
        ends = (turned_point(*end, size_px, turned_deg) for end in (plumb[:2], plumb[2:]))
        plumb = (*next(ends), *next(ends))
    placed = tuple(replace(point, x=x, y=y) for point, (x, y) in zip(placed, moved, strict=True))
    return replace(settings, plumb=plumb, placed=placed)


def turned_note(turned_deg: int) -> Note:
    """Say that the photo was turned."""
    turn = {90: "quarter_right", 180: "upside_down", 270: "quarter_left"}[turned_deg]
    return Note("photo_turned", turn=Note(turn))


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
    scene: CameraScene | None = None,
) -> Assessment:
    """Tell the story from a found pose on; ``estimates`` takes the place of those made from the pose's own evidence.

    Of a body seen from the front or the back with one leg that is not seen whole the points alone are read: the
    estimator knows bodies with both.

    ``scene`` is what the photo itself told beside the body; without it the settings tell.

    Raises NobodyFound when nothing at all can be measured.
    """
    scene = scene or known_camera_scene(pose, settings)
    vertical, scale = scene.vertical, scene.scale
    sides_known = scene.is_mirrored is not None
    quality = check_quality(
        pose, len(boxes), mirrored=settings.mirrored, sides_known=sides_known, roll_deg=vertical.roll_deg
    )
    if estimates is None:
        one_leg = pose.view.frontal and Caution.LIMB_HIDDEN in quality.stance.cautions
        estimates = {} if one_leg else estimate(pose, vertical.roll_deg)
    planes = scene.planes(pose)
    flat = None if planes is None else planes.of(pose.points)
    taken = measure(pose, MEASURES, vertical, knowledge, estimates, flat)
    if settings.height_cm is not None and scale is None and not pose.view.choices:
        taken = taken[0], taken[1] + millimetres((), pose, vertical, None, knowledge)[1]
    versions = {"posturecam": __version__, "knowledge": knowledge.version}
    started = Assessment(
        info,
        pose,
        vertical,
        *taken,
        Conclusion((), empty(), NOTHING, (), ()),
        (*quality.notes, *(scale.note for scale in scene.scales)),
        versions,
        settings.mirrored,
        boxes,
        chosen,
        quality.void,
        answers,
        stance=quality.stance,
        scale=scale,
        scene=scene,
    )
    told = conclude_again(started, taken, knowledge)
    if not told.measurements and pose.view.frontal and told.void is None:
        raise NobodyFound(not_whole_enough(info.name, told.unmeasured))
    return told


def placed_in(photo: Photo, pose: Pose, settings: Settings) -> tuple[tuple[PlacedPoint, ...], tuple[Note, ...]]:
    """Gather the points placed by hand and the stickers found, and what to say of these; what a hand placed wins.

    ``photo`` is the one that is measured. Raises SettingsError for a point outside the picture.
    """
    by_hand = inside_photo(settings.placed, photo.size_px)
    by_hand = mirrored(by_hand, photo.size_px[0]) if settings.mirrored else by_hand
    if settings.stickers is None:
        return by_hand, ()
    from posturecam.poses.stickers.finding import find_stickers  # noqa: PLC0415  (loads cv2)

    found = find_stickers(photo, pose, settings.stickers)
    said = found.why_none(photo.name) or found.note
    return joined(found.points, by_hand), (said,) if said else ()


def conclude_again(assessment: Assessment, taken: MeasurementSet, knowledge: Knowledge) -> Assessment:
    """Tell the story again from what was taken without placed points: hear these, add millimetres, conclude."""
    pose, vertical, scale = assessment.pose, assessment.vertical, assessment.scale
    planes = assessment.planes
    measurements, unmeasured = taken if pose.view.choices else with_placed(taken, pose, vertical, knowledge, planes)
    if scale is not None and not pose.view.choices:
        flat = None if planes is None else planes.of(pose.points)
        in_mm = millimetres(measurements, pose, vertical, scale, knowledge, flat)
        measurements, unmeasured = measurements + in_mm[0], unmeasured + in_mm[1]
    measurements, unmeasured = girdles_withheld((measurements, unmeasured), knowledge)
    measurements, unmeasured = within_limits((measurements, unmeasured), assessment.stance.weighed, knowledge)
    measurements, unmeasured = head_withheld((measurements, unmeasured), pose, knowledge)
    if assessment.void:
        measurements, unmeasured = withheld((measurements, unmeasured))
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


def with_cautions(assessment: Assessment, cautions: Iterable[Caution], knowledge: Knowledge) -> Assessment:
    """Add what else to be careful about, with its note, and tell the story again; not to a photo without posture."""
    stance = assessment.stance
    fresh = tuple(caution for caution in cautions if caution not in stance.cautions)
    if assessment.void or not fresh:
        return assessment
    notes = (*(caution_note(caution) for caution in fresh), *assessment.notes)
    careful = replace(assessment, stance=replace(stance, cautions=(*stance.cautions, *fresh)), notes=notes)
    return conclude_again(careful, assessment.unplaced, knowledge)


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
    kept = without_twins(inside_photo(points, pose.size_px))
    old = placed_notes(assessment.measurements, pose.placed)
    kept = kept if camera is None else straight_points(kept, camera.fitted(pose.size_px))
    bare = replace(
        assessment, pose=replace(pose, placed=kept), notes=tuple(note for note in assessment.notes if note not in old)
    )
    return conclude_again(bare, assessment.unplaced, knowledge)


def placed_notes(measurements: tuple[Measurement, ...], placed: tuple[PlacedPoint, ...]) -> tuple[Note, ...]:
    """Say which points somebody placed, and which of them no number rests on."""
    kinds = {HAND: "placed_by_hand", STICKER: "found_as_stickers"}
    names = {source: _names([point.name for point in placed if point.source == source]) for source in kinds}
    told = [Note("placed_points", how=Note(kinds[source]), names=said) for source, said in names.items() if said]
    if placed and not any(measurement.placed for measurement in measurements):
        told.append(Note("placed_for_nothing"))
    return tuple(told)


def _names(points: Sequence[Name]) -> tuple[Name | Note, ...]:
    """Name placed points; those between C7 and the sacrum are counted."""
    column = sum(point in SPINE for point in points)
    counted = (Note("spine_markers", count=column),) if column else ()
    return (*(point for point in points if point not in SPINE), *counted)


def not_whole_enough(name: str, unmeasured: tuple[Unmeasured, ...]) -> Problem:
    """Say that too little of the person can be seen, and what to change."""
    reasons = tuple(dict.fromkeys(missing.reason for missing in unmeasured))
    return Problem("nothing_measured", name=name, reasons=reasons, advice=Problem("show_whole_body"))
