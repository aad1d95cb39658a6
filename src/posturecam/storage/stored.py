"""Read a stored assessment back: the photo's facts, the pose and the vertical, ready to be measured again."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from posturecam.body import (
    HAND,
    HAND_ERROR_PX,
    MIRROR,
    NEAR_SHAPE,
    ORDER,
    ROWS,
    SIGHT_SHAPE,
    STICKER,
    Array,
    HeatmapKeypoints,
    Landmark,
    NearKeypoints,
    PlacedPoint,
    Pose,
    Turn,
    View,
)
from posturecam.errors import SettingsError, StoredError
from posturecam.knowledge import Knowledge
from posturecam.patterns.answers import Answers, check_answers
from posturecam.picture.camera_scene import CameraScene, known_camera_scene
from posturecam.picture.capture_date import CaptureDate, DateSource
from posturecam.picture.lens.perspective import Perspective
from posturecam.picture.lens.profile import straightened
from posturecam.picture.scale import Scale
from posturecam.picture.vertical import Line, Vertical
from posturecam.pipeline.assessment import Assessment, PhotoInfo, Settings, assess_pose, with_cautions
from posturecam.poses.cautions import Caution
from posturecam.poses.manual_points import NAMES, inside_photo, joined, mirrored
from posturecam.storage.fields import ANEW, Fields, read_value
from posturecam.text.language import N_, _

_REBUILT_PASSES = 8
_SEED = 20240229

Box = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What a stored assessment tells of its photo; the numbers follow from it.

    ``answers`` stand as in an answers file, not checked yet.
    """

    photo: PhotoInfo
    pose: Pose
    vertical: Vertical
    mirrored: bool = False
    boxes: tuple[Box, ...] = ()
    chosen: int = 0
    scene: CameraScene | None = None
    breadth: float | None = None
    clothes: tuple[Caution, ...] = ()
    answers: Mapping[str, Any] | None = None

    @property
    def camera_scene(self) -> CameraScene:
        """What was told beside the body; older files tell of the vertical alone."""
        return self.scene or CameraScene((self.vertical,))


def read_stored(path: Path | str) -> Stored:
    """Read a stored assessment. Raises StoredError, which names the file and the field."""
    path = Path(path)
    return from_json(read_value(path), str(path))


def from_json(value: Any, source: str = "the stored assessment") -> Stored:
    """Take the parts of an assessment from its JSON object; unknown fields are ignored. Raises StoredError."""
    whole = Fields(source, value)
    photo, pose = whole.inner("photo"), whole.inner("pose")
    turned_deg = photo.count("turned_deg") if photo.has("turned_deg") else 0
    size = photo.count("width", 1), photo.count("height", 1)
    info = PhotoInfo(photo.text("name"), photo.text("sha256"), *size, turned_deg, _taken(photo))
    return Stored(
        info,
        replace(_pose(pose, photo, (info.width, info.height)), placed=_placed(whole)),
        _vertical(whole),
        whole.flag("mirrored"),
        *_people(whole),
        _camera_scene(whole),
        photo.number("outline_breadth") if photo.has("outline_breadth") else None,
        _clothes(whole),
        whole.inner("answers").value if whole.has("answers") else None,
    )


