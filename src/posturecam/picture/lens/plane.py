"""Where a flat board of known size stands before the camera, from its points in a photo, and how sure that is.

Least squares over the board's turn and place and, where it is not known, the focal length. The focal length starts
from what phones and cameras have, and the camera's pitch is taken to be moderate; both are priors of stated width.
Two mirror-like solutions fit a small flat thing nearly as well: each counts as much as it fits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from posturecam.body import Array

USUAL_FOCAL, FOCAL_SPREAD = 0.85, 0.4
"""Focal length in diagonals of the photo (26 mm on film is 0.60, 52 mm is 1.20), and the spread of its logarithm."""

PITCH_SPREAD_DEG = 10.0
"""How far a camera that shows a standing person from head to feet looks up or down."""

_TRUST = 8
"""For how many distances the stated error of a point counts beside the misfit seen: four corners have one to spare."""

_STEP = 1e-5


@dataclass(frozen=True, slots=True)
class BoardPoints:
    """A board's points on the board (N, 2) in mm, y down, and in the photo (N, 2) in pixels with their error."""

    board: Array
    photo: Array
    sd_px: float


@dataclass(frozen=True, slots=True)
class CameraView:
    """The camera that sees it: its middle, the photo's diagonal, and the focal length where it is known, pixels."""

    center_px: tuple[float, float]
    diagonal_px: float
    focal_px: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a plumb board shows the camera to stand: values and standard errors (4,), and the misfit.

    roll    + = the picture's content is turned counter-clockwise, degrees
    pitch   + = the camera looks down, degrees
    scale   logarithm of the millimetres in a pixel at the board's middle
    focal   logarithm of the focal length in pixels
    """

    value: Array
    sigma: Array
    misfit_px: float


def stand(seen: BoardPoints, eye: CameraView) -> Standing | None:
    """Fit the board; None where its points fit no board at all."""
    fits = [fit for start in _starts(seen, eye) if (fit := _refined(seen, eye, start)) is not None]
    if not fits:
        return None
    costs = np.array([fit.cost for fit in fits])
    share = np.exp(costs.min() - costs)
    share /= share.sum()
    values, sigmas = np.array([fit.value for fit in fits]), np.array([fit.sigma for fit in fits])
    mean = share @ values
    spread = np.sqrt(share @ (sigmas**2 + (values - mean) ** 2))
    return Standing(mean, spread, float(share @ np.array([fit.misfit_px for fit in fits])))


@dataclass(frozen=True, slots=True)
class _Fit:
    """One solution: half of its squared distances, and what it tells (see ``Standing``)."""

    cost: float
    value: Array
    sigma: Array
    misfit_px: float


def _starts(seen: BoardPoints, eye: CameraView) -> Iterator[Array]:
    """(7,) turn, place and logarithm of the focal length that the fit starts from."""
    focal = eye.focal_px or USUAL_FOCAL * eye.diagonal_px
    corners = np.c_[seen.board, np.zeros(len(seen.board))]
    _, turns, places, _ = cv2.solvePnPGeneric(corners, seen.photo, _matrix(eye, focal), None, flags=cv2.SOLVEPNP_IPPE)
    for turn, place in zip(turns, places, strict=True):
        yield np.concatenate([np.ravel(turn), np.ravel(place), [np.log(focal)]])


def _refined(seen: BoardPoints, eye: CameraView, start: Array) -> _Fit | None:
    """Find the best fit near a start; None where the board would stand behind the camera."""
    from scipy.optimize import least_squares  # noqa: PLC0415  (only a board needs it, and it takes long to load)

    free = slice(None) if eye.focal_px is None else slice(6)
    off = partial(_off, seen, eye)

    def of(part: Array) -> Array:
        whole = start.copy()
        whole[free] = part
        return off(whole)

    found = least_squares(of, start[free], method="lm", x_scale="jac")
    best = start.copy()
    best[free] = found.x
    if not np.isfinite(best).all() or best[5] <= 0:
        return None
    count = 2 * len(seen.board)
    squares = float((off(best)[:count] ** 2).sum())
    misfit = float(np.sqrt((squares + _TRUST) / (max(1, count - found.x.size) + _TRUST)))
    spread = np.linalg.pinv(found.jac.T @ found.jac) * max(1.0, misfit) ** 2
    slopes = np.stack([_slope(seen, best, column) for column in range(start.size)[free]], axis=1)
    sigma = np.sqrt(np.einsum("ij,jk,ik->i", slopes, spread, slopes))
    return _Fit(float(found.cost), seen_from_points(seen, best), sigma, misfit * seen.sd_px)


def _slope(seen: BoardPoints, at: Array, column: int) -> Array:
    step = np.zeros(at.size)
    step[column] = _STEP * max(1.0, abs(at[column]))
    return np.asarray((seen_from_points(seen, at + step) - seen_from_points(seen, at - step)) / (2 * step[column]))


def _off(seen: BoardPoints, eye: CameraView, at: Array) -> Array:
    """Distances in standard errors: every point's, then those of the priors."""
    corners = np.c_[seen.board, np.zeros(len(seen.board))]
    shown = cv2.projectPoints(corners, at[:3], at[3:6], _matrix(eye, float(np.exp(at[6]))), None)[0].reshape(-1, 2)
    usual = (at[6] - np.log(USUAL_FOCAL * eye.diagonal_px)) / FOCAL_SPREAD if eye.focal_px is None else 0.0
    level = np.degrees(np.arcsin(np.clip(_up(at)[2], -1.0, 1.0))) / PITCH_SPREAD_DEG
    return np.asarray(np.concatenate([((shown - seen.photo) / seen.sd_px).ravel(), [usual, level]]))


def seen_from_points(seen: BoardPoints, at: Array) -> Array:
    """(4,) roll, pitch, scale and focal length (see ``Standing``) of a fit."""
    up = _up(at)
    middle = np.append((seen.board.min(axis=0) + seen.board.max(axis=0)) / 2, 0.0)
    far = float((cv2.Rodrigues(at[:3])[0] @ middle + at[3:6])[2])
    roll, pitch = np.degrees(np.arctan2(-up[0], -up[1])), -np.degrees(np.arcsin(np.clip(up[2], -1.0, 1.0)))
    return np.array([roll, pitch, np.log(abs(far)) - at[6], at[6]])


def _up(at: Array) -> Array:
    """(3,) the board's upward edge as the camera has it: x right, y down, z away."""
    return np.asarray(-cv2.Rodrigues(at[:3])[0][:, 1], dtype=np.float64)


def _matrix(eye: CameraView, focal: float) -> Array:
    return np.array([[focal, 0.0, eye.center_px[0]], [0.0, focal, eye.center_px[1]], [0.0, 0.0, 1.0]])
