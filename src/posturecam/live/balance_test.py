"""Standing on one leg: how long on each, how level the pelvis stays, how much the body sways.

The stance leg is read from the feet's heights. All times are the frames' own. ``left`` always means standing ON the
left leg. Pelvis and trunk are compared with the same person's two-legged stand just before, so that a camera that is
not level, or an error that is always the same, does not count. While the film runs they follow the network's film
mode, which reads a picture and its mirror image up to 3° apart in the pelvis; of the best tries they are measured again
on single pictures and their mirror images, which together have no such lean to one side. The estimator has learned
from people on both feet, so it has no say here.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from posturecam.body import ORDER, Array, Landmark, Side, View
from posturecam.body.geometry import lean, subject_frame, tilt
from posturecam.errors import NobodyFound
from posturecam.knowledge import Knowledge
from posturecam.live.frame_detection import FrameDetection
from posturecam.measures.balance import LEGS, MOST_S, SCHEMA, Balance, Leg, Legs, balance_of, comparable
from posturecam.picture.camera import TimedFrame
from posturecam.picture.photo import from_pixels
from posturecam.poses.detection import FinderOptions, PoseFinder
from posturecam.poses.standing import lift_pct, mid, spaced, standing_height_px
from posturecam.storage.facts_json import told_notes
from posturecam.text.language import N_

MOST_FRAMES = 6
"""Pictures kept at most."""

EVERY_S, RECENT_S = 0.4, 2.0
"""First distance between pictures, and how far back the recent ones reach."""


@dataclass(slots=True)
class FrameBuffer:
    """Keeps pictures at equal distances; when it is full, every second one goes and the distance doubles."""

    frames: list[TimedFrame] = field(default_factory=list)
    every_s: float = EVERY_S

    def add(self, frame: TimedFrame) -> None:
        """Take a picture when its time has come."""
        if self.frames and frame.at_s - self.frames[-1].at_s < self.every_s:
            return
        self.frames.append(frame)
        if len(self.frames) > MOST_FRAMES:
            self.frames = self.frames[::2]
            self.every_s *= 2.0


def keep_recent(frames: deque[TimedFrame], frame: TimedFrame) -> None:
    """Keep the pictures of the last seconds, a few of them."""
    if not frames or frame.at_s - frames[-1].at_s >= EVERY_S:
        frames.append(frame)
    while frame.at_s - frames[0].at_s > RECENT_S:
        frames.popleft()


LIFT_PCT, DOWN_PCT = 2.0, 1.4
"""Lift-off and touch-down, % of the height from eyes to ankles: 3 cm and 2 cm in somebody of 1.70 m."""

MOST_TRIES = 3
SHORTEST_S = 0.5
"""A foot lifted for less is a step, no try."""

STAND_S = 0.6
"""Time on both feet before a try; it tells what level is."""

_EDGE_S, _BEFORE_S = 0.4, 0.2
SAFETY = N_("Stand beside something firm to hold on to. Put the foot down whenever you like.")


@dataclass(frozen=True, slots=True)
class Moment:
    """The body at one time: pelvis tilt and trunk lean (degrees, + = left), mid-hip (% of height), the feet's lift."""

    at_s: float
    lift: float
    hip_tilt: float
    trunk_lean: float
    hip: Array

    @staticmethod
    def of(detection: FrameDetection) -> "Moment":
        """Measure a detection whose body is whole."""
        view = detection.view if detection.view.frontal else View.FRONT
        body = subject_frame(detection.body, view)
        left, right = body[ORDER[Landmark.LEFT_HIP]], body[ORDER[Landmark.RIGHT_HIP]]
        hips = mid(body, "HIP")
        return Moment(
            detection.frame.at_s,
            lift_pct(detection.body),
            float(tilt(left, right)),
            float(lean(mid(body, "SHOULDER"), hips)),
            100.0 * hips / max(standing_height_px(detection.body), 1.0),
        )