def assessment_again(
    path: Path | str, settings: Settings, knowledge: Knowledge, answers: Answers | None = None
) -> Assessment:
    """Measure stored points again, without picture or network; what the settings leave open stays as it was stored.

    The stored answers count, warning signs too, unless others are given. Raises StoredError, AnswersError for stored
    answers that the tables do not know, SettingsError for settings that contradict the file.
    """
    stored = read_stored(path)
    if answers is None and stored.answers is not None:
        answers = check_answers(stored.answers, knowledge, path)
    pose, boxes = stored.pose, stored.boxes
    if settings.mirrored and not stored.mirrored:
        width = stored.photo.width
        pose = pose.mirrored()
        boxes = tuple((width - right, top, width - left, bottom) for left, top, right, bottom in boxes)
    if settings.view is not None:
        pose = called(pose, settings.view)
    new = inside_photo(settings.placed, pose.size_px)
    new = mirrored(new, stored.photo.width) if settings.mirrored or stored.mirrored else new
    pose = replace(pose, placed=joined(pose.placed, new))
    again = replace(settings, mirrored=settings.mirrored or stored.mirrored)
    scene = _scene_again(stored, settings, pose)
    if settings.camera is not None:
        pose = _straight_again(pose, stored, again)
    told = assess_pose(pose, stored.photo, again, knowledge, answers, boxes=boxes, chosen=stored.chosen, scene=scene)
    return replace(with_cautions(told, stored.clothes, knowledge), breadth=stored.breadth)


def called(pose: Pose, view: View) -> Pose:
    """Give the same pose as somebody who knows calls it: seen from the other side, left and right are exchanged.

    Placed points keep their names: who named them knew whose left and right they meant.
    """
    named = replace(pose, view=view, view_source="given", view_probability=None)
    opposite = {View.FRONT: View.BACK, View.BACK: View.FRONT, View.LEFT: View.RIGHT, View.RIGHT: View.LEFT}
    held = {View.FRONT_OR_BACK: View.FRONT, View.LEFT_OR_RIGHT: View.RIGHT}.get(pose.view, pose.view)
    if view is not opposite.get(held):
        return named
    eyes = None if pose.network_eyes is None else pose.network_eyes[::-1]
    # The side views' own network looked at somebody who faces the other way: nothing it saw counts.
    points, visibility = pose.points[:, MIRROR], pose.visibility[MIRROR]
    return replace(named, points=points, visibility=visibility, network_eyes=eyes, near_keypoints=None)


def _scene_again(stored: Stored, settings: Settings, pose: Pose) -> CameraScene:
    """Give what was stored beside the body, turned over where the sides are exchanged now; the settings' word first."""
    turned = settings.mirrored and not stored.mirrored
    kept = stored.camera_scene.mirrored(stored.photo.width) if turned else stored.camera_scene
    told = known_camera_scene(pose, replace(settings, mirrored=settings.mirrored or stored.mirrored))
    says_up = settings.roll_deg is not None or settings.plumb is not None
    return replace(
        kept,
        verticals=told.verticals if says_up else kept.verticals,
        scales=told.scales or kept.scales,
        perspective=told.perspective or kept.perspective,
        plumb=told.plumb or kept.plumb,
        straight=kept.straight or settings.camera is not None,
    )


def _straight_again(pose: Pose, stored: Stored, settings: Settings) -> Pose:
    """Take the lens's distortion out of stored points, unless that was done before they were stored."""
    if stored.camera_scene.straight:
        msg = _("the lens was taken out of these points before they were stored. Leave --camera away.")
        raise SettingsError(msg)
    assert settings.camera is not None  # noqa: S101  (the caller looked)
    return straightened(pose, settings.camera.mirrored() if settings.mirrored else settings.camera)


def _taken(photo: Fields) -> CaptureDate | None:
    """Read the day of the photo; older files tell of none."""
    if not photo.has("taken_on"):
        return None
    source = photo.one_of("taken_on_source", tuple(source.value for source in DateSource))
    return CaptureDate(photo.day("taken_on"), DateSource(source))


def _people(whole: Fields) -> tuple[tuple[Box, ...], int]:
    """Read everybody's boxes and who was measured; older files tell of one person."""
    people = whole.inner("people") if whole.has("people") else None
    if people is None or not people.value.get("boxes"):
        return (), 0
    boxes = tuple(tuple(float(edge) for edge in box) for box in people.array("boxes", (None, 4)))
    return boxes, people.count("chosen")


def _placed(whole: Fields) -> tuple[PlacedPoint, ...]:
    """Read the points that somebody placed; older files have none."""
    return tuple(_placed_point(row) for row in (whole.rows("placed") if whole.has("placed") else []))


