"""What a photo and whoever took it tell of gravity, of size and of the camera: every source, the surest first."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posturecam.body import Array, Pose
from posturecam.errors.facts import Note
from posturecam.picture.lens import USUAL_HEIGHT_CM, focal_from_distance, too_near
from posturecam.picture.lens.perspective import Perspective, Planes, pitch_from_body, planes_of
from posturecam.picture.lens.profile import CameraProfile, straightened
from posturecam.picture.photo import Photo
from posturecam.picture.scale import Scale, disagreement_of_scales, scale_from_height
from posturecam.picture.vertical import (
    EDGES,
    GIVEN,
    HUNG,
    Line,
    Vertical,
    disagreement,
    from_vote,
    mirrored_line,
    vertical_sources,
)
from posturecam.pipeline.settings import Settings

if TYPE_CHECKING:
    from posturecam.picture.lens.hanging import HangingBoard
    from posturecam.picture.vertical.vote import Vote

PROFILE, EXIF = "the camera's profile", "the photo's EXIF data"
DISTANCE, BOARD = "the distance given", HUNG
"""What tells the focal length."""

Pitches = tuple[tuple[float, float], ...]

MOST_FOCAL_SIGMA = 0.15
"""Relative standard error of the focal length up to which a hanging board is believed to tell it."""

TILTED_DEG = 2.0
"""A camera held more askew than this is told of."""

UNSURE_SIGMA_DEG = 0.4
"""Edges of the room that tell the vertical no better than this are told of."""

HOLD_LEVEL = Note("hold_level")

BOARD_PITCH_SIGMA_DEG = 0.5
"""How far a hanging board leans to or from the camera."""


@dataclass(frozen=True, slots=True)
class CameraScene:
    """Everything beside the body that the numbers rest on, in the picture that is measured.

    verticals    never empty; the first is used
    scales       the first is used; empty where nothing tells a size
    board        (4, 2) corners of a hanging board, pixels, from its top left
    plumb        the line that the user drew
    straight     whether the lens's distortion was taken out of the points
    is_mirrored  whether the board's markers are mirror images; None without a board
    notes        for the user
    """

    verticals: tuple[Vertical, ...]
    scales: tuple[Scale, ...] = ()
    perspective: Perspective | None = None
    board: Array | None = None
    plumb: Line | None = None
    straight: bool = False
    is_mirrored: bool | None = None
    notes: tuple[Note, ...] = ()

    @property
    def vertical(self) -> Vertical:
        """Which way is up."""
        return self.verticals[0]

    @property
    def scale(self) -> Scale | None:
        """Millimetres in a pixel at the body."""
        return self.scales[0] if self.scales else None

    def planes(self, pose: Pose) -> Planes | None:
        """Give the planes that a body may lie in; None where nothing tells the camera."""
        return None if self.perspective is None else planes_of(pose, self.perspective, self.vertical.roll_deg)

    def mirrored(self, width_px: float) -> "CameraScene":
        """Give those of the mirror image."""
        board = None if self.board is None else (self.board * [-1.0, 1.0] + [width_px, 0.0])[[1, 0, 3, 2]]
        return replace(
            self,
            verticals=tuple(replace(vertical, roll_deg=-vertical.roll_deg) for vertical in self.verticals),
            perspective=None if self.perspective is None else self.perspective.mirrored(width_px),
            board=board,
            is_mirrored=None if self.is_mirrored is None else not self.is_mirrored,
            plumb=None if self.plumb is None else mirrored_line(self.plumb, width_px),
        )


def known_camera_scene(pose: Pose, settings: Settings) -> CameraScene:
    """Give what the settings alone tell; ``pose`` in the picture that is measured."""
    roll, plumb = given(settings, pose.size_px[0])
    verticals = vertical_sources(roll, plumb)
    told = focal_from_distance(settings.distance_m, pose, settings.height_cm)
    focal = None if told is None else (DISTANCE, told)
    perspective = _perspective(pose, settings, focal, _middle(pose.size_px), verticals[0].roll_deg, ())
    return CameraScene(verticals, _scales(pose, settings, None), perspective, plumb=plumb)


def camera_scene_of(photo: Photo, pose: Pose, settings: Settings) -> CameraScene:
    """Look at the photo itself too: the hanging board, the room's edges, the camera's own data.

    ``photo`` is the one that is measured, its mirror image undone; ``pose`` the one in the picture as it is. A single
    unmirrored pass is a quick look: the room's edges are read from both mirror images or not at all. Raises
    PhotoError for a profile of another camera.
    """
    from posturecam.picture.lens.hanging import find_board  # noqa: PLC0415  (loads cv2)

    lens = lens_of(settings, photo)
    straight = pose if lens is None else straightened(pose, lens)
    told = focal_from_distance(settings.distance_m, straight, settings.height_cm)
    board = find_board(photo, photo.focal_px or told, lens)
    vote, edges = _room(photo, pose, lens)
    roll, plumb = given(settings, photo.size_px[0])
    verticals = vertical_sources(roll, plumb, edges, board.vertical if board else None)
    scales = _scales(straight, settings, board)
    focal = _focal(photo, straight, settings, lens, board)
    center = _middle(photo.size_px) if lens is None else lens.center_px
    pitches = _pitches(board, vote if edges else None, focal, photo.size_px)
    perspective = _perspective(straight, settings, focal, center, verticals[0].roll_deg, pitches)
    said = (
        *_board_notes(board, settings),
        disagreement(verticals),
        _rolled(verticals[0]),
        _alone(verticals[0]),
        too_near(None if focal is None else focal[1], straight, settings.height_cm),
        disagreement_of_scales(scales),
    )
    notes = tuple(note for note in said if note)
    return CameraScene(
        verticals,
        scales,
        perspective,
        None if board is None else board.outline,
        plumb,
        lens is not None,
        None if board is None else board.mirrored,
        notes,
    )


def lens_of(settings: Settings, photo: Photo) -> CameraProfile | None:
    """Give the camera's profile for the picture that is measured; raises PhotoError for another camera's photo."""
    if settings.camera is None:
        return None
    lens = settings.camera.fitted(photo.size_px)
    return lens.mirrored() if settings.mirrored else lens


def given(settings: Settings, width_px: float) -> tuple[float | None, Line | None]:
    """Take roll and plumb line as they are in the picture that is measured: turned over with a mirrored selfie."""
    roll, plumb = settings.roll_deg, settings.plumb
    if not settings.mirrored:
        return roll, plumb
    return None if roll is None else -roll, None if plumb is None else mirrored_line(plumb, width_px)


def _middle(size_px: tuple[int, int]) -> tuple[float, float]:
    return size_px[0] / 2, size_px[1] / 2


def _room(photo: Photo, pose: Pose, lens: CameraProfile | None) -> "tuple[Vote | None, Vertical | None]":
    """Let the room's upright edges vote, and say whether they are believed."""
    if not pose.mirrored_passes:
        return None, None
    from posturecam.picture.vertical.lines import body_roll, room_vote  # noqa: PLC0415  (loads cv2)

    vote = room_vote(photo, pose, lens.straighten if lens else None)
    return vote, from_vote(vote, body_roll(pose.mean))


