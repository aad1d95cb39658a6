"""A measured body on a canvas: where its points lie, which way gravity points, where its own left is."""

import numpy as np

from posturecam.body import ORDER, VISIBLE, Array, Landmark, Name, Side, View
from posturecam.body.geometry import rotate
from posturecam.measures.anatomy import ANKLES, EARS, HIPS, KNEES, SHOULDERS
from posturecam.measures.measurement import Measurement
from posturecam.pipeline.assessment import Assessment
from posturecam.poses.cautions import Caution
from posturecam.reports.drawing.canvas import Canvas, Colour
from posturecam.reports.report_options import PLAIN, Labels, OverlayOptions
from posturecam.text.labels import stands_out

_NEAR = ("ear", "shoulder", "hip", "knee", "ankle")


def _hidden(assessment: Assessment) -> list[int]:
    """Rows of the legs' points at which nothing is drawn: where a leg ends, and knees under a long skirt."""
    cautions, seen = assessment.stance.cautions, assessment.pose.visibility
    legs = [
        ORDER[Landmark[f"{side}_{part}"]]
        for side in ("LEFT", "RIGHT")
        for part in ("KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
    ]
    gone = [row for row in legs if seen[row] < VISIBLE] if Caution.LIMB_HIDDEN in cautions else []
    return gone + ([ORDER[knee] for knee in KNEES] if Caution.LONG_SKIRT in cautions else [])


class Scene:
    """The canvas, the body's points in its pixels, and two directions.

    up       (2,) against gravity
    left     (2,) level, towards the subject's own left; in side views towards where the subject faces
    options  what is drawn beside the measured lines
    """

    def __init__(self, canvas: Canvas, assessment: Assessment, scale: float, options: OverlayOptions = PLAIN) -> None:
        """Bring the points to the canvas; ``scale`` = canvas pixels per pixel of the full photo."""
        self.canvas = canvas
        self.scale = scale
        self.options = options
        self.assessment = assessment
        self.view = assessment.pose.view
        self.points = assessment.pose.mean * scale
        self.points[_hidden(assessment)] = np.nan
        self.placed: dict[Name, Array] = {point.name: point.at * scale for point in assessment.placed}
        self.taken = {measurement.key: measurement for measurement in assessment.measurements}
        roll = assessment.vertical.roll_deg
        to_left = -1.0 if self.view in (View.BACK, View.LEFT) else 1.0
        self.up = rotate(np.array([0.0, -1.0]), roll)
        self.left = rotate(np.array([to_left, 0.0]), roll)
        if self.view.frontal:
            self._lay_on_lines()
        else:
            self._lay_on_plumb()

    def _lay_on_lines(self) -> None:
        """Lay shoulders and hips on the tilt that was measured: the network's own points lie nearer to level."""
        for key, pair in (("shoulder_tilt", SHOULDERS), ("hip_tilt", HIPS)):
            if key not in self.taken or not self.seen(*(self[point] for point in pair)):
                continue
            middle, half = self.mid(pair), float(np.hypot(*(self[pair[0]] - self[pair[1]]))) / 2
            angle = np.radians(self.taken[key].value)
            along = (np.cos(angle) * self.left + np.sin(angle) * self.up) * half
            self.points[ORDER[pair[0]]], self.points[ORDER[pair[1]]] = middle + along, middle - along

    def _lay_on_plumb(self) -> None:
        """Lay the near side's points as far before the ankle as was measured: the network's own are not the joints."""
        ankle, eye = (self[Landmark(f"{self.near}_{name}")] for name in ("ankle", "eye"))
        height = float((eye - ankle) @ self.up)
        for name in ("ear", "shoulder", "hip", "knee"):
            key, row = f"{name}_plumb_pct", ORDER[Landmark(f"{self.near}_{name}")]
            if key in self.taken and np.isfinite(height):
                level = float((self.points[row] - ankle) @ self.up)
                self.points[row] = ankle + level * self.up + self.taken[key].value / 100.0 * height * self.left

    def __getitem__(self, name: Name) -> Array:
        """(2,) where a point was placed, or where a landmark lies; NaN when it was not found."""
        if name in self.placed:
            return self.placed[name]
        return np.asarray(self.points[ORDER[name]] if isinstance(name, Landmark) else np.full(2, np.nan))

    def mid(self, pair: tuple[Name, Name]) -> Array:
        """(2,) half-way between two points."""
        return np.asarray((self[pair[0]] + self[pair[1]]) / 2)

    def seen(self, *spots: Array) -> bool:
        """Whether all spots were found and lie in the photo."""
        size = np.array(self.assessment.pose.size_px) * self.scale
        return all(bool(np.isfinite(at).all() and (at >= 0).all() and (at <= size).all()) for at in spots)

    @property
    def span(self) -> float:
        """Width of the shoulders, or what stands for it when they were not found, pixels."""
        width = float(np.hypot(*(self[SHOULDERS[0]] - self[SHOULDERS[1]])))
        return width if np.isfinite(width) and self.view.frontal else 0.2 * self.height

    @property
    def height(self) -> float:
        """Extent of the found points from top to bottom, pixels."""
        down = self.points.T[1]
        down = down[np.isfinite(down)]
        return float(np.ptp(down)) if down.size else float(self.canvas.height)

    @property
    def foot(self) -> Array:
        """(2,) where the plumb line starts: between the ankles, in side views the near ankle."""
        if self.view.frontal:
            return self.mid(ANKLES)
        return self[ANKLES[0] if self.near is Side.LEFT else ANKLES[1]]

    @property
    def near(self) -> Side:
        """The side that a side view shows."""
        return Side.LEFT if self.view is View.LEFT else Side.RIGHT

    def at_left(self, spot: Array) -> bool:
        """Whether a spot lies at the picture's left of the body's middle."""
        return self.beside(spot) < 0

    def stands_left(self, side: Side) -> bool:
        """Whether a side of the subject's is at the picture's left, in front and back views."""
        return bool(self.left[0] < 0) == (side is Side.LEFT)

    def beside(self, spot: Array) -> float:
        """How far a spot lies beside the body's middle at its height, pixels; < 0: at the picture's left."""
        middles = self.own_line
        if not len(middles):
            return float(spot[0] - np.nanmean(self.points.T[0]))
        order = np.argsort(middles[:, 1])
        return float(spot[0] - np.interp(spot[1], middles[order, 1], middles[order, 0]))

    @property
    def own_line(self) -> Array:
        """(n, 2) the body's middle from ears to ankles, in side views its near points, as far as they were found."""
        if self.view.frontal:
            spots = [self.mid(pair) for pair in (EARS, SHOULDERS, HIPS, ANKLES)]
        else:
            spots = [self[Landmark(f"{self.near}_{name}")] for name in _NEAR]
        return np.array([spot for spot in spots if self.seen(spot)]).reshape(-1, 2)

    def tells(self, measurement: Measurement) -> bool:
        """Whether a measurement is drawn and named: it stands out, or all are asked for."""
        return self.options.labels is Labels.ALL or stands_out(measurement)

    def colour(self, measurement: Measurement) -> Colour:
        """Give the colour of a severity; line widths and words say the same."""
        theme = self.canvas.theme
        colours = {"mild": theme.mild, "moderate": theme.strong, "marked": theme.strong}
        return colours.get(measurement.severity, theme.calm)
