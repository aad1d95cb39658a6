"""From the direction of the chest to the view: front, back, left side, right side, or half-way between."""

import numpy as np

from posturecam.body import View
from posturecam.geometry import wrap

FACING_DEG = {View.FRONT: 0.0, View.BACK: 180.0, View.LEFT: -90.0, View.RIGHT: 90.0}
"""Where the chest points in each view: 0 = to the camera, −90 = the camera sees the left side."""

HALF_WIDTH_DEG = {View.FRONT: 30.0, View.BACK: 35.0, View.LEFT: 35.0, View.RIGHT: 35.0}
"""How far out of a view a body may be turned and still be called by it."""


def view_of(facing_deg: float) -> View:
    """Name the view of a body whose chest points that way."""
    for view, direction in FACING_DEG.items():
        if abs(float(wrap(np.array(facing_deg - direction)))) <= HALF_WIDTH_DEG[view]:
            return view
    return View.OBLIQUE
