"""Several pictures of one quietly standing person, measured as one: the mean, and the body's own sway beside it.

Each chosen picture goes through the same passes as a photo. What the pictures say together has two sources of spread,
the passes over one picture and the sway from picture to picture; both count (see ``joined``).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from posturecam.body import ORDER, Array, HeatmapKeypoints, NearKeypoints, Pose, View
from posturecam.body.geometry import lean, standard_error, subject_frame
from posturecam.errors import NobodyFound
from posturecam.errors.facts import Note, Problem
from posturecam.knowledge import Knowledge
from posturecam.measures.estimator import Estimate, Estimates
from posturecam.measures.estimator.fusion import estimate
from posturecam.measures.measurement import Measurement, graded
from posturecam.patterns.answers import Answers
from posturecam.picture.camera import CameraWish, FilmCamera, TimedFrame, open_camera
from posturecam.picture.camera_scene import camera_scene_of, lens_of
from posturecam.picture.capture_date import CaptureDate, file_date, named_date
from posturecam.picture.lens.profile import straightened
from posturecam.picture.photo import Photo, from_pixels
from posturecam.pipeline.assessment import Assessment, PhotoInfo, Settings, assess_pose
from posturecam.pipeline.exam.one_photo import with_seen_outline
from posturecam.poses.detection import PoseFinder, PoseResult
from posturecam.poses.mediapipe_pose import Detection, Landmarker
from posturecam.poses.standing import longest_still, mid, spaced, standing_height_px

PICTURES = 6
"""Pictures of a film or of a hold that are measured."""

_TREMBLE_PCT = 0.05
"""Spread of the mid-hip over pictures of somebody motionless, % of height."""

Progress = Callable[[float], None]
"""Told how much is done, 0...1."""


@dataclass(frozen=True, slots=True)
class Sway:
    """How the body moved while it was measured: standard deviations over the pictures.

    hip_pct    mid-hip from side to side, % of height (eye line to ankles)
    lean_deg   the trunk's lean
    """

    hip_pct: float
    lean_deg: float
    pictures: int
    seconds: float

    def measured(self, view: View, knowledge: Knowledge) -> tuple[Measurement, ...]:
        """Give the hips' sway as a measurement, in front and back views."""
        if not view.frontal or self.pictures < 3:
            return ()
        sem = float(np.hypot(self.hip_pct / np.sqrt(2.0 * (self.pictures - 1)), _TREMBLE_PCT))
        return (graded(knowledge, "sway", Estimate(self.hip_pct, sem), vertical_effect=0.0, sigma_deg=0.0, raw=None),)

    @property
    def note(self) -> Note:
        """Tell it."""
        return Note(
            "measured_from_film",
            pictures=self.pictures,
            seconds=self.seconds,
            hip_pct=self.hip_pct,
            lean_deg=self.lean_deg,
        )


@dataclass(frozen=True, slots=True)
class FilmAssessment:
    """The assessment of several pictures, their sway, and the middle picture to draw on."""

    assessment: Assessment
    sway: Sway
    picture: Photo
    times_s: tuple[float, ...]


