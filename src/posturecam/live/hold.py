"""Standing still leads to a measurement: hold, countdown, capture. Times are the frames' own."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from posturecam.body import Array
from posturecam.body.geometry import wrap
from posturecam.live.seeing import Glimpse
from posturecam.picture.camera import TimedFrame
from posturecam.poses.standing import STILL_PCT, motion_pct, spaced


class Phase(StrEnum):
    """Where the way to a measurement has got to."""

    CHECKS = "checks"
    HOLD = "hold"
    COUNTDOWN = "countdown"
    CAPTURE = "capture"
    MEASURE = "measure"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Timing:
    """How long each phase takes, seconds.

    ``least_s`` is what of a capture must be there when the person moves before its end. With ``hold_counts`` the
    pictures of the hold belong to the capture: a film cannot be told to stand still a little longer.
    """

    hold_s: float = 2.0
    countdown_s: float = 3.0
    capture_s: float = 3.0
    least_s: float = 2.0
    hold_counts: bool = False


FILM_TIMING = Timing(hold_s=1.0, countdown_s=0.0, capture_s=3.0, least_s=0.8, hold_counts=True)

MOVED_PCT, TURNED_DEG = 2.0, 12.0
"""A body this far from where it stood (root mean square of its steady points, % of height), or turned so far, moved."""

_KEEP_EVERY_S = 0.15
_BEFORE_MOVING_S = 0.3
_SHORT_HOLD_S = 0.3


@dataclass(slots=True)
class _Moment:
    """One glimpse of the hold; its picture is kept only now and then."""

    at_s: float
    points: Array
    facing_deg: float
    frame: TimedFrame | None


class Hold:
    """Follows one person through the phases; ``step`` takes every glimpse and gives the phase after it."""

    def __init__(self, timing: Timing) -> None:
        """Wait for somebody to stand still."""
        self.timing = timing
        self.phase = Phase.CHECKS
        self.by_hand = False
        self._held: deque[_Moment] = deque()
        self._began_s = 0.0
        self._last_kept_s = -1e9

    def start_by_hand(self) -> None:
        """Count down now, whatever the checks say."""
        if self.phase in (Phase.CHECKS, Phase.HOLD, Phase.DONE) and self._held:
            self.by_hand = True
            self._enter(Phase.COUNTDOWN, self._held[-1].at_s)

    def again(self) -> None:
        """Be ready for the next measurement."""
        self.by_hand = False
        self._forget()
        self.phase = Phase.CHECKS

    @property
    def frames(self) -> tuple[TimedFrame, ...]:
        """The pictures kept of the capture, in order; at most what is measured, evenly spaced."""
        kept = [one.frame for one in self._held if one.frame is not None]
        return tuple(kept)

    def chosen(self, count: int) -> tuple[TimedFrame, ...]:
        """At most ``count`` pictures of the capture, evenly spaced."""
        kept = self.frames
        return tuple(kept[number] for number in spaced(0, len(kept) - 1, count)) if kept else ()

    def progress(self, at_s: float) -> float:
        """How much of the phase is over, 0...1."""
        length = {
            Phase.HOLD: self.timing.hold_s,
            Phase.COUNTDOWN: self.timing.countdown_s,
            Phase.CAPTURE: self.timing.capture_s,
        }.get(self.phase, 0.0)
        return float(np.clip((at_s - self._began_s) / length, 0.0, 1.0)) if length else 0.0

    def left_s(self, at_s: float) -> float:
        """Seconds left of the countdown."""
        return max(0.0, self.timing.countdown_s - (at_s - self._began_s))

    def step(self, glimpse: Glimpse, *, ready: bool) -> Phase:
        """Take the next glimpse."""
        if glimpse.points is None:
            self._lost()
            return self.phase
        moment = self._moment(glimpse)
        moved = self._moved(moment)
        if self.phase is Phase.DONE:
            self._wait_for_motion(moment, moved=moved)
        elif self.phase is Phase.CAPTURE:
            self._capture(moment, stop=moved or not (ready or self.by_hand))
        elif self.phase is Phase.COUNTDOWN:
            self._count_down(moment, stop=not self.by_hand and (moved or not ready))
        elif self.phase is not Phase.MEASURE:
            self._hold(moment, ready=ready)
        return self.phase

    def finish(self) -> Phase:
        """End with the pictures: what was captured is taken when it is enough."""
        if self.phase is Phase.CAPTURE and self._length_s() >= self.timing.least_s:
            self.phase = Phase.MEASURE
        return self.phase

    def done(self) -> None:
        """Wait until the person moves: the measurement was made."""
        for one in self._held:
            one.frame = None
        self.phase = Phase.DONE

    def _enter(self, phase: Phase, at_s: float) -> None:
        self.phase, self._began_s = phase, at_s

    def _forget(self) -> None:
        self._held.clear()
        self._last_kept_s = -1e9

    def _lost(self) -> None:
        """Nobody is seen any more."""
        if self.finish() is not Phase.MEASURE:
            self.again()

    def _moment(self, glimpse: Glimpse) -> _Moment:
        assert glimpse.points is not None  # noqa: S101  (the caller looked)
        at_s = glimpse.frame.at_s
        wanted = self.phase is Phase.CAPTURE or (self.timing.hold_counts and self.phase in (Phase.CHECKS, Phase.HOLD))
        keep = wanted and at_s - self._last_kept_s >= _KEEP_EVERY_S
        self._last_kept_s = at_s if keep else self._last_kept_s
        return _Moment(at_s, glimpse.points, glimpse.facing_deg, glimpse.frame if keep else None)

    def _moved(self, moment: _Moment) -> bool:
        """Whether this moment's body is somewhere else than the held ones'."""
        if len(self._held) < 3:
            return False
        stood = np.median([one.points for one in self._held], axis=0)
        facing = self._held[len(self._held) // 2].facing_deg
        if abs(float(wrap(np.array(moment.facing_deg - facing)))) > TURNED_DEG:
            return True
        return motion_pct(np.stack([stood, moment.points])) * 2.0 > MOVED_PCT

    def _hold(self, moment: _Moment, *, ready: bool) -> None:
        moved = self._moved(moment)
        self._held.append(moment)
        if not ready or moved or not self._still():
            self._restart(moment)
            return
        held_s = self._length_s()
        if held_s >= _SHORT_HOLD_S and self.phase is Phase.CHECKS:
            self._enter(Phase.HOLD, self._held[0].at_s)
        if held_s >= self.timing.hold_s - 1e-6:
            self._after_hold(moment)

    def _restart(self, moment: _Moment) -> None:
        self._forget()
        self._held.append(moment)
        self._enter(Phase.CHECKS, moment.at_s)

    def _after_hold(self, moment: _Moment) -> None:
        if self.timing.countdown_s > 0:
            self._enter(Phase.COUNTDOWN, moment.at_s)
        else:
            self._enter(Phase.CAPTURE, self._held[0].at_s if self.timing.hold_counts else moment.at_s)

    def _still(self) -> bool:
        return len(self._held) < 3 or motion_pct(np.stack([one.points for one in self._held])) <= STILL_PCT

    def _count_down(self, moment: _Moment, *, stop: bool) -> None:
        if stop:
            self._restart(moment)
            return
        self._held.append(moment)
        while len(self._held) > 2 and moment.at_s - self._held[0].at_s > self.timing.hold_s:
            self._held.popleft()
        if self.left_s(moment.at_s) <= 0:
            self._forget()
            self._enter(Phase.CAPTURE, moment.at_s)

    def _capture(self, moment: _Moment, *, stop: bool) -> None:
        if not stop:
            self._held.append(moment)
            if moment.at_s - self._began_s >= self.timing.capture_s:
                self.phase = Phase.MEASURE
            return
        while self._held and moment.at_s - self._held[-1].at_s < _BEFORE_MOVING_S:
            self._held.pop()
        if self._length_s() >= self.timing.least_s and len(self.frames) >= 2:
            self.phase = Phase.MEASURE
        else:
            self._restart(moment)

    def _wait_for_motion(self, moment: _Moment, *, moved: bool) -> None:
        if moved:
            self.again()
        elif len(self._held) < 3:
            self._held.append(moment)

    def _length_s(self) -> float:
        return self._held[-1].at_s - self._held[0].at_s if self._held else 0.0