def _placed_point(row: Fields) -> PlacedPoint:
    name = row.one_of("name", tuple(point.value for point in ROWS))
    source = row.one_of("source", (HAND, STICKER)) if row.has("source") else HAND
    error_px = row.number("error_px") if row.has("error_px") else HAND_ERROR_PX
    try:
        return PlacedPoint(NAMES[name], row.number("x"), row.number("y"), error_px, source)
    except ValueError as error:
        msg = _(
            "{source}: {place}.error_px is {error_px:g}; a number above 0 is expected. {anew}",
            source=row.source,
            place=row.place,
            error_px=error_px,
            anew=_(ANEW),
        )
        raise StoredError(msg) from error


def _vertical(whole: Fields) -> Vertical:
    if not whole.has("vertical"):
        return Vertical(N_("nothing in the photo"), 0.0, 0.5)
    inner = whole.inner("vertical")
    return Vertical(inner.text("source"), inner.number("roll_deg"), inner.number("sigma_deg"))


def _camera_scene(whole: Fields) -> CameraScene | None:
    if not whole.has("surroundings"):
        return None
    inner = whole.inner("surroundings")
    verticals = tuple(
        Vertical(row.text("source"), row.number("roll_deg"), row.number("sigma_deg")) for row in inner.rows("verticals")
    )
    scales = tuple(
        Scale(row.text("source"), row.number("mm_per_px"), row.number("sigma")) for row in inner.rows("scales")
    )
    return CameraScene(
        verticals or (_vertical(whole),),
        scales,
        _perspective(inner.inner("perspective")) if inner.has("perspective") else None,
        inner.array("board", (4, 2)) if inner.has("board") else None,
        _line(inner.array("plumb", (4,))) if inner.has("plumb") else None,
        inner.flag("straight"),
        inner.flag("is_mirrored") if inner.has("is_mirrored") else None,
    )


def _clothes(whole: Fields) -> tuple[Caution, ...]:
    """Read which clothes the outline showed; older files tell of none."""
    stance = whole.inner("stance") if whole.has("stance") else None
    told = None if stance is None else stance.value.get("cautions")
    hidden = (Caution.LONG_SKIRT, Caution.LOOSE_CLOTHES)
    return tuple(caution for caution in hidden if isinstance(told, list) and caution.value in told)


def _line(ends: Array) -> Line:
    x1, y1, x2, y2 = (float(end) for end in ends)
    return x1, y1, x2, y2


def _perspective(inner: Fields) -> Perspective:
    x, y = (float(coordinate) for coordinate in inner.array("center_px", (2,)))
    pitch, sigma = inner.number("pitch_deg"), inner.number("pitch_sigma_deg")
    return Perspective(inner.text("source"), inner.number("focal_px"), (x, y), pitch, sigma)


def _pose(pose: Fields, photo: Fields, size_px: tuple[int, int]) -> Pose:
    view = View(photo.one_of("view", tuple(view.value for view in View)))
    mean, sd_px, visibility = _points(pose, view)
    turn = Turn(pose.number("turn_deg"), pose.number("turn_sem_deg")) if pose.has("turn_deg") else None
    return Pose(
        _samples(pose, mean, sd_px),
        visibility,
        size_px,
        view,
        photo.text("view_source") if photo.has("view_source") else "stored",
        pose.text("finder") if pose.has("finder") else "stored",
        pose.text("model") if pose.has("model") else "",
        pose.text("model_sha256") if pose.has("model_sha256") else "",
        turn,
        pose.text("eyes_from") if pose.has("eyes_from") else "pose network",
        pose.flag("mirrored_passes") if pose.has("mirrored_passes") else True,
        pose.array("network_eyes", (2, 2)) if pose.has("network_eyes") else None,
        _keypoints(pose),
        _near_keypoints(pose),
        view_probability=photo.number("view_confidence") if photo.has("view_confidence") else None,
    )


