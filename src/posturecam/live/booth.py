"""One sitting in front of the mirror, from the user's wishes to what was measured: all parts are put together here."""

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from posturecam.answers import Answers, read_answers
from posturecam.assessment import Settings
from posturecam.body import Side, View
from posturecam.camera import Camera, CameraWish, TimedFrame, Webcam, open_camera
from posturecam.errors import CameraError, PhotoError, SettingsError
from posturecam.exam import Exam, exam_of
from posturecam.film import FilmAssessment, assess_frames
from posturecam.knowledge import Knowledge, load
from posturecam.live import devices, results
from posturecam.live.balance import BalanceTest, Try, notes
from posturecam.live.hold import FILM_TIMING, Phase, Timing
from posturecam.live.mirror import Meter, Mirror
from posturecam.live.panel import Foot
from posturecam.live.screen import NoScreen, Screen, Window
from posturecam.live.seeing import Glimpse, Watcher
from posturecam.live.session import EXAM_VIEWS, BalanceSession, Measurer, MeasureSession, Outcome, Session, Status
from posturecam.live.view import MirrorView, Privacy
from posturecam.model import pose_model
from posturecam.photo import Pixels
from posturecam.poses.finder import Finder
from posturecam.poses.mediapipe_pose import Landmarker

WARNING_BALANCE = "dizzy_falls"
"""The warning sign after which the balance test is not offered."""

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user wants of the mirror: the options of ``posturecam live``, and their defaults."""

    source: Path | None = None
    camera: str | None = None
    width: int = 1280
    height: int = 720
    view: str = "auto"
    exam: bool = False
    balance: bool = False
    seconds: float | None = None
    out: Path | None = None
    record: Path | None = None
    window: bool = True
    hide_face: bool = False
    figure_only: bool = False
    fast: bool = False
    beep: bool = False
    answers: Path | None = None
    passes: int | None = None
    model: Path | None = None
    knowledge: Path | None = None

    @property
    def privacy(self) -> Privacy:
        """What of the person may be seen."""
        return Privacy(self.hide_face, self.figure_only)

    @property
    def settings(self) -> Settings:
        """How each picture is measured."""
        return Settings() if self.passes is None else Settings(passes=self.passes)


@dataclass(slots=True)
class Result:
    """What a sitting gave; ``why_nothing`` says why when it gave nothing."""

    outcomes: list[Outcome] = field(default_factory=list)
    balance: BalanceTest | None = None
    exam: Exam | None = None
    written: list[Path] = field(default_factory=list)
    why_nothing: str = ""
    closed_by_hand: bool = False
    meter: Meter = field(default_factory=Meter)

    def balance_lines(self) -> Iterator[str]:
        """Say the balance test in sentences."""
        if self.balance is None:
            return
        for side in (Side.LEFT, Side.RIGHT):
            best = self.balance.best(side)
            yield f"{side.value} leg: no try" if best is None else _best_line(best)
        yield from notes(self.balance)


def _best_line(best: Try) -> str:
    drop = best.pelvis_drop_deg
    pelvis = f"free side of the pelvis {abs(drop):.1f}° {'lower' if drop > 0 else 'higher'} than on both feet"
    return f"{best.stance.value} leg: {best.seconds:.1f} s, {pelvis}, sway {best.sway_pct:.2f} % of height"


def run(wishes: Wishes, tell: Told) -> Result:
    """Run the mirror until it is over. Raises CameraError, SettingsError, OutputError, ModelError."""
    knowledge = load(wishes.knowledge)
    answers = read_answers(wishes.answers, knowledge) if wishes.answers else None
    if wishes.balance and answers is not None and WARNING_BALANCE in answers.warnings:
        msg = "with dizziness or falls, balance should be looked at by a professional; it is not tested here."
        raise SettingsError(msg)
    with _camera(wishes) as camera, contextlib.ExitStack() as stack:
        finder = stack.enter_context(Finder(wishes.model))
        result = Result()
        session = _session(wishes, _measurer(finder, wishes, knowledge, answers, camera), answers, camera)
        try:
            _run(wishes, camera, session, result, knowledge, tell)
        finally:  # what was measured before a camera was pulled out, or Ctrl-C, is kept
            _close(wishes, session, result, knowledge, answers)
    return result


def _camera(wishes: Wishes) -> Camera:
    number = devices.choose(wishes.camera) if wishes.source is None else 0
    wish = CameraWish(wishes.source, number, wishes.width, wishes.height, wishes.fast, wishes.seconds)
    try:
        camera = open_camera(wish)
    except PhotoError as error:
        raise CameraError(str(error)) from error
    if isinstance(camera, Webcam) and wishes.camera is not None:
        devices.remember(number)
    return camera


def _measurer(
    finder: Finder, wishes: Wishes, knowledge: Knowledge, answers: Answers | None, camera: Camera
) -> Measurer:
    def measure(frames: Sequence[TimedFrame], name: str) -> FilmAssessment:
        """Measure the pictures of one hold under the camera's name."""
        called = f"{camera.name}, {name}"
        measured = assess_frames(frames, finder, wishes.settings, knowledge, answers, name=called, outline=wishes.exam)
        return without_selfie_note(measured, camera)

    return measure