def _scales(pose: Pose, settings: Settings, board: "HangingBoard | None") -> tuple[Scale, ...]:
    by_height = None if settings.height_cm is None else scale_from_height(pose, settings.height_cm)
    by_board = None if board is None or board.vertical is None else board.scale
    return tuple(sorted((scale for scale in (by_height, by_board) if scale is not None), key=lambda scale: scale.sigma))


def _focal(
    photo: Photo, pose: Pose, settings: Settings, lens: CameraProfile | None, board: "HangingBoard | None"
) -> tuple[str, float] | None:
    """Find the focal length in pixels of the photo, and what tells it."""
    told = focal_from_distance(settings.distance_m, pose, settings.height_cm)
    by_board = board is not None and not board.focal_known and board.standing.sigma[3] < MOST_FOCAL_SIGMA
    known = (
        (PROFILE, None if lens is None else lens.focal_px),
        (EXIF, photo.focal_px),
        (DISTANCE, told),
        (BOARD, float(np.exp(board.standing.value[3])) if board is not None and by_board else None),
    )
    return next(((source, focal) for source, focal in known if focal is not None), None)


def _perspective(  # noqa: PLR0913, PLR0917  (all that it rests on)
    pose: Pose,
    settings: Settings,
    focal: tuple[str, float] | None,
    center_px: tuple[float, float],
    roll_deg: float,
    pitches: Pitches,
) -> Perspective | None:
    """Bring focal length and pitch together, the surest pitch taken; None without a focal length."""
    if focal is None:
        return None
    stature_m = (settings.height_cm or USUAL_HEIGHT_CM) / 100.0
    usual = pitch_from_body(pose, focal[1], center_px, roll_deg, stature_m)
    return Perspective(*focal, center_px, *min((*pitches, usual), key=lambda pitch: pitch[1]))


def _pitches(
    board: "HangingBoard | None", vote: "Vote | None", focal: tuple[str, float] | None, size_px: tuple[int, int]
) -> Pitches:
    """How far the camera looks down, degrees, and its standard error, as board and room tell it."""
    told = []
    if board is not None and board.vertical is not None:
        told.append((float(board.standing.value[1]), float(np.hypot(board.standing.sigma[1], BOARD_PITCH_SIGMA_DEG))))
    if vote is not None and focal is not None:
        slope = focal[1] / (max(size_px) / 2)
        told.append((float(np.degrees(np.arctan(-vote.pitch * slope))), float(np.degrees(vote.pitch_sigma * slope))))
    return tuple(told)


def _board_notes(board: "HangingBoard | None", settings: Settings) -> tuple[Note, ...]:
    """Say what is wrong with the board, or what it says of the photo."""
    if board is None:
        return ()
    askew = board.vertical is None
    return (
        *((_askew(board),) if askew else ()),
        *((MIRRORED_FOR_NOTHING if settings.mirrored else MIRRORED_SELFIE,) if board.mirrored else ()),
    )


def _rolled(vertical: Vertical) -> Note | None:
    """Say that the camera was held askew."""
    if abs(vertical.roll_deg) <= TILTED_DEG or vertical.source == GIVEN:
        return None
    return Note("camera_tilted", roll_deg=abs(vertical.roll_deg))


def _alone(vertical: Vertical) -> Note | None:
    """Say that the room's edges are those of things that may themselves hang askew."""
    if vertical.source != EDGES or vertical.sigma_deg <= UNSURE_SIGMA_DEG:
        return None
    return Note("vertical_told_by_little")


MIRRORED_SELFIE = Note("board_mirrored")
MIRRORED_FOR_NOTHING = Note("board_mirrored_for_nothing")


def _askew(board: "HangingBoard") -> Note:
    roll = abs(float(board.standing.value[0]))
    return Note("board_askew", roll=roll)
