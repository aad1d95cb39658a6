"""Standing on one leg: how long on each, how level the pelvis stays, how much the body sways.

The stance leg is read from the feet's heights. All times are the frames' own. ``left`` always means standing ON the
left leg. Pelvis and trunk are compared with the same person's two-legged stand just before, so that a camera that is
not level, or an error that is always the same, does not count.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from posturecam.body import ORDER, Array, Landmark, Side, View
from posturecam.geometry import lean, subject_frame, tilt
from posturecam.live.seeing import Glimpse
from posturecam.standing import height_px, lift_pct, mid

SCHEMA = "posturecam/balance/1"
LIFT_PCT, DOWN_PCT = 2.0, 1.4
"""Lift-off and touch-down, % of the height from eyes to ankles: 3 cm and 2 cm in somebody of 1.70 m."""

MOST_S, MOST_TRIES = 45.0, 3
SHORTEST_S = 0.5
"""A foot lifted for less is a step, no try."""

STAND_S = 0.6
"""Time on both feet before a try; it tells what level is."""

_EDGE_S = 0.4
NOTABLE_S, NOTABLE_PART = 5.0, 0.2
AGE_MEANS_S = {
    "18 to 39": 45.1,
    "40 to 49": 42.1,
    "50 to 59": 41.2,
    "60 to 69": 32.1,
    "70 or over": 21.5,
}
"""Mean of the best of three tries with open eyes by age (Springer 2007, J Geriatr Phys Ther 30:8)."""

SAFETY = "Stand beside something firm to hold on to. Put the foot down whenever you like."


@dataclass(frozen=True, slots=True)
class Moment:
    """The body at one time: pelvis tilt and trunk lean (degrees, + = left), mid-hip (% of height), the feet's lift."""

    at_s: float
    lift: float
    hip_tilt: float
    trunk_lean: float
    hip: Array

    @staticmethod
    def of(glimpse: Glimpse) -> "Moment":
        """Measure a glimpse whose body is whole."""
        assert glimpse.points is not None  # noqa: S101  (the caller looked)
        view = glimpse.view if glimpse.view.frontal else View.FRONT
        body = subject_frame(glimpse.points, view)
        left, right = body[ORDER[Landmark.LEFT_HIP]], body[ORDER[Landmark.RIGHT_HIP]]
        hips = mid(body, "HIP")
        return Moment(
            glimpse.frame.at_s,
            lift_pct(glimpse.points),
            float(tilt(left, right)),
            float(lean(mid(body, "SHOULDER"), hips)),
            100.0 * hips / max(height_px(glimpse.points), 1.0),
        )


@dataclass(slots=True)
class Try:
    """One try on one leg; ``touch_down_s`` stays None when the pictures ended before the foot came down."""

    stance: Side
    lift_off_s: float
    level: tuple[float, float]
    moments: list[Moment] = field(default_factory=list)
    touch_down_s: float | None = None
    last_s: float = 0.0

    @property
    def seconds(self) -> float:
        """Time on one leg, at most 45 s."""
        return min(MOST_S, (self.last_s if self.touch_down_s is None else self.touch_down_s) - self.lift_off_s)

    @property
    def _quiet(self) -> list[Moment]:
        """Moments between lifting and putting down the foot."""
        inner = [
            one
            for one in self.moments
            if self.lift_off_s + _EDGE_S <= one.at_s <= self.lift_off_s + self.seconds - _EDGE_S
        ]
        return inner if len(inner) >= 3 else self.moments

    @property
    def pelvis_drop_deg(self) -> float:
        """How much the pelvis sank on the free side, against standing on both feet; + = the free side lower."""
        free_is_left = self.stance is Side.RIGHT
        change = float(np.mean([one.hip_tilt for one in self._quiet])) - self.level[0]
        return -change if free_is_left else change

    @property
    def trunk_lean_deg(self) -> float:
        """How much the trunk leans towards the stance side, against standing on both feet."""
        change = float(np.mean([one.trunk_lean for one in self._quiet])) - self.level[1]
        return change if self.stance is Side.LEFT else -change

    @property
    def sway_pct(self) -> float:
        """Standard deviation of the mid-hip in both directions together, % of height."""
        track = np.array([one.hip for one in self._quiet])
        return float(np.sqrt(track.var(axis=0).sum()))