def without_selfie_note(measured: FilmAssessment, camera: Camera) -> FilmAssessment:
    """Leave out what is said of photos from a front camera: a webcam gives its pictures unmirrored."""
    kept = [note for note in measured.assessment.notes if not note.startswith(_SELFIE)]
    if not camera.live:
        kept.append(f"If {camera.name} was mirrored by a selfie camera, measure it with: posturecam analyze --mirrored")
    return replace(measured, assessment=replace(measured.assessment, notes=tuple(kept)))


_SELFIE = "If this is a mirrored selfie"


def _session(wishes: Wishes, measurer: Measurer, answers: Answers | None, camera: Camera) -> Session:
    if wishes.balance:
        band = next(iter(answers.given.get("age_band", ())), None) if answers else None
        return BalanceSession(BalanceTest(band))
    timing = Timing() if camera.live else FILM_TIMING
    if wishes.exam:
        return MeasureSession(measurer, timing, EXAM_VIEWS)
    view = None if wishes.view == "auto" else View(wishes.view)
    return MeasureSession(measurer, timing, (view,), only_once=not wishes.window)


def _run(  # noqa: PLR0913, PLR0917  (the parts that are put together)
    wishes: Wishes, camera: Camera, session: Session, result: Result, knowledge: Knowledge, tell: Told
) -> None:
    screen: Screen = NoScreen()
    view = _LazyView(wishes, knowledge)
    keeper = _Keeper(wishes, camera, session, result, tell)
    if wishes.window:
        screen = Window()
    mirror = Mirror(camera, _seer(wishes), session, screen, view.picture, keeper)
    try:
        mirror.run()
    finally:
        result.meter, result.closed_by_hand = mirror.meter, mirror.closed_by_hand
        keeper.close()


def _seer(wishes: Wishes) -> Callable[[], contextlib.AbstractContextManager[Watcher]]:
    @contextlib.contextmanager
    def opened() -> Iterator[Watcher]:
        """Open the networks in the thread that uses them."""
        model = pose_model(wishes.model)
        with Landmarker(model, film=True) as film, Landmarker(model) as counter:
            yield Watcher(film, counter)

    return opened


class _LazyView:
    """The mirror's drawing, laid out when the first picture tells its size."""

    def __init__(self, wishes: Wishes, knowledge: Knowledge) -> None:
        self._wishes, self._knowledge = wishes, knowledge
        self._view: MirrorView | None = None
        self._size = (0, 0)

    def picture(self, glimpse: Glimpse, status: Status) -> Pixels:
        """Draw one glimpse."""
        if self._view is None or glimpse.frame.size_px != self._size:
            self._size = glimpse.frame.size_px
            self._view = MirrorView(self._size, self._knowledge, foot_of(self._wishes), self._wishes.privacy)
        return self._view.picture(glimpse, status)


