"""Two photos of one view side by side: upright by their own vertical, ankles in one place, bodies of one scale."""

from dataclasses import replace

import cv2
import numpy as np

from posturecam.body import Array, Landmark, View
from posturecam.measures.anatomy import ANKLES, EARS, EYES, HIPS, KNEES, SHOULDERS
from posturecam.picture.photo import Photo, Pixels
from posturecam.reports.drawing import figure
from posturecam.reports.drawing.canvas import ON_PHOTO, ON_WHITE, Canvas
from posturecam.reports.drawing.privacy import hide_faces
from posturecam.reports.drawing.scene import Scene
from posturecam.reports.html.progress_pages import Pair
from posturecam.reports.recorded_exam import FoundExam, Shot

WIDTH_PX, HEIGHT_PX = 560, 1000
_FOOT = np.array([WIDTH_PX / 2, 0.93 * HEIGHT_PX])
_BODY_PX = 0.78 * HEIGHT_PX
"""From the eyes to the ankles."""


def aligned(shot: Shot) -> Pixels | None:
    """Draw a shot in the common frame, its plumb line upright; None where eyes or ankles were not found."""
    canvas = Canvas(np.full((HEIGHT_PX, WIDTH_PX, 3), 255, np.uint8), ON_WHITE)
    scene = Scene(canvas, shot.assessment, 1.0)
    move = _move(scene)
    if move is None:
        return None
    points = scene.points @ move[:, :2].T + move[:, 2]
    if shot.photo is not None:
        canvas = Canvas(_moved(shot, shot.photo, move), ON_PHOTO)
    else:
        figure.draw_plain_figure(canvas, points)
    scene.canvas, scene.points, scene.up = canvas, points, np.array([0.0, -1.0])
    _draw(scene)
    return canvas.pixels


def _move(scene: Scene) -> Array | None:
    """(2, 3) what brings the photo's pixels to the common frame: gravity down, ankles to their place, one scale."""
    foot, up = scene.foot, scene.up
    eyes = scene.mid(EYES) if scene.view.frontal else scene[_near(scene, EYES)]
    length = float((eyes - foot) @ up)
    if not np.isfinite(length) or length <= 1.0:
        return None
    turn = _BODY_PX / length * np.array([[-up[1], up[0]], [-up[0], -up[1]]])
    return np.column_stack([turn, _FOOT - turn @ foot])


def _moved(shot: Shot, photo: Photo, move: Array) -> Pixels:
    pixels = hide_faces(photo.pixels, shot.assessment, photo.scale) if shot.hide_face else photo.pixels
    matrix = move.copy()
    matrix[:, :2] /= photo.scale
    size = (WIDTH_PX, HEIGHT_PX)
    smooth = cv2.INTER_AREA if abs(np.linalg.det(matrix[:, :2])) < 0.3 else cv2.INTER_LINEAR
    warped = cv2.warpAffine(
        pixels, matrix, size, flags=smooth, borderMode=cv2.BORDER_CONSTANT, borderValue=(60, 66, 72)
    )
    return np.asarray(warped, dtype=np.uint8)


def _draw(scene: Scene) -> None:
    """Draw the plumb line, the floor, and the body's own line against it."""
    canvas, theme = scene.canvas, scene.canvas.theme
    canvas.dashed(scene.foot, scene.foot + _BODY_PX * 1.14 * scene.up, theme.reference)
    reach = np.array([0.3 * WIDTH_PX, 0.0])
    canvas.dashed(scene.foot - reach, scene.foot + reach, theme.reference)
    if scene.view.frontal:
        spots = [scene.mid(pair) for pair in (ANKLES, HIPS, SHOULDERS, EARS)]
        lines = [np.array([scene[a], scene[b]]) for a, b in (SHOULDERS, HIPS)]
    else:
        spots, lines = [scene[_near(scene, pair)] for pair in (ANKLES, KNEES, HIPS, SHOULDERS, EARS)], []
    found = np.array([spot for spot in spots if np.isfinite(spot).all()])
    for line in (found, *(line for line in lines if np.isfinite(line).all())):
        canvas.path(line, theme.mild, 1.2)
        for spot in line:
            canvas.dot(spot, theme.reference)


def _near(scene: Scene, pair: tuple[Landmark, Landmark]) -> Landmark:
    return next(point for point in pair if point.value.startswith(scene.near))


def pairs(before: FoundExam, after: FoundExam, *, hide_face: bool) -> list[Pair]:
    """Draw the views that both have, aligned; a view without eyes or ankles is left out, and one that is not sure."""
    drawn = []
    for view in (view for view in View if not view.choices):
        shots = [exam.of(view) for exam in (before, after)]
        shown = [aligned(replace(shot, hide_face=hide_face)) for shot in shots if shot is not None]
        if len(shown) == 2 and shown[0] is not None and shown[1] is not None:
            drawn.append(Pair(view.value, shown[0], shown[1]))
    return drawn