def assess_frames(  # noqa: PLR0913  (all that the story needs)
    frames: Sequence[TimedFrame],
    finder: PoseFinder,
    settings: Settings,
    knowledge: Knowledge,
    answers: Answers | None = None,
    *,
    name: str,
    progress: Progress | None = None,
    outline: bool = False,
    taken: CaptureDate | None = None,
) -> FilmAssessment:
    """Measure pictures of one person standing still; the outline in side views, in others when asked to.

    Raises NobodyFound.
    """
    photos = [from_pixels(frame.pixels, name) for frame in frames]
    seen = _seen(photos, finder, settings, progress)
    chosen = _of_one_kind(seen)
    if len(chosen) * 2 < len(frames):
        msg = Problem("nobody_stands_in_film", name=name)
        raise NobodyFound(msg)
    middle = chosen[len(chosen) // 2]
    picture = photos[middle].mirrored() if settings.mirrored else photos[middle]
    lens = lens_of(settings, picture)
    poses = [seen[number].pose if lens is None else straightened(seen[number].pose, lens) for number in chosen]
    scene = camera_scene_of(picture, seen[middle].pose, settings)
    times = tuple(frames[number].at_s for number in chosen)
    boxes = tuple(tuple(float(edge) for edge in box) for box in seen[middle].boxes)
    info = PhotoInfo(name, photos[middle].sha256, *photos[middle].size_px, taken=taken)
    read = assess_pose(
        joined_frames(poses),
        info,
        settings,
        knowledge,
        answers,
        boxes=boxes,
        chosen=seen[middle].chosen,
        estimates=pooled([estimate(pose, scene.vertical.roll_deg) for pose in poses]),
        scene=scene,
    )
    if outline or not read.pose.view.frontal:
        read = with_seen_outline(read, picture, seen[middle].pose, finder, knowledge)
    sway = sway_of(poses, times)
    swaying = sway.measured(read.pose.view, knowledge)
    before = ((*read.unplaced[0], *swaying), read.unplaced[1])
    notes = (*scene.notes, *read.notes, sway.note)
    shown = read.measurements if read.void else (*read.measurements, *swaying)
    told = replace(read, measurements=shown, notes=notes, unplaced=before)
    return FilmAssessment(told, sway, picture, times)


def _seen(
    photos: list[Photo], finder: PoseFinder, settings: Settings, progress: Progress | None
) -> dict[int, PoseResult]:
    """Find the person in every picture; pictures with nobody are left out."""
    seen: dict[int, PoseResult] = {}
    sought = replace(settings.sought, as_it_is=True)
    for number, photo in enumerate(photos):
        try:
            seen[number] = finder.find(photo.mirrored() if settings.mirrored else photo, sought)
        except NobodyFound:
            continue
        finally:
            if progress is not None:
                progress((number + 1) / len(photos))
    return seen


def _of_one_kind(seen: dict[int, PoseResult]) -> list[int]:
    """Choose the pictures that agree on the view, the number of passes and where the eyes come from."""
    kinds = {number: (result.pose.view, result.pose.passes, result.pose.eyes_from) for number, result in seen.items()}
    if not kinds:
        return []
    usual = Counter(kinds.values()).most_common(1)[0][0]
    return [number for number, kind in kinds.items() if kind == usual]


def pooled(estimates: Sequence[Estimates]) -> Estimates:
    """Bring the estimates of N pictures together: their mean, and its error with the sway from picture to picture."""
    keys = set.intersection(*(set(frame_estimate) for frame_estimate in estimates))
    return {key: _pooled([frame_estimate[key] for frame_estimate in estimates]) for key in sorted(keys)}


def _pooled(estimates: Sequence[Estimate]) -> Estimate:
    values = np.array([frame_estimate.value for frame_estimate in estimates])
    own = float(np.mean([frame_estimate.sem for frame_estimate in estimates]))
    return Estimate(
        float(values.mean()),
        float(np.hypot(own, standard_error(values))),
        all(frame_estimate.in_range for frame_estimate in estimates),
    )


def joined_frames(poses: Sequence[Pose]) -> Pose:
    """Bring the poses of N pictures, P passes each, into one pose of N·P samples.

    The samples' mean is the mean of all. Their deviations are weighted (what differs from picture to picture by √P,
    what differs from pass to pass by √N), so that standard deviation / √(N·P) is the standard error of that mean with
    both sources in it: sway²/N + pass²/P + rest²/(N·P).
    """
    stack = np.stack([pose.points for pose in poses])
    pictures, passes = stack.shape[:2]
    mean = stack.mean(axis=(0, 1))
    sway, found = stack.mean(axis=1, keepdims=True) - mean, stack.mean(axis=0, keepdims=True) - mean
    rest = stack - mean - sway - found
    samples = mean + np.sqrt(passes) * sway + np.sqrt(pictures) * found + rest
    turns = [pose.turn for pose in poses if pose.turn is not None]
    turn = None
    if turns:
        middle = turns[len(turns) // 2]
        turn = replace(middle, value_deg=float(np.mean([turn.value_deg for turn in turns])))
    visibility = np.mean([pose.visibility for pose in poses], axis=0)
    eyes = [pose.network_eyes for pose in poses if pose.network_eyes is not None]
    return replace(
        poses[0],
        points=samples.reshape(-1, *stack.shape[2:]),
        visibility=visibility,
        turn=turn,
        network_eyes=np.mean(eyes, axis=0) if eyes else None,
        keypoints=_mean_keypoints([pose.keypoints for pose in poses if pose.keypoints is not None]),
        near_keypoints=_mean_near_keypoints([pose.near_keypoints for pose in poses if pose.near_keypoints is not None]),
    )


def _mean_keypoints(seen: Sequence[HeatmapKeypoints]) -> HeatmapKeypoints | None:
    """Average what the estimator's network saw; its places are counted in the body's own squares."""
    if not seen:
        return None
    places, sharp = (np.mean([getattr(keypoints, name) for keypoints in seen], axis=0) for name in ("places", "sharp"))
    return HeatmapKeypoints(places, sharp)


def _mean_near_keypoints(seen: Sequence[NearKeypoints]) -> NearKeypoints | None:
    """Average what the side views' own network saw, as the points are averaged."""
    if not seen:
        return None
    places, doubt = (np.mean([getattr(keypoints, name) for keypoints in seen], axis=0) for name in ("places", "doubt"))
    return NearKeypoints(places, doubt)


def sway_of(poses: Sequence[Pose], times_s: Sequence[float]) -> Sway:
    """Say how the body swayed from picture to picture."""
    track = np.stack([pose.mean for pose in poses])
    body = subject_frame(track, poses[0].view)
    hips, shoulders = mid(body, "HIP"), mid(body, "SHOULDER")
    across = 100.0 * hips[:, 0].std(ddof=1) / standing_height_px(track.mean(axis=0)) if len(poses) > 1 else 0.0
    leans = float(lean(shoulders, hips).std(ddof=1)) if len(poses) > 1 else 0.0
    return Sway(float(across), leans, len(poses), float(times_s[-1] - times_s[0]))


def assess_film(  # noqa: PLR0913  (as assess takes them)
    path: Path,
    finder: PoseFinder,
    settings: Settings,
    knowledge: Knowledge,
    answers: Answers | None = None,
    *,
    progress: Progress | None = None,
) -> FilmAssessment:
    """Measure the longest stretch of a film in which one person stands still. Raises CameraError, NobodyFound."""
    tell = progress or (lambda _done: None)
    times, track = _track(path, lambda done: tell(0.6 * done))
    first, last = longest_still(times, track, path.name)
    wanted = spaced(first, last, PICTURES)
    frames = _pictures(path, set(wanted))
    taken = named_date(path.absolute()) or file_date(path)

    def further(done: float) -> None:
        tell(0.6 + 0.4 * done)

    return assess_frames(frames, finder, settings, knowledge, answers, name=path.name, progress=further, taken=taken)


def _track(path: Path, tell: Progress) -> tuple[Array, Array]:
    """(T,) times and (T, 33, 2) points of the person in a film; NaN where nobody is."""
    times, track = [], []
    with open_camera(CameraWish(path, fast=True)) as camera, Landmarker(film=True) as landmarker:
        count = camera.count if isinstance(camera, FilmCamera) else 0
        for frame in camera.frames():
            found = landmarker.see_frame(frame.pixels, round(frame.at_s * 1000) + 1)
            times.append(frame.at_s)
            track.append(_points(found))
            if count:
                tell(min(1.0, (frame.number + 1) / count))
    return np.array(times), np.stack(track)


def _points(found: list[Detection]) -> Array:
    return found[0].points if found else np.full((len(ORDER), 2), np.nan)


def _pictures(path: Path, wanted: set[int]) -> list[TimedFrame]:
    """Read the frames of these numbers."""
    with open_camera(CameraWish(path, fast=True)) as camera:
        frames = []
        for frame in camera.frames():
            if frame.number in wanted:
                frames.append(frame)
            if frame.number >= max(wanted):
                break
    return frames
