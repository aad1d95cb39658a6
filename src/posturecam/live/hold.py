"""From the first glance at somebody to a capture: the checks that say what to change, then hold and countdown.

Standing still leads to a measurement. Times are the frames' own.
"""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from posturecam.body import Array, View
from posturecam.body.geometry import wrap
from posturecam.live.frame_detection import FrameDetection
from posturecam.picture.camera import TimedFrame
from posturecam.poses.standing import FEET_LEVEL_PCT, STILL_PCT, lift_pct, mid, motion_pct, spaced
from posturecam.text.language import N_, _, pgettext

NEAR_PART, FAR_PART = 0.86, 0.42
"""Largest and smallest height of the body (eyes to ankles) as a part of the picture's height."""

DARK, BRIGHT = 45.0, 225.0
LEVEL_DEG = 4.0
"""Most lean of the whole body against the picture's edge; more is taken for a camera that is not level."""


@dataclass(frozen=True, slots=True)
class CaptureCheck:
    """One thing to get right: its name, whether it is, and what to do when it is not."""

    name: str
    good: bool
    advice: str = ""


def capture_checks(detection: FrameDetection, wanted: View | None = None) -> tuple[CaptureCheck, ...]:
    """Run every check on what is seen now, the most basic one first."""
    light = CaptureCheck(_("light"), DARK <= detection.brightness <= BRIGHT, _light_advice(detection))
    if detection.points is None:
        nobody = CaptureCheck(_("whole body in view"), good=False, advice=_("step in front of the camera"))
        return (nobody, *(CaptureCheck(_(name), good=False) for name in _UNSEEN), light)
    return (
        CaptureCheck(_("whole body in view"), detection.whole, _("step back until head and feet are in the picture")),
        _distance(detection),
        _facing(detection, wanted),
        _feet(detection),
        _level(detection),
        light,
        lone_person(detection),
    )


def lone_person(detection: FrameDetection) -> CaptureCheck:
    """Count the people."""
    told = _("{people} people are in the picture; one should be", people=detection.people)
    return CaptureCheck(_("one person"), detection.people <= 1, told)


_UNSEEN = (N_("distance"), N_("facing"), N_("both feet on the floor"), N_("camera level"))


def all_good(checks: tuple[CaptureCheck, ...]) -> bool:
    """Whether everything is right."""
    return all(check.good for check in checks)


def first_advice(checks: tuple[CaptureCheck, ...]) -> str:
    """Say what to change first; empty when all is right."""
    return next((check.advice for check in checks if not check.good and check.advice), "")


def _light_advice(detection: FrameDetection) -> str:
    if detection.black:
        return _("the picture is black: open the lens cover, and close other programs that use the camera")
    return _("more light, please") if detection.brightness < DARK else _("too bright: turn away from the window")


def _distance(detection: FrameDetection) -> CaptureCheck:
    part = detection.height_px / detection.frame.size_px[1]
    advice = _("step back a little") if part > NEAR_PART else _("come closer")
    return CaptureCheck(_("distance"), FAR_PART <= part <= NEAR_PART, advice)


def _facing(detection: FrameDetection, wanted: View | None) -> CaptureCheck:
    if wanted is not None:
        return CaptureCheck(
            _("facing: {facing_words}", facing_words=facing_words(wanted)), detection.view is wanted, turn_words(wanted)
        )
    seen = detection.view
    name = _("facing") if seen is View.OBLIQUE else _("facing: {facing_words}", facing_words=facing_words(seen))
    return CaptureCheck(name, seen is not View.OBLIQUE, _("turn square to the camera"))


def facing_words(view: View) -> str:
    """Say a view in a word or two."""
    return {
        View.FRONT: pgettext("facing", "front"),
        View.BACK: pgettext("facing", "back"),
        View.LEFT: _("left side"),
        View.RIGHT: _("right side"),
    }.get(view, "?")


def turn_words(view: View) -> str:
    """Say how to stand for a view."""
    words = {
        View.FRONT: _("face the camera"),
        View.BACK: _("turn your back to the camera"),
        View.LEFT: _("turn your left side to the camera"),
        View.RIGHT: _("turn your right side to the camera"),
    }
    return words.get(view, _("turn square to the camera"))


def _feet(detection: FrameDetection) -> CaptureCheck:
    """Compare the feet's heights; seen from the side the far foot looks higher, so there it says nothing."""
    down = not detection.view.frontal or abs(lift_pct(detection.body)) <= FEET_LEVEL_PCT
    return CaptureCheck(_("both feet on the floor"), down, _("stand on both feet"))


def _level(detection: FrameDetection) -> CaptureCheck:
    """Judge by the body itself, which no posture leans by much as a whole from the feet to the shoulders."""
    if not detection.view.frontal:
        return CaptureCheck(_("camera level"), good=True)
    along = mid(detection.body, "SHOULDER") - mid(detection.body, "ANKLE")
    off = float(np.degrees(np.arctan2(along[0], -along[1])))
    return CaptureCheck(
        _("camera level"),
        abs(off) <= LEVEL_DEG,
        _("the body leans {off:.0f}°: level the camera, stand evenly", off=abs(off)),
    )


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
    """One detection of the hold; its picture is kept only now and then."""

    at_s: float
    points: Array
    facing_deg: float
    frame: TimedFrame | None


class Hold:
    """Follows one person through the phases; ``step`` takes every detection and gives the phase after it."""

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
        kept = [held.frame for held in self._held if held.frame is not None]
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

    def step(self, detection: FrameDetection, *, ready: bool) -> Phase:
        """Take the next detection."""
        if detection.points is None:
            self._lost()
            return self.phase
        moment = self._moment(detection)
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
        for held in self._held:
            held.frame = None
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

    def _moment(self, detection: FrameDetection) -> _Moment:
        at_s = detection.frame.at_s
        wanted = self.phase is Phase.CAPTURE or (self.timing.hold_counts and self.phase in (Phase.CHECKS, Phase.HOLD))
        keep = wanted and at_s - self._last_kept_s >= _KEEP_EVERY_S
        self._last_kept_s = at_s if keep else self._last_kept_s
        return _Moment(at_s, detection.body, detection.facing_deg, detection.frame if keep else None)

    def _moved(self, moment: _Moment) -> bool:
        """Whether this moment's body is somewhere else than the held ones'."""
        if len(self._held) < 3:
            return False
        stood = np.median([held.points for held in self._held], axis=0)
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
        return len(self._held) < 3 or motion_pct(np.stack([held.points for held in self._held])) <= STILL_PCT

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