def foot_of(wishes: Wishes) -> Foot:
    """Say which keys there are, and what is stored."""
    keys = [("q, Esc", "close")] if wishes.balance else [("space", "measure now"), ("q, Esc", "close")]
    if wishes.record is not None:
        return Foot(tuple(keys), f"recording to {wishes.record.name}", recording=True)
    if wishes.out is not None:
        what = "results" if wishes.balance or wishes.exam or wishes.figure_only else "results and pictures"
        return Foot(tuple(keys), f"no film; {what} are kept", recording=False)
    return Foot(tuple(keys), "nothing is recorded", recording=False)


class _Keeper:
    """Hears of every picture: records it when that is wished, writes each measurement, tells what happens."""

    def __init__(self, wishes: Wishes, camera: Camera, session: Session, result: Result, tell: Told) -> None:
        self._wishes, self._camera, self._session, self._result = wishes, camera, session, result
        self._tell = tell
        self._said = ""
        self._written = 0
        self._recorder: results.Recorder | None = None

    def __call__(self, glimpse: Glimpse, status: Status) -> None:
        """Take what was shown."""
        if self._wishes.record is not None and status.phase is not Phase.MEASURE:
            self._record(self._wishes.record, glimpse)
        self.write()
        if status.beep and self._wishes.beep:
            sys.stderr.write("\a")
            sys.stderr.flush()
        if not self._wishes.window and status.title != self._said:
            self._said = status.title
            self._tell(f"{glimpse.frame.at_s:6.1f} s  {status.title}")

    def write(self) -> None:
        """Write the measurements that were made since the last time."""
        if not isinstance(self._session, MeasureSession) or self._wishes.out is None or self._session.exam:
            return
        for outcome in self._session.outcomes[self._written :]:
            self._written += 1
            self._result.written += results.write_capture(
                self._wishes.out, outcome.measured, self._written, self._wishes.privacy
            )

    def close(self) -> None:
        """Write what is left, and finish the film."""
        if self._recorder is not None and self._wishes.record is not None:
            self._recorder.close()
            self._result.written.append(self._wishes.record)
        self.write()

    def _record(self, path: Path, glimpse: Glimpse) -> None:
        if self._recorder is None:
            rate = min(60.0, self._camera.rate)
            self._recorder = results.Recorder(path, glimpse.frame.size_px, rate, self._wishes.privacy)
        self._recorder.write(glimpse.frame, glimpse.points)


def _close(wishes: Wishes, session: Session, result: Result, knowledge: Knowledge, answers: Answers | None) -> None:
    """Bring together what was measured, and write what belongs together."""
    if isinstance(session, BalanceSession):
        _close_balance(wishes, session, result, knowledge)
    elif isinstance(session, MeasureSession):
        result.outcomes = session.outcomes
        if session.exam and session.outcomes:
            result.exam = exam_of([one.measured.assessment for one in session.outcomes], (), knowledge, answers)
        if result.exam is not None and wishes.out is not None:
            pictures = {one.view.value: results.shown_picture(one.measured, wishes.privacy) for one in session.outcomes}
            result.written += results.write_exam(wishes.out, result.exam, pictures)
        if not session.outcomes:
            result.why_nothing = session.why_nothing()
        elif session.missing:
            views = ", ".join(view.value for view in session.missing)
            result.why_nothing = f"the exam is not complete; still to be measured: {views}"


def _close_balance(wishes: Wishes, session: BalanceSession, result: Result, knowledge: Knowledge) -> None:
    session.test.finish()
    result.balance = session.test
    if wishes.out is not None:
        result.written += results.write_balance(wishes.out, session.test, knowledge)
    if not session.seen:
        result.why_nothing = "nobody was seen. Show the whole body, head to feet, 3 to 4 m away. See: posturecam guide"
    elif not session.test.tries:
        result.why_nothing = (
            "nobody was seen standing on one leg after standing on both. Lift a foot well off the floor."
        )
