"""Learn the combination of points, network and face mesh (models/fusion.npz), and judge it on people left out."""

from collections.abc import Mapping

import numpy as np

from calibration.estimator.dataset import folds_of
from calibration.estimator.ridge import (
    error_of,
    even_design,
    even_ridge,
    face_column,
    limited,
    log_error,
    robust,
)
from calibration.estimator.rows import Rows
from calibration.score import score
from posturecam.body import Array
from posturecam.knowledge import load
from posturecam.measures.estimator.fusion import KEYS, unlikeness

Weights = dict[str, Array]

STIFFNESS = 60.0
OF_KEY = (1.0, 0.6, 2.0, 0.1, 0.6, 0.1, 0.1, 0.2, 1.0, 1.0, 1.0)
"""Penalty of each key relative to STIFFNESS, chosen on people left out."""

FACE_STIFFNESS = 400.0
FOLDS = 6
WIDER, UNKNOWN_SPREAD = 1.5, 3.0
"""So many times wider than healthy people vary are those taken for whom the ± must hold; and what is taken of a measure
of which nobody has published how it varies."""

MOST_USUAL = 0.999
"""An error larger than this share of those learned from is of a photo unlike any of them."""

COVERAGE, HALF_WIDTH = 0.945, 1.96
"""Share of the photos that shall lie within so many standard errors."""

HEAD, HALF_KNEES, KNEES, TRUNK_BEND = (
    KEYS.index(key) for key in ("head_tilt", "knee_difference", "knee_mean", "trunk_bend")
)


def fit(rows: Rows) -> Weights:
    """Learn from some rows: odd weights, the head where there is a face, and the knees' common part."""
    odd, even, truth = (part.reshape(-1, part.shape[-1]) for part in (rows.odd, rows.even, rows.truth))
    weight = np.repeat(rows.weight, 2)
    mean, spread = even.mean(axis=0), even.std(axis=0) + 1e-6
    columns = [robust(odd, truth[:, row], STIFFNESS * part, weight) for row, part in enumerate(OF_KEY)]
    knee = even_ridge(even_design((even - mean) / spread), truth[:, KNEES], weight)
    found = np.stack(columns, axis=1)
    return {"odd": found, "face": _face(odd, truth, weight, found), "mu": mean, "sd": spread, "knee": knee}


def _face(odd: Array, truth: Array, weight: Array, found: Array) -> Array:
    """(104,) the head's tilt where there is a face: the mesh, and a small correction."""
    at = face_column(odd.shape[1])
    has = odd[:, at + 1] != 0
    if not has.any():
        return np.asarray(found[:, HEAD])
    face = robust(odd[has], truth[has, HEAD] - odd[has, at], FACE_STIFFNESS, weight[has])
    face[at] += 1.0
    return face


def answers(weights: Mapping[str, Array], odd: Array, even: Array) -> Array:
    """(n, 11) what the weights make of inputs (n, ...); the bends are answered for themselves, as they were learned."""
    said = odd @ weights["odd"]
    said[:, KNEES] = even_design((even - weights["mu"]) / weights["sd"]) @ weights["knee"]
    has = odd[:, face_column(odd.shape[1]) + 1] != 0
    said[has, HEAD] = odd[has] @ weights["face"]
    return np.asarray(said)


def left_out(rows: Rows, fold: Array) -> tuple[Array, Array]:
    """(n, 11) answers and (n, 34) scaled even inputs by a fusion that never saw the person."""
    said, usual = np.zeros(rows.truth[:, 0].shape), np.zeros(rows.even[:, 0].shape)
    for number in np.unique(fold):
        out = fold == number
        weights = fit(rows.of(~out))
        said[out] = answers(weights, rows.odd[out, 0], rows.even[out, 0])
        usual[out] = (rows.even[out, 0] - weights["mu"]) / weights["sd"]
    return said, usual


def gains(rows: Rows, said: Array) -> Array:
    """(2, 11) by how much the answers of front and back views are still too small on people left out."""
    out = np.ones((2, len(KEYS)))
    for number, view in enumerate((rows.front, ~rows.front)):
        for row in range(HALF_KNEES + 1):
            true, found = rows.truth[rows.judged & view, 0, row], said[rows.judged & view, row]
            by_mesh = row == HEAD and number == 0
            if not by_mesh and len(true) > 8 and (one := score(true, found)).r > 0.75:
                out[number, row] = np.clip(1 / one.slope, 0.95, 1.15)
    return out


def stretched(odd: Array, gain: Array) -> Array:
    """(104, 11) odd weights whose answers are multiplied by a gain for each view."""
    plain, by_view = np.split(odd, 2)
    front, back = (plain + by_view) * gain[0], (plain - by_view) * gain[1]
    return np.concatenate([(front + back) / 2, (front - back) / 2])


def knees_stretched(rows: Rows, said: Array) -> tuple[float, float]:
    """Centre of the knees' common part, and by how much its spread is still too small."""
    true, found = rows.truth[rows.judged, 0, KNEES], said[rows.judged, KNEES]
    slope = float(np.polyfit(true, found, 1)[0])
    return float(found.mean()), 1 / slope if slope > 1 / 1.2 else 1.2