@dataclass(slots=True)
class Attempt:
    """One try on one leg; ``touch_down_s`` stays None when the pictures ended before the foot came down.

    before, album   a few pictures of the stand on both feet before it, and of the try itself
    measured_deg    change of pelvis tilt and trunk lean as measured on them; + = left
    """

    stance: Side
    lift_off_s: float
    level: tuple[float, float]
    moments: list[Moment] = field(default_factory=list)
    touch_down_s: float | None = None
    last_s: float = 0.0
    view: View = View.FRONT
    before: tuple[TimedFrame, ...] = ()
    frame_buffer: FrameBuffer = field(default_factory=FrameBuffer)
    measured_deg: tuple[float, float] | None = None

    @property
    def seconds(self) -> float:
        """Time on one leg, at most 45 s."""
        return min(MOST_S, (self.last_s if self.touch_down_s is None else self.touch_down_s) - self.lift_off_s)

    def is_quiet(self, at_s: float) -> bool:
        """Whether a time lies between lifting and putting down the foot, and away from both."""
        return self.lift_off_s + _EDGE_S <= at_s <= self.lift_off_s + self.seconds - _EDGE_S

    @property
    def _quiet(self) -> list[Moment]:
        inner = [moment for moment in self.moments if self.is_quiet(moment.at_s)]
        return inner if len(inner) >= 3 else self.moments

    @property
    def followed_deg(self) -> tuple[float, float]:
        """Change of pelvis tilt and trunk lean against standing on both feet as the film mode saw it; + = left."""
        tilts, leans = (
            np.mean([getattr(moment, name) for moment in self._quiet]) for name in ("hip_tilt", "trunk_lean")
        )
        return float(tilts) - self.level[0], float(leans) - self.level[1]

    @property
    def pelvis_drop_deg(self) -> float:
        """How much the pelvis sank on the free side, against standing on both feet; + = the free side lower."""
        return self._towards_stance((self.measured_deg or self.followed_deg)[0])

    @property
    def trunk_lean_deg(self) -> float:
        """How much the trunk leans towards the stance side, against standing on both feet."""
        return self._towards_stance((self.measured_deg or self.followed_deg)[1])

    def _towards_stance(self, change: float) -> float:
        return change if self.stance is Side.LEFT else -change

    @property
    def sway_pct(self) -> float:
        """Standard deviation of the mid-hip in both directions together, % of height."""
        track = np.array([moment.hip for moment in self._quiet])
        return float(np.sqrt(track.var(axis=0).sum()))


class BalanceTest:
    """Reads tries from detections; give it every detection in which the body is whole."""

    def __init__(self, age_band: str | None = None) -> None:
        """Start with nobody standing."""
        self.age_band = age_band
        self.tries: list[Attempt] = []
        self.now: Attempt | None = None
        self._standing: deque[Moment] = deque()
        self._pictures: deque[TimedFrame] = deque()
        self._zero = 0.0

    def step(self, detection: FrameDetection) -> None:
        """Take the next detection."""
        if detection.points is None or not detection.whole:
            return
        moment = Moment.of(detection)
        if self.now is None and not detection.view.frontal:
            self._standing.clear()  # from the side the far foot looks higher
        elif self.now is None:
            self._watch_for_lift(moment, detection)
        else:
            self.now.frame_buffer.add(detection.frame)
            self._follow(self.now, moment)

    def finish(self) -> None:
        """End a try that the pictures did not see the end of."""
        if self.now is not None:
            self._keep(self.now)

    def of(self, stance: Side) -> list[Attempt]:
        """All tries on one leg, in order."""
        return [attempt for attempt in self.tries if attempt.stance is stance]

    @property
    def complete(self) -> bool:
        """Whether both legs have had their tries."""
        return all(self._enough(side) for side in LEGS)

    def best(self, stance: Side) -> Attempt | None:
        """Give the longest try on one leg."""
        return max(self.of(stance), key=lambda attempt: attempt.seconds, default=None)

    def _enough(self, stance: Side) -> bool:
        tries = self.of(stance)
        return len(tries) >= MOST_TRIES or any(attempt.seconds >= MOST_S for attempt in tries)

    def _watch_for_lift(self, moment: Moment, detection: FrameDetection) -> None:
        lift = moment.lift - self._zero
        stood = bool(self._standing) and self._standing[-1].at_s - self._standing[0].at_s >= STAND_S - 0.05
        if abs(lift) < LIFT_PCT:
            self._stand(moment)
            keep_recent(self._pictures, detection.frame)
        elif stood:
            self._begin(Side.RIGHT if lift > 0 else Side.LEFT, moment, detection.view)
        elif not self._standing:
            self._zero = moment.lift if abs(moment.lift) < 2 * LIFT_PCT else self._zero

    def _stand(self, moment: Moment) -> None:
        """Remember the last seconds on both feet; feet set apart in depth shift what counts as level."""
        self._standing.append(moment)
        while moment.at_s - self._standing[0].at_s > 2.0:
            self._standing.popleft()
        quiet = [stood.lift for stood in self._standing if stood.at_s < moment.at_s - 0.3]
        if len(quiet) >= 3:
            self._zero = float(np.clip(np.median(quiet), -LIFT_PCT, LIFT_PCT))

    def _begin(self, stance: Side, moment: Moment, view: View) -> None:
        """Lift-off, if that leg still has a try to make."""
        if self._enough(stance):
            return
        before = [stood for stood in self._standing if stood.at_s < moment.at_s - _BEFORE_S] or list(self._standing)
        level = (
            float(np.median([moment.hip_tilt for moment in before])),
            float(np.median([moment.trunk_lean for moment in before])),
        )
        pictures = tuple(picture for picture in self._pictures if picture.at_s < moment.at_s - _BEFORE_S)
        self.now = Attempt(stance, moment.at_s, level, [moment], last_s=moment.at_s, view=view, before=pictures)
        self._standing.clear()
        self._pictures.clear()

    def _follow(self, now: Attempt, moment: Moment) -> None:
        lift = (moment.lift - self._zero) * (1.0 if now.stance is Side.RIGHT else -1.0)
        now.last_s = moment.at_s
        if lift < DOWN_PCT or moment.at_s - now.lift_off_s >= MOST_S:
            now.touch_down_s = moment.at_s
            self._keep(now)
        else:
            now.moments.append(moment)

    def _keep(self, now: Attempt) -> None:
        if now.seconds >= SHORTEST_S:
            self.tries.append(now)
            for attempt in self.of(now.stance):
                if attempt is not self.best(now.stance):
                    attempt.before, attempt.frame_buffer = (), FrameBuffer()
        self.now = None


