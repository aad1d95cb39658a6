"""In front of the mirror: one measurement after the other, the guided exam, the balance test, or both in turn."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from posturecam.body import Side, View
from posturecam.errors import NobodyFound
from posturecam.live.balance_test import MOST_TRIES, SAFETY, Attempt, BalanceTest
from posturecam.live.frame_detection import FrameDetection
from posturecam.live.hold import (
    CaptureCheck,
    Hold,
    Phase,
    Timing,
    all_good,
    capture_checks,
    facing_words,
    first_advice,
    lone_person,
    turn_words,
)
from posturecam.measures.balance import LEGS, MOST_S
from posturecam.pipeline.film import PICTURES, FilmAssessment
from posturecam.text.labels import plus_minus
from posturecam.text.language import _, format_fields
from posturecam.text.language.sides import names_of
from posturecam.text.language.views import of_view
from posturecam.text.sentences import sentence

EXAM_VIEWS = (View.FRONT, View.LEFT, View.BACK, View.RIGHT)
"""The views of the guided exam, in the order of turning to one's right."""

SPACE = " "

Measurer = Callable[..., FilmAssessment]
"""Measures the pictures of one hold under a name, and of a given view where one is given; raises NobodyFound."""


@dataclass(frozen=True, slots=True)
class SessionStep:
    """One step of a longer session: its name, and whether it is done or the one being done."""

    name: str
    done: bool
    current: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """What to show: the one sentence to be read from afar, and what stands beside the picture.

    progress   0...1 of the phase; ``big`` the countdown's number or a time, to be seen from afar
    """

    title: str
    phase: Phase = Phase.CHECKS
    checks: tuple[CaptureCheck, ...] = ()
    progress: float = 0.0
    big: str = ""
    steps: tuple[SessionStep, ...] = ()
    results: tuple[str, ...] = ()
    beep: bool = False


@dataclass(frozen=True, slots=True)
class Capture:
    """One measurement that was made."""

    measured: FilmAssessment

    @property
    def view(self) -> View:
        """What it shows."""
        return self.measured.assessment.pose.view


class Session(Protocol):
    """Leads through what happens in front of the camera."""

    @property
    def finished(self) -> bool:
        """Whether everything is done."""

    @property
    def due(self) -> bool:
        """Whether ``measure`` is to be called."""

    def step(self, detection: FrameDetection) -> Status:
        """Take the next detection."""

    def measure(self) -> Status:
        """Make the measurement that is due."""

    def command(self, key: str) -> None:
        """Take a key."""

    def finish(self) -> bool:
        """End with the pictures; True when a measurement is due."""


