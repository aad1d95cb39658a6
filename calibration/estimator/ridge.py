"""The regressions behind models/fusion.npz.

``odd`` inputs (n, 2 D) change their sign in the mirror: D readings plain, then the same times the view. There is no
constant, so whatever is learned is mirror-odd. ``even`` inputs do not change in the mirror; they give the error.
"""

import numpy as np

from posturecam.body import Array

SHARP = slice(14, 17)
"""Rows of the squares' sharpness among the even inputs, as in posturecam.measures.estimator.fusion."""

SHAPE = slice(1, 11)
"""Rows of the body's shape among the even inputs: how far apart feet and knees are tells how somebody is built or
stands, and hardly how well they are seen. Learned freely it would take a render's ways of standing for a reason."""

SHAPE_STIFFNESS = 400.0

SEEN, FACE = 20, 2
"""Readings of the network and of the face mesh: the last of the D."""


ROUNDS = 3
"""So often Huber's weights are found anew."""


def face_column(columns: int) -> int:
    """Column of the face's tilt among the odd inputs; its surplus over the tilt seen follows."""
    return columns // 2 - FACE


def trust(columns: int) -> Array:
    """(columns,) how lightly each odd input is penalised: what the network and the mesh say three times less."""
    one = np.ones(columns // 2)
    one[-(SEEN + FACE) :] = 3.0
    return np.concatenate([one, 0.5 * one])


def ridge(odd: Array, truth: Array, stiffness: float, weight: Array, trusted: Array | None = None) -> Array:
    """(2 D,) weights without a constant; truth and weight are (n,), ``trusted`` (2 D,) as ``trust`` has it."""
    scale = (trust(odd.shape[1]) if trusted is None else trusted) / (np.sqrt((odd**2).mean(axis=0)) + 1e-9)
    scaled = odd * scale
    weighted = (scaled * weight[:, None]).T
    penalty = stiffness * np.eye(scaled.shape[1])
    return np.asarray(np.linalg.solve(weighted @ scaled + penalty, weighted @ truth) * scale)


def robust(odd: Array, truth: Array, stiffness: float, weight: Array, trusted: Array | None = None) -> Array:
    """Ridge with Huber's weights: a hidden or exchanged part of a body must not steer the rest."""
    found = ridge(odd, truth, stiffness, weight, trusted)
    for _ in range(ROUNDS):
        miss = np.abs(odd @ found - truth)
        most = 2.0 * np.sqrt(np.average(miss**2, weights=weight) * 0.6)
        found = ridge(odd, truth, stiffness, weight * np.minimum(1.0, most / np.maximum(miss, 1e-9)), trusted)
    return found


def limited(usual: Array) -> Array:
    """(..., E) scaled even inputs, sharper than usual counted as usual."""
    out = usual.copy()
    out[..., SHARP] = np.minimum(out[..., SHARP], 1.0)
    return out


def even_design(usual: Array) -> Array:
    """(n, 1 + E) a constant and the scaled even inputs, cut at three deviations."""
    return np.hstack([np.ones((len(usual), 1)), np.clip(limited(usual), -3.0, 3.0)])


def even_ridge(design: Array, truth: Array, weight: Array, stiffness: float = 3.0) -> Array:
    """(1 + E,) weights of what does not change in the mirror."""
    weighted = (design * weight[:, None]).T
    return np.asarray(np.linalg.solve(weighted @ design + stiffness * np.eye(design.shape[1]), weighted @ truth))


def error_of(design: Array, weights: Array) -> Array:
    """(n,) the standard errors that the weights of ``log_error`` stand for."""
    return np.asarray(np.exp(np.clip(design @ weights, -4, 4)))


def log_error(design: Array, miss: Array, weight: Array, stiffness: float = 2.0, steps: int = 60) -> Array:
    """(1 + E,) weights of log σ, the most likely for Gaussian misses (n,), drawn towards one σ for all photos."""
    penalty = np.r_[0, np.full(design.shape[1] - 1, stiffness)]
    penalty[1:][SHAPE] = SHAPE_STIFFNESS
    return likely_error(design, miss, weight, penalty, steps)


def likely_error(design: Array, miss: Array, weight: Array, penalty: Array, steps: int = 60) -> Array:
    """(E,) weights of log σ, the most likely for Gaussian misses (n,), each held back by its penalty (E,)."""
    found = np.zeros(design.shape[1])
    found[0] = np.log(np.sqrt((miss**2).mean()))
    for _ in range(steps):
        surprise = np.clip((miss / error_of(design, found)) ** 2, 0, 12)
        gradient = design.T @ (weight * (1 - surprise)) + penalty * found
        curvature = (design * (weight * (2 * surprise + 0.2))[:, None]).T @ design + np.diag(penalty)
        found = found - 0.5 * np.linalg.solve(curvature, gradient)
    return found