def legs_of(test: BalanceTest) -> Legs:
    """Give each leg's best try."""
    return {side: _leg(best, test.of(side)) for side in LEGS if (best := test.best(side)) is not None}


def _leg(best: Attempt, tries: list[Attempt]) -> Leg:
    drops, leans = zip(*(attempt.followed_deg for attempt in tries), strict=True)
    spreads, complete = (_between(drops), _between(leans)), best.touch_down_s is not None
    return Leg(best.seconds, complete, best.pelvis_drop_deg, best.trunk_lean_deg, best.sway_pct, spreads)


def _between(values: Sequence[float]) -> float:
    """Give the standard deviation from try to try; 0 of a single one."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def balance_measured(test: BalanceTest, knowledge: Knowledge) -> Balance:
    """Give the test's measurements and sentences."""
    return balance_of(legs_of(test), knowledge, test.age_band)


def balance_json(test: BalanceTest, knowledge: Knowledge) -> dict[str, Any]:
    """Bring the test to plain JSON values; a leg without a try has null seconds.

    The difference is null where it is not known which leg stood longer.
    """
    legs = legs_of(test)
    rows = {side.value: _leg_json(test, side) for side in LEGS}
    difference = legs[Side.LEFT].seconds - legs[Side.RIGHT].seconds if comparable(legs) else None
    told = balance_measured(test, knowledge)
    return {"schema": SCHEMA, **rows, "side_difference_s": difference, **told_notes(told.notes)}


def _leg_json(test: BalanceTest, stance: Side) -> dict[str, Any]:
    best = test.best(stance)
    rows = [{"lift_off_s": attempt.lift_off_s, "touch_down_s": attempt.touch_down_s} for attempt in test.of(stance)]
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


PASSES = 2
"""A picture and its mirror image."""

PICTURES = 3
"""Pictures of each way of standing."""


def measure_again(test: BalanceTest, finder: PoseFinder) -> None:
    """Measure the best try on each leg; where too little of it was kept, what the film mode saw stays."""
    for side in LEGS:
        best = test.best(side)
        if best is not None:
            best.measured_deg = _change(best, finder)


def _change(attempt: Attempt, finder: PoseFinder) -> tuple[float, float] | None:
    """Give the change of pelvis tilt and trunk lean from both feet to one, degrees, + = left."""
    on_one = [frame for frame in attempt.frame_buffer.frames if attempt.is_quiet(frame.at_s)]
    before, during = (_mean_angles(frames, attempt.view, finder) for frames in (attempt.before, on_one))
    if before is None or during is None:
        return None
    return during[0] - before[0], during[1] - before[1]


def _mean_angles(frames: Sequence[TimedFrame], view: View, finder: PoseFinder) -> tuple[float, float] | None:
    """Give the mean pelvis tilt and trunk lean over pictures spread evenly over these; None when nobody is seen."""
    chosen = spaced(0, len(frames) - 1, PICTURES) if frames else []
    found = [angles for number in chosen if (angles := _angles(frames[number], view, finder)) is not None]
    if not found:
        return None
    tilts, leans = np.mean(found, axis=0)
    return float(tilts), float(leans)


def _angles(frame: TimedFrame, view: View, finder: PoseFinder) -> tuple[float, float] | None:
    try:
        pose = finder.find(from_pixels(frame.pixels, "balance"), FinderOptions(PASSES, view=view, as_it_is=True)).pose
    except NobodyFound:
        return None
    body = subject_frame(pose.points, view)
    hips = [body[:, ORDER[Landmark[f"{side.name}_HIP"]]] for side in LEGS]
    return float(tilt(*hips).mean()), float(lean(mid(body, "SHOULDER"), mid(body, "HIP")).mean())