class MeasureSession:
    """Holding still leads to a measurement, again and again; with several views it is the guided exam."""

    def __init__(
        self, measurer: Measurer, timing: Timing, views: tuple[View | None, ...] = (None,), *, only_once: bool = False
    ) -> None:
        """Begin with the first view; None takes whatever view is shown.

        An exam asks for its views in order, takes whichever of the missing ones is shown, and ends after the last.
        """
        self.finished = False
        self.captures: list[Capture] = []
        self.failure = ""
        self.seen = False
        self.black = True
        self._measurer, self._views = measurer, views
        self._hold = Hold(timing)
        self._only_once = only_once or len(views) > 1
        self._done: set[View] = set()
        self._shown: View | None = None
        self._before = Phase.CHECKS
        self._last = Status("")

    @property
    def due(self) -> bool:
        """Whether a capture waits to be measured."""
        return self._hold.phase is Phase.MEASURE

    @property
    def exam(self) -> bool:
        """Whether several views are wanted."""
        return len(self._views) > 1

    def step(self, detection: FrameDetection) -> Status:
        """Take the next detection."""
        self.seen |= detection.points is not None
        self.black &= detection.black
        self._shown = detection.view if detection.points is not None else None
        checks = capture_checks(detection, self._wanted)
        phase = self._hold.step(detection, ready=all_good(checks))
        at_s = detection.frame.at_s
        status = Status(
            self._title(phase, checks),
            phase,
            checks,
            self._hold.progress(at_s),
            str(max(1, round(self._hold.left_s(at_s) + 0.499))) if phase is Phase.COUNTDOWN else "",
            self._steps(),
            self._results(),
            beep=phase is not self._before and phase in (Phase.COUNTDOWN, Phase.CAPTURE, Phase.MEASURE),
        )
        self._before, self._last = phase, status
        return status

    def measure(self) -> Status:
        """Measure the captured pictures; what cannot be measured is told, and tried again."""
        wanted, title = self._wanted, _("Done")
        try:
            capture = self._capture(wanted)
        except NobodyFound as error:
            self.failure = str(error)
        else:
            if wanted is not None and capture.view not in (self.missing or (wanted,)):
                self.failure = _(
                    "that was the {facing_words}; {turn_words}",
                    facing_words=facing_words(capture.view),
                    turn_words=turn_words(wanted),
                )
            elif self.exam and (void := capture.measured.assessment.void):
                self.failure = sentence(void)
            else:
                self._take(capture)
                title = _("Nothing was measured") if capture.measured.assessment.void else title
        self._hold.done()
        if self.exam and not self.finished:
            self._hold.again()
        return replace(
            self._last, title=self.failure or title, phase=Phase.DONE, steps=self._steps(), results=self._results()
        )

    def _capture(self, wanted: View | None) -> Capture:
        """Measure; where two views look alike, the one that the person was asked to show counts."""
        pictures, name = self._hold.chosen(PICTURES), self._name()
        capture = Capture(self._measurer(pictures, name))
        return Capture(self._measurer(pictures, name, wanted)) if wanted in capture.view.choices else capture

    def command(self, key: str) -> None:
        """Take a key: space measures by hand."""
        if key == SPACE:
            self._hold.start_by_hand()

    def finish(self) -> bool:
        """End with the pictures; True when what was captured is enough to be measured."""
        return self._hold.finish() is Phase.MEASURE

    def why_nothing(self) -> str:
        """Say why there is no result."""
        if self.failure:
            return self.failure
        if self.black:
            return _("the camera gave black pictures only. Open the lens cover and close other programs that use it.")
        if not self.seen:
            return _("nobody was seen. Show the whole body, head to feet, 3 to 4 m away. See: posturecam guide")
        if self._hold.phase in (Phase.HOLD, Phase.COUNTDOWN, Phase.CAPTURE):
            return _("the pictures ended before the person had stood still for long enough. Give a longer film.")
        advice = first_advice(self._last.checks)
        return _(
            "nothing was measured: {advice}.", advice=advice or _("the person did not stand still for long enough")
        )

    @property
    def missing(self) -> tuple[View, ...]:
        """Views of the exam that were not measured."""
        return tuple(view for view in self._views if view and view not in self._done) if self.exam else ()

    @property
    def _wanted(self) -> View | None:
        """The view to be measured now: the one that is shown if it is missing, else the next in order."""
        if not self.exam:
            return self._views[0]
        missing = self.missing or (None,)
        return self._shown if self._shown in missing else missing[0]

    def _take(self, capture: Capture) -> None:
        self.failure = ""
        self.captures.append(capture)
        self._done.add(capture.view)
        self.finished = self._only_once and not self.missing

    def _name(self) -> str:
        wanted = self._wanted
        return of_view(wanted) if wanted is not None else _("capture {count}", count=len(self.captures) + 1)

    def _title(self, phase: Phase, checks: tuple[CaptureCheck, ...]) -> str:
        wanted = self._wanted
        told = {
            Phase.HOLD: _("Stand still"),
            Phase.COUNTDOWN: _("Stay as you are"),
            Phase.CAPTURE: _("Measuring, stay as you are"),
            Phase.MEASURE: _("Thank you. Reading the pictures …"),
            Phase.DONE: _("Done. Move, then stand still, to be measured again"),
        }
        if phase in told:
            return told[phase]
        first = first_advice(checks)
        if wanted is not None and first == turn_words(wanted):
            return _capital(first)
        return _capital(first) or _("Stand still, arms loose, look straight ahead")

    def _steps(self) -> tuple[SessionStep, ...]:
        if not self.exam:
            return ()
        wanted = self._wanted
        return tuple(
            SessionStep(facing_words(view), view in self._done, view is wanted) for view in self._views if view
        )

    def _results(self) -> tuple[str, ...]:
        return live_result_lines(self.captures[-1]) if self.captures else ()


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


LIVE_KEYS = ("shoulder_tilt", "hip_tilt", "head_tilt", "trunk_lean")


def live_result_lines(capture: Capture) -> tuple[str, ...]:
    """Say the main numbers of a measurement, and the strongest pattern, in a few lines."""
    read = capture.measured.assessment
    if read.void:
        return (sentence(read.void),)
    lines = [
        f"{measurement.words} ({plus_minus(measurement)})"
        for measurement in read.measurements
        if measurement.key in LIVE_KEYS
    ]
    strongest = [finding for finding in read.findings if finding.verdict == "consistent"]
    lines.extend(_("consistent with: {name}", name=finding.name) for finding in strongest[:1])
    return tuple(lines)