def _keypoints(pose: Fields) -> HeatmapKeypoints | None:
    """Unpack what the estimator's network saw, where it was stored."""
    places = int(np.prod(SIGHT_SHAPE))
    numbers = _unpacked(pose, "sight_f64", places + SIGHT_SHAPE[0])
    return None if numbers is None else HeatmapKeypoints(numbers[:places].reshape(SIGHT_SHAPE), numbers[places:])


def _near_keypoints(pose: Fields) -> NearKeypoints | None:
    """Unpack what the side views' own network saw, where it was stored."""
    numbers = _unpacked(pose, "near_sight_f64", 2 * int(np.prod(NEAR_SHAPE)))
    return None if numbers is None else NearKeypoints(*numbers.reshape(2, *NEAR_SHAPE))


def _unpacked(pose: Fields, key: str, count: int) -> Array | None:
    """(count,) numbers that were packed, where there are any."""
    if not pose.has(key):
        return None
    try:
        return np.frombuffer(base64.b64decode(pose.text(key), validate=True), "<f8", count).copy()
    except ValueError as error:
        msg = _("{source}: {key} is damaged. Analyse the photo again.", source=pose.source, key=key)
        raise StoredError(msg) from error


def _samples(pose: Fields, mean: Array, sd_px: Array) -> Array:
    """Read the passes' samples, or rebuild them; a point that was moved since carries its samples along."""
    if not pose.has("samples"):
        single = pose.has("passes") and pose.count("passes") == 1
        return rebuilt_samples(mean, sd_px, 1 if single else _REBUILT_PASSES)
    samples = pose.array("samples", (None, len(ORDER), 2))
    moved = samples + (mean - samples.mean(axis=0))
    return np.where(np.isfinite(moved), moved, mean)


def stored_name(landmark: Landmark, view: View) -> str:
    """Name a point as files do: where left and right are not known, by its place in the picture, or near and far."""
    words = {
        View.FRONT_OR_BACK: {"left": "picture_right", "right": "picture_left"},
        View.LEFT_OR_RIGHT: {"left": "far", "right": "near"},
    }.get(view, {})
    return "_".join(words.get(word, word) for word in landmark.split("_"))


def _points(pose: Fields, view: View) -> tuple[Array, Array, Array]:
    """Read the named points: (33, 2) mean, (33,) spread, (33,) visibility; a point that is not listed was not found."""
    mean, sd_px, visibility = np.full((len(ORDER), 2), np.nan), np.zeros(len(ORDER)), np.zeros(len(ORDER))
    rows = {stored_name(landmark, view): row for landmark, row in ORDER.items()}
    for point in pose.rows("points"):
        row = rows[point.one_of("name", tuple(rows))]
        mean[row] = point.number_or_nan("x"), point.number_or_nan("y")
        sd_px[row] = point.number_or_nan("sd_px") if point.has("sd_px") else 0.0
        visibility[row] = point.number("visibility") if point.has("visibility") else 1.0
    return mean, np.nan_to_num(sd_px), visibility


def rebuilt_samples(mean: Array, sd_px: Array, passes: int = _REBUILT_PASSES) -> Array:
    """Make samples (passes, 33, 2) with this mean and spread: always the same ones, closed under mirroring.

    Each drawn displacement comes with its opposite, so the mean is kept, and with its mirror image, so the mirrored
    points get the mirrored samples.
    """
    if passes == 1:
        return mean[None].copy()
    drawn = np.random.default_rng(_SEED).normal(size=(passes // 4, len(ORDER), 2))
    mirror = drawn[:, MIRROR] * np.array([-1.0, 1.0])
    moves = np.concatenate([drawn, -drawn, mirror, -mirror])
    size = np.sqrt(moves.var(axis=0, ddof=1).mean(axis=-1))
    return cast("Array", mean + moves * (sd_px / size)[:, None])
