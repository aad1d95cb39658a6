"""The body's own lines on the mirrored picture: plumb line, head, shoulders, hips, trunk, and where noise ends."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from posturecam.body import ORDER, Array, Landmark, Side, View
from posturecam.body.geometry import subject_frame
from posturecam.knowledge import Knowledge
from posturecam.measures import MEASURES
from posturecam.measures.anatomy import ANKLES, EYES, HIPS, SHOULDERS
from posturecam.measures.measurement import Z95, Frame
from posturecam.picture.vertical import UNKNOWN_SIGMA_DEG
from posturecam.poses.standing import mid, standing_height_px
from posturecam.reports.drawing.canvas import Box, Canvas, Colour, Lettering
from posturecam.text.language import N_, _, number
from posturecam.text.language.sides import side_word


class OneEuro:
    """Smooths an array over time, element by element.

    least_hz   cut-off for something that stands still
    beta       how much the cut-off rises with speed, Hz per (unit of the values / s)
    """

    def __init__(self, least_hz: float = 1.2, beta: float = 0.03, speed_hz: float = 1.0) -> None:
        """Start without a past."""
        self._least_hz, self._beta, self._speed_hz = least_hz, beta, speed_hz
        self._value: Array | None = None
        self._speed: Array | None = None
        self._at_s = 0.0

    def __call__(self, value: Array, at_s: float) -> Array:
        """Give the smoothed value at a time; a gap of a second, or a time that steps back, starts anew."""
        step = at_s - self._at_s
        self._at_s = at_s
        if self._value is None or self._speed is None or not 0 < step < 1.0 or value.shape != self._value.shape:
            self._value, self._speed = value.copy(), np.zeros_like(value)
            return value
        self._speed = _mixed(self._speed, (value - self._value) / step, _share(np.array(self._speed_hz), step))
        self._value = _mixed(self._value, value, _share(self._least_hz + self._beta * np.abs(self._speed), step))
        return self._value


def _share(cutoff_hz: Array, step_s: float) -> Array:
    """Weight of the new value in a low-pass of that cut-off."""
    turn = 2 * np.pi * cutoff_hz * step_s
    return np.asarray(turn / (turn + 1.0))


def _mixed(old: Array, new: Array, share: Array) -> Array:
    fresh = np.where(np.isfinite(old), old, new)
    return np.asarray(fresh + share * (new - fresh))


CALM: Colour = (120, 200, 255)
OUT: Colour = (255, 158, 20)
"""Sky blue for what lies within the noise, orange (and thicker) for what does not: told apart by every eye."""

EYES_SEM_DEG = 2.0
"""Standard error of the eye line that the pose network alone sees: it reads half of a tilt, with 1.4° of scatter."""

BANNER_PART = 0.08
"""Part of the picture's height that belongs to the sentence on top; nothing is drawn through it."""

HEAD = N_("head")
"""What the eye line is called from behind, where no eyes are seen."""

TILTS: tuple[tuple[str, tuple[Landmark, Landmark], str, float], ...] = (
    ("head_tilt", EYES, N_("eyes"), 0.55),
    ("shoulder_tilt", SHOULDERS, N_("shoulders"), 0.85),
    ("hip_tilt", HIPS, N_("hips"), 0.75),
)
"""Tilted lines: the measure, its points, its name, half of its length in shoulder widths."""