class BalanceTest:
    """Reads tries from glimpses; give it every glimpse in which the body is whole."""

    def __init__(self, age_band: str | None = None) -> None:
        """Start with nobody standing."""
        self.age_band = age_band
        self.tries: list[Try] = []
        self.now: Try | None = None
        self._standing: deque[Moment] = deque()
        self._zero = 0.0

    def step(self, glimpse: Glimpse) -> None:
        """Take the next glimpse."""
        if glimpse.points is None or not glimpse.whole:
            return
        moment = Moment.of(glimpse)
        if self.now is None:
            self._watch_for_lift(moment)
        else:
            self._follow(self.now, moment)

    def finish(self) -> None:
        """End a try that the pictures did not see the end of."""
        if self.now is not None:
            self._keep(self.now)

    def of(self, stance: Side) -> list[Try]:
        """All tries on one leg, in order."""
        return [one for one in self.tries if one.stance is stance]

    @property
    def complete(self) -> bool:
        """Whether both legs have had their tries."""
        return all(self._enough(side) for side in (Side.LEFT, Side.RIGHT))

    def best(self, stance: Side) -> Try | None:
        """Give the longest try on one leg."""
        return max(self.of(stance), key=lambda one: one.seconds, default=None)

    def _enough(self, stance: Side) -> bool:
        tries = self.of(stance)
        return len(tries) >= MOST_TRIES or any(one.seconds >= MOST_S for one in tries)

    def _watch_for_lift(self, moment: Moment) -> None:
        lift = moment.lift - self._zero
        stood = bool(self._standing) and self._standing[-1].at_s - self._standing[0].at_s >= STAND_S - 0.05
        if abs(lift) < LIFT_PCT:
            self._stand(moment)
        elif stood:
            self._begin(Side.RIGHT if lift > 0 else Side.LEFT, moment)
        elif not self._standing:
            self._zero = moment.lift if abs(moment.lift) < 2 * LIFT_PCT else self._zero

    def _stand(self, moment: Moment) -> None:
        """Remember the last seconds on both feet; feet set apart in depth shift what counts as level."""
        self._standing.append(moment)
        while moment.at_s - self._standing[0].at_s > 2.0:
            self._standing.popleft()
        quiet = [one.lift for one in self._standing if one.at_s < moment.at_s - 0.3]
        if len(quiet) >= 3:
            self._zero = float(np.clip(np.median(quiet), -LIFT_PCT, LIFT_PCT))

    def _begin(self, stance: Side, moment: Moment) -> None:
        """Lift-off, if that leg still has a try to make."""
        if self._enough(stance):
            return
        before = [one for one in self._standing if one.at_s < moment.at_s - 0.2] or list(self._standing)
        level = (
            float(np.median([one.hip_tilt for one in before])),
            float(np.median([one.trunk_lean for one in before])),
        )
        self.now = Try(stance, moment.at_s, level, [moment], last_s=moment.at_s)
        self._standing.clear()

    def _follow(self, now: Try, moment: Moment) -> None:
        lift = (moment.lift - self._zero) * (1.0 if now.stance is Side.RIGHT else -1.0)
        now.last_s = moment.at_s
        if lift < DOWN_PCT or moment.at_s - now.lift_off_s >= MOST_S:
            now.touch_down_s = moment.at_s
            self._keep(now)
        else:
            now.moments.append(moment)

    def _keep(self, now: Try) -> None:
        if now.seconds >= SHORTEST_S:
            self.tries.append(now)
        self.now = None


def to_json(test: BalanceTest) -> dict[str, Any]:
    """Bring the test to plain JSON values; a leg without a try has null seconds."""
    legs = {side.value: _leg(test, side) for side in (Side.LEFT, Side.RIGHT)}
    left, right = (legs[side]["seconds"] for side in ("left", "right"))
    difference = None if left is None or right is None else left - right
    return {"schema": SCHEMA, **legs, "side_difference_s": difference, "notes": list(notes(test))}


def _leg(test: BalanceTest, stance: Side) -> dict[str, Any]:
    tries = test.of(stance)
    best = test.best(stance)
    rows = [{"lift_off_s": one.lift_off_s, "touch_down_s": one.touch_down_s} for one in tries]
    if best is None:
        names = ("pelvis_drop_deg", "trunk_lean_deg", "sway_pct_height")
        return {"seconds": None, "tries": rows, **dict.fromkeys(names)}
    return {
        "seconds": best.seconds,
        "tries": rows,
        "pelvis_drop_deg": best.pelvis_drop_deg,
        "trunk_lean_deg": best.trunk_lean_deg,
        "sway_pct_height": best.sway_pct,
    }


def notes(test: BalanceTest) -> tuple[str, ...]:
    """Say in sentences what the two legs' times mean beside each other, and beside the age's mean when it is known."""
    left, right = test.best(Side.LEFT), test.best(Side.RIGHT)
    told = [_difference(left, right), _against_age(test, left, right), _unfinished(test)]
    told.append(
        "The pose network sees only part of a small drop of the pelvis: read it within one person, side by side."
    )
    return tuple(one for one in told if one)


def _difference(left: Try | None, right: Try | None) -> str:
    if left is None or right is None:
        missing = [f"the {name} leg" for name, one in (("left", left), ("right", right)) if one is None]
        return f"No try was seen on {' or '.join(missing)}, so the sides cannot be compared."
    apart = abs(left.seconds - right.seconds)
    if apart > NOTABLE_S or apart > NOTABLE_PART * max(left.seconds, right.seconds):
        longer = "left" if left.seconds > right.seconds else "right"
        return f"You stood {apart:.1f} s longer on the {longer} leg: a notable difference. Try again on another day."
    return "Both legs held about equally long."


def _against_age(test: BalanceTest, left: Try | None, right: Try | None) -> str:
    mean = AGE_MEANS_S.get(test.age_band or "")
    best = max((one.seconds for one in (left, right) if one is not None), default=None)
    if mean is None or best is None:
        return ""
    return f"The best try took {best:.1f} s; people of {test.age_band} manage {mean:.0f} s on average (at most 45 s)."


def _unfinished(test: BalanceTest) -> str:
    if all(one.touch_down_s is not None for one in test.tries):
        return ""
    return "The pictures ended before the foot came down: that try lasted at least as long as stated."