def learn(rows: Rows) -> Weights:
    """Learn everything but the final widths, and print the errors on people left out."""
    fold = folds_of(rows.names, FOLDS, "fusion")
    said, usual = left_out(rows, fold)
    gain, (centre, stretch) = gains(rows, said), knees_stretched(rows, said)
    said *= np.where(rows.front[:, None], gain[0], gain[1])
    said[:, KNEES] = centre + stretch * (said[:, KNEES] - centre)
    said[:, TRUNK_BEND:] = said[:, [1, 0]] - said[:, [0, 2]]
    weights = fit(rows)
    knee = weights["knee"] * stretch
    knee[0] += centre * (1 - stretch)
    odd = stretched(weights["odd"], gain)
    known = usualness((rows.even[:, 0] - weights["mu"]) / weights["sd"])
    design = error_design(usual, known)
    told(rows, said, design, fold)
    error = errors(rows, said, design)
    most = np.quantile(np.array([error_of(design, of_key) for of_key in error]), MOST_USUAL, axis=1)
    fitted = {"odd": odd, "knee": knee, "error": error, "gain": gain, "widen": np.ones(len(KEYS)), "most": most}
    return weights | fitted | known


def error_design(usual: Array, known: Weights) -> Array:
    """(n, 1 + E + 1) what the error is learned from: a constant, the even inputs, how unlike the others a photo is."""
    unlike = unlikeness(limited(usual), known["precision"], float(known["usual"][0]))
    return np.column_stack([even_design(usual), unlike])


def errors(rows: Rows, said: Array, design: Array) -> Array:
    """(11, 36) weights of the log standard error, set so that COVERAGE of the photos lie within 1.96 of it."""
    out = []
    for row, spread in enumerate(spreads()):
        truth = rows.truth[:, 0, row]
        miss, weight = said[:, row] - truth, rows.weight * as_people_stand(truth, spread)
        found = log_error(design, miss, weight)
        ratio = np.abs(miss) / error_of(design, found)
        found[0] += np.log(weighted_quantile(ratio[rows.photo], weight[rows.photo], COVERAGE) / HALF_WIDTH)
        out.append(found)
    return np.array(out)


def spreads() -> Array:
    """(11,) by how much people vary, from norms.toml, WIDER times: in degrees or % as each of KEYS."""
    knowledge = load()
    named = {"knee_difference": "knee_angle_left", "knee_mean": "knee_angle_left"}
    return np.array([WIDER * (knowledge.norm(named.get(key, key)).sd or UNKNOWN_SPREAD) for key in KEYS])


def as_people_stand(truth: Array, spread: float) -> Array:
    """(n,) how much a render counts for the error: the renders are bent further than people stand.

    Of a pelvis tilted by 10° a part is missed that no living pelvis has; the ± is for those that have one. A twentieth
    of the weight stays, for the few who stand like that.
    """
    return np.asarray(0.05 + 0.95 * np.exp(-0.5 * (truth / spread) ** 2))


def weighted_quantile(values: Array, weight: Array, share: float) -> float:
    """Give the value below which that share of the weight lies; values and weight are (n,)."""
    order = np.argsort(values)
    part = np.cumsum(weight[order]) / weight.sum()
    return float(values[order][np.searchsorted(part, share)])


def usualness(usual: Array) -> Weights:
    """Say how far a photo may lie from those learned from: its precision matrix, and usual distances."""
    precision = np.linalg.inv(np.cov(usual.T) + 0.05 * np.eye(usual.shape[1]))
    far = limited(usual)
    distance = np.sqrt(np.einsum("ni,ij,nj->n", far, precision, far))
    return {"precision": precision, "usual": np.quantile(distance, [0.5, 0.99, 0.999])}


def told(rows: Rows, said: Array, design: Array, fold: Array) -> None:
    """Print the errors on people left out, the intervals learned without them."""
    miss = said - rows.truth[:, 0]
    for row, key in enumerate(KEYS):
        sem = np.zeros(len(said))
        for number in np.unique(fold):
            use = fold != number
            sem[~use] = error_of(design[~use], log_error(design[use], miss[use, row], rows.weight[use]))
        sem *= np.quantile((np.abs(miss[:, row]) / sem)[rows.photo], COVERAGE) / HALF_WIDTH
        for name, which in (("clinic", rows.judged), ("wide", rows.photo & rows.wide)):
            for view, of_view in (("front", rows.front), ("back", ~rows.front)):
                if (both := which & of_view).sum() > 2:
                    one = score(rows.truth[both, 0, row], said[both, row], sem[both])
                    figures = f"MAE {one.mae:.2f} bias {one.bias:+.2f} slope {one.slope:.2f} r {one.r:.3f}"
                    print(f"{key:16} {name:6} {view:5} n {one.n:3} {figures} coverage {one.coverage:.0%}")