_COMPUTE: dict[str, Callable[[Frame], Array]] = {measure.key: measure.compute for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class BodyLine:
    """One tilted line as it is now: degrees, half of the 95 % interval, and the words for it."""

    key: str
    value_deg: float
    noise_deg: float
    words: str
    out: bool

    @property
    def level(self) -> bool:
        """Whether level lies within the noise."""
        return abs(self.value_deg) <= self.noise_deg

    def said(self, name: str) -> tuple[str, str]:
        """Say it in two short lines: what, and how sure."""
        if self.level and not self.out:
            return f"{name} {number(abs(self.value_deg))}° ± {number(self.noise_deg)}°", _("level within the noise")
        rest = _("more than the noise") if self.out else _("may be usual")
        return self.words, f"± {number(self.noise_deg)}°, {rest}"


def lines_of(points: Array, view: View, knowledge: Knowledge) -> dict[str, BodyLine]:
    """Read the tilted lines and the trunk's lean from points (33, 2) of the unmirrored picture."""
    if not view.frontal:
        return {}
    frame = Frame(subject_frame(points, view)[None], view)
    return {key: _line(key, float(_COMPUTE[key](frame)[0]), view, knowledge) for key in (*_TILTED, "trunk_lean")}


_TILTED = tuple(row[0] for row in TILTS)


def _line(key: str, value: float, view: View, knowledge: Knowledge) -> BodyLine:
    by_eyes = key == "head_tilt" and view is View.FRONT  # the face mesh is for measuring only
    systematic = EYES_SEM_DEG if by_eyes else knowledge.landmark_error(key, view)
    noise = Z95 * float(np.hypot(systematic, UNKNOWN_SIGMA_DEG))
    norm = knowledge.norm(key)
    severity = norm.severity(value, value - noise, value + noise)
    out = severity not in ("neutral", "within_noise")
    return BodyLine(key, value, noise, norm.words(value, "mild"), out)


def draw_mirrored(canvas: Canvas, points: Array, view: View, knowledge: Knowledge, scale: float = 1.0) -> None:
    """Draw the lines of a body on its mirrored picture.

    points   (33, 2) pixels of the unmirrored picture
    scale    pixels of the canvas for each of the picture's
    """
    there = points * scale * [-1.0, 1.0] + [float(canvas.width), 0.0]
    MirrorLines(canvas, there, view).draw(lines_of(points, view, knowledge))


class MirrorLines:
    """Draws the lines of one body on a mirrored picture.

    points   (33, 2) in pixels of the mirrored picture, sides still the person's own
    """

    def __init__(self, canvas: Canvas, points: Array, view: View) -> None:
        """Take the canvas to draw on."""
        self.canvas, self.points, self.view = canvas, points, view
        self.left = np.array([1.0 if view is View.BACK else -1.0, 0.0])
        self.span = float(np.hypot(*(self._at(SHOULDERS[0]) - self._at(SHOULDERS[1]))))

    def draw(self, lines: dict[str, BodyLine]) -> None:
        """Draw everything, the quiet marks first."""
        self._plumb()
        if self.view.frontal:
            self._trunk(lines.get("trunk_lean"))
            for key, pair, name, reach in TILTS:
                shown = HEAD if self.view is View.BACK and pair is EYES else name
                self._tilt(lines[key], pair, _(shown), reach)
            self._sides()
        elif self.view is not View.OBLIQUE:
            self._profile()

    def _at(self, landmark: Landmark) -> Array:
        return np.asarray(self.points[ORDER[landmark]])

    def _plumb(self) -> None:
        near = {View.LEFT: ANKLES[0], View.RIGHT: ANKLES[1]}.get(self.view)
        footer = mid(self.points, "ANKLE") if near is None else self._at(near)
        top = footer - [0.0, 1.13 * standing_height_px(self.points)]
        top[1] = max(top[1], BANNER_PART * self.canvas.height)
        line = np.array([footer + [0.0, 0.02 * self.canvas.height], top])
        self.canvas.path(line, self.canvas.theme.reference, 0.5)

    def _trunk(self, lean: BodyLine | None) -> None:
        path = np.array([mid(self.points, part) for part in ("HIP", "SHOULDER", "EAR")])
        out = lean is not None and lean.out
        self.canvas.path(path, OUT if out else CALM, 1.8 if out else 1.1)

    def _tilt(self, line: BodyLine, pair: tuple[Landmark, Landmark], name: str, reach: float) -> None:
        middle = (self._at(pair[0]) + self._at(pair[1])) / 2
        half = reach * self.span
        self._band(middle, half, line.noise_deg)
        along = half * self._direction(line.value_deg)
        self.canvas.path(
            np.array([middle - along, middle + along]), OUT if line.out else CALM, 2.0 if line.out else 1.2
        )
        for landmark in pair:
            self.canvas.dot(self._at(landmark), self.canvas.theme.reference, 1.5)
        self._label(middle + [half * 1.06, 0.0], line, name)

    def _direction(self, angle_deg: float) -> Array:
        """Give the unit vector towards the person's left end of a line tilted by so much."""
        angle = np.radians(angle_deg)
        return np.asarray(np.cos(angle) * self.left + np.sin(angle) * np.array([0.0, -1.0]))

    def _band(self, middle: Array, half: float, noise_deg: float) -> None:
        """Shade where a line is level within the noise."""
        for sign in (1.0, -1.0):
            ends = [middle + sign * half * self._direction(angle) for angle in (noise_deg, -noise_deg)]
            self.canvas.wedge(np.array([middle, *ends]), self.canvas.theme.reference, 0.36)

    def _label(self, at: Array, line: BodyLine, name: str) -> None:
        """Write two short lines on a plate beside the right end of a line: what, and how much ± its noise."""
        canvas = self.canvas
        size = 1.15 * canvas.text_px
        big, small = Lettering(size, 600), Lettering(0.92 * size, 400)
        first, second = line.said(name)
        gap = 0.5 * size
        width = max(big.width(first), small.width(second)) + 2 * gap
        left = float(np.clip(at[0], 0.0, max(0.0, canvas.width - width)))
        pushed = left < float(at[0]) - gap  # a narrow picture: below the line, so that its end stays to be seen
        top = max(float(at[1]) + (0.7 * size if pushed else -1.4 * size), BANNER_PART * canvas.height)
        canvas.plate(Box(left, top, left + width, top + 2.9 * size))
        canvas.text((left + gap, top + 1.25 * size), first, OUT if line.out else canvas.theme.ink, big)
        canvas.text((left + gap, top + 2.4 * size), second, canvas.theme.faint_ink, small)

    def _sides(self) -> None:
        """Write the person's own left and right beside the feet."""
        lettering = Lettering(self.canvas.text_px, 600)
        for side, ankle, sign in ((Side.LEFT, ANKLES[0], 1.0), (Side.RIGHT, ANKLES[1], -1.0)):
            spot = self._at(ankle) + sign * 0.45 * self.span * self.left
            width = lettering.width(_("your {side}", side=side_word(side)))
            x, y = float(spot[0]) - width / 2, float(spot[1])
            pad = 0.4 * self.canvas.text_px
            self.canvas.plate(Box(x - pad, y - 1.1 * self.canvas.text_px, x + width + pad, y + pad))
            self.canvas.text((x, y), _("your {side}", side=side_word(side)), self.canvas.theme.ink, lettering)

    def _profile(self) -> None:
        """Draw the near side's own line from ear to ankle."""
        side = self.view.value
        path = np.array([self._at(Landmark(f"{side}_{part}")) for part in ("ear", "shoulder", "hip", "knee", "ankle")])
        self.canvas.path(path, CALM, 1.3)
        for spot in path:
            self.canvas.dot(spot, self.canvas.theme.reference, 1.5)