class BalanceSession:
    """Standing on one leg, then on the other."""

    due = False

    def __init__(self, test: BalanceTest) -> None:
        """Begin the test; it ends when both legs have had their tries."""
        self.test = test
        self.finished = False
        self.seen = False

    def step(self, detection: FrameDetection) -> Status:
        """Take the next detection."""
        self.seen |= detection.points is not None
        self.test.step(detection)
        self.finished = self.test.complete and self.test.now is None
        now = self.test.now
        checks = (
            CaptureCheck(
                _("whole body in view"), detection.whole, _("step back until head and feet are in the picture")
            ),
            CaptureCheck(
                _("facing the camera"), detection.points is None or detection.view.frontal, _("face the camera")
            ),
            lone_person(detection),
        )
        return Status(
            self._title(checks),
            Phase.CAPTURE if now else Phase.CHECKS,
            checks,
            now.seconds / MOST_S if now else 0.0,
            f"{now.seconds:.1f}" if now else "",
            tuple(self._step(side) for side in LEGS),
            tuple(_attempt_line(attempt) for attempt in self.test.tries),
        )

    def measure(self) -> Status:
        """Nothing is measured from captures here."""
        raise NotImplementedError

    def command(self, key: str) -> None:
        """No key does anything here."""

    def finish(self) -> bool:
        """End a try that the pictures did not see the end of."""
        self.test.finish()
        return False

    def _step(self, side: Side) -> SessionStep:
        tries, best = self.test.of(side), self.test.best(side)
        told = f"{best.seconds:.1f} s" if best else _("no try yet")
        count = _(", try {count} of {most_tries}", count=len(tries), most_tries=MOST_TRIES) if tries else ""
        return SessionStep(
            _("{side} leg: {told}{count}", side=names_of(side)["side"], told=told, count=count),
            best is not None,
            self.test.now is not None and self.test.now.stance is side,
        )

    def _title(self, checks: tuple[CaptureCheck, ...]) -> str:
        if not all_good(checks):
            return _capital(first_advice(checks)) or _("Step in front of the camera")
        if self.test.now is not None:
            return _("On the {side} leg", side=names_of(self.test.now.stance)["side"])
        if self.test.complete:
            return _("Done")
        if not self.test.tries:
            return _(SAFETY)
        tried = {attempt.stance for attempt in self.test.tries}
        if len(tried) == 1:
            other = next(iter(tried)).other
            return _("Now stand on the {side} leg", side=names_of(other)["side"])
        return _("Another try on either leg, or close with q")


def _attempt_line(attempt: Attempt) -> str:
    words = _("{drop:.1f}° lower") if attempt.pelvis_drop_deg > 0 else _("{drop:.1f}° higher")
    return _(
        "{side} leg {seconds:.1f} s, free side of the pelvis {drop}, sway {sway:.1f} %",
        side=names_of(attempt.stance)["side"],
        seconds=attempt.seconds,
        drop=format_fields(words, drop=abs(attempt.pelvis_drop_deg)),
        sway=attempt.sway_pct,
    )


class SessionSequence:
    """A measurement, or a guided exam, and the balance test after it."""

    def __init__(self, measuring: MeasureSession, balancing: BalanceSession) -> None:
        """Begin with the measurement; the first session that ends by itself gives way to the second."""
        self.measuring, self.balancing = measuring, balancing
        self._phase = Phase.CHECKS

    @property
    def finished(self) -> bool:
        """Whether both are over."""
        return self.measuring.finished and self.balancing.finished

    @property
    def due(self) -> bool:
        """Whether a capture waits to be measured."""
        return not self.measuring.finished and self.measuring.due

    def step(self, detection: FrameDetection) -> Status:
        """Take the next detection.

        Whoever stands still to be measured is watched for the first lift of a foot too: it ends the hold.
        """
        if self.measuring.finished:
            return self.balancing.step(detection)
        if self._phase in (Phase.HOLD, Phase.COUNTDOWN, Phase.CAPTURE):
            self.balancing.step(detection)
        status = self.measuring.step(detection)
        self._phase = status.phase
        return status

    def measure(self) -> Status:
        """Make the measurement that is due."""
        return self.measuring.measure()

    def command(self, key: str) -> None:
        """Take a key: it is for the measurement."""
        if not self.measuring.finished:
            self.measuring.command(key)

    def finish(self) -> bool:
        """End with the pictures; True when a measurement is due."""
        self.balancing.finish()
        return not self.measuring.finished and self.measuring.finish()
