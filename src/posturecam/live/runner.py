"""One run of the mirror, from the user's options to what was measured and written: all parts are put together here."""

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from posturecam.body import View
from posturecam.errors import CameraError, PhotoError
from posturecam.errors.facts import Note
from posturecam.knowledge import Knowledge, load
from posturecam.live import devices, results
from posturecam.live.balance_test import BalanceTest, balance_measured, measure_again
from posturecam.live.devices import NoScreen, Screen, Window
from posturecam.live.frame_detection import FrameDetection, HeadWatch, Watcher
from posturecam.live.hold import FILM_TIMING, Phase, Timing
from posturecam.live.live_options import LiveOptions, LiveResult
from posturecam.live.live_session import (
    EXAM_VIEWS,
    BalanceSession,
    Capture,
    Measurer,
    MeasureSession,
    Session,
    SessionSequence,
    Status,
)
from posturecam.live.threads import Mirror
from posturecam.live.view import Footer, MirrorView
from posturecam.measures.balance import Balance
from posturecam.patterns.answers import Answers, read_answers
from posturecam.patterns.red_flags import refuse_balance
from posturecam.picture.camera import Camera, CameraWish, TimedFrame, Webcam, open_camera
from posturecam.picture.capture_date import CaptureDate, DateSource, today
from posturecam.picture.photo import Pixels
from posturecam.pipeline.exam import exam_of, with_balance
from posturecam.pipeline.film import FilmAssessment, assess_frames
from posturecam.poses.detection import PoseFinder
from posturecam.poses.finder import Finder
from posturecam.poses.mediapipe_pose import Landmarker
from posturecam.poses.model import pose_model
from posturecam.poses.quality import SELFIE
from posturecam.reports.drawing.privacy import LOOK_AT_IT
from posturecam.storage.files import check_folder
from posturecam.storage.outputs import Photos, claim, claim_folder, table_files
from posturecam.text.language import _
from posturecam.text.language.views import of_view
from posturecam.text.sentences import sentence

Tell = Callable[[str], None]


def run_mirror(options: LiveOptions, tell: Tell) -> LiveResult:
    """Run the mirror until it is over. Raises CameraError, SettingsError, OutputError, ModelError."""
    knowledge = load(options.knowledge)
    answers = read_answers(options.answers, knowledge) if options.answers else None
    if options.balance:
        refuse_balance(answers, knowledge)
    options = claimed_options(options, tell)
    if options.out is not None:
        check_folder(options.out)
    with _camera(options) as camera, contextlib.ExitStack() as stack:
        finder = stack.enter_context(Finder(options.model))
        result = LiveResult()
        session = _session(options, measurer_of(finder, options, knowledge, answers, camera), answers, camera)
        try:
            _run_threads(options, camera, session, result, knowledge, tell)
        finally:  # what was measured before a camera was pulled out, or Ctrl-C, is kept
            Ending(options, session, result, finder, knowledge, answers).finish()
    return result


def claimed_options(options: LiveOptions, tell: Tell) -> LiveOptions:
    """Make sure that what will be written replaces nothing; give the options with the folder it goes to.

    Raises OutputError.
    """
    read = (options.source, options.answers, options.model, *table_files(options.knowledge))
    claim([options.record], read)
    if options.out is None:
        return options
    names = results.written_names(exam=options.exam, measured=options.measured, balance=options.balance)
    out = claim_folder(options.out, names, read, Photos())
    if out != options.out:
        tell(_("{asked} is a folder of photos; the results go to {folder}", asked=options.out, folder=out))
    return replace(options, out=out)


def _camera(options: LiveOptions) -> Camera:
    number = devices.choose_webcam(options.camera) if options.source is None else 0
    wish = CameraWish(options.source, number, options.width, options.height, options.fast, options.seconds)
    try:
        camera = open_camera(wish)
    except PhotoError as error:
        raise CameraError(str(error)) from error
    if isinstance(camera, Webcam) and options.camera is not None:
        devices.remember(number)
    return camera


def measurer_of(
    finder: Finder, options: LiveOptions, knowledge: Knowledge, answers: Answers | None, camera: Camera
) -> Measurer:
    """Measure holds with an open finder, under the camera's name."""

    def measure(frames: Sequence[TimedFrame], name: str, view: View | None = None) -> FilmAssessment:
        """Measure the pictures of one hold under the camera's name."""
        called = f"{camera.name}, {name}"
        taken = CaptureDate(today(), DateSource.CAMERA) if camera.live else None
        settings = options.settings if view is None else replace(options.settings, view=view)
        measured = assess_frames(
            frames, finder, settings, knowledge, answers, name=called, outline=options.exam, taken=taken
        )
        return without_selfie_note(measured, camera)

    return measure


def without_selfie_note(measured: FilmAssessment, camera: Camera) -> FilmAssessment:
    """Leave out what is said of photos from a front camera: a webcam gives its pictures unmirrored."""
    kept = [note for note in measured.assessment.notes if note != SELFIE]
    if not camera.live:
        kept.append(Note("camera_mirrored", name=camera.name))
    return replace(measured, assessment=replace(measured.assessment, notes=tuple(kept)))


def _session(options: LiveOptions, measurer: Measurer, answers: Answers | None, camera: Camera) -> Session:
    timing = Timing() if camera.live else FILM_TIMING
    view = None if options.view == "auto" else View(options.view)
    views = EXAM_VIEWS if options.exam else (view,)
    measuring = MeasureSession(measurer, timing, views, only_once=not options.window or options.balance)
    if not options.balance:
        return measuring
    balancing = BalanceSession(BalanceTest(answers.age_band if answers else None))
    return SessionSequence(measuring, balancing) if options.measured else balancing


def _run_threads(  # noqa: PLR0913, PLR0917  (the parts that are put together)
    options: LiveOptions, camera: Camera, session: Session, result: LiveResult, knowledge: Knowledge, tell: Tell
) -> None:
    screen: Screen = NoScreen()
    view = _LazyView(options, knowledge)
    keeper = _Keeper(options, camera, session, result, tell)
    if options.window:
        screen = Window()
    mirror = Mirror(camera, watcher_of(options), session, screen, view.picture, keeper)
    try:
        mirror.run()
    finally:
        result.meter, result.closed_by_hand = mirror.meter, mirror.closed_by_hand
        keeper.close()


def watcher_of(options: LiveOptions) -> Callable[[], contextlib.AbstractContextManager[Watcher]]:
    """Give what opens the networks that see in the mirror."""

    @contextlib.contextmanager
    def opened() -> Iterator[Watcher]:
        """Open the networks in the thread that uses them."""
        model = pose_model(options.model)
        with Landmarker(model, film=True) as film, Landmarker(model) as counter:
            yield Watcher(film, counter, HeadWatch(counter) if options.hide_face else None)

    return opened


class _LazyView:
    """The mirror's drawing, laid out when the first picture tells its size."""

    def __init__(self, options: LiveOptions, knowledge: Knowledge) -> None:
        self._options, self._knowledge = options, knowledge
        self._view: MirrorView | None = None
        self._size = (0, 0)

    def picture(self, detection: FrameDetection, status: Status) -> Pixels:
        """Draw one detection."""
        if self._view is None or detection.frame.size_px != self._size:
            self._size = detection.frame.size_px
            self._view = MirrorView(self._size, self._knowledge, footer_of(self._options), self._options.privacy)
        return self._view.picture(detection, status)


def footer_of(options: LiveOptions) -> Footer:
    """Say which keys there are, and what is stored."""
    keys = [(_("space"), _("measure now"))] if options.measured else []
    keys.append((_("q, Esc"), _("close")))
    if options.record is not None:
        return Footer(tuple(keys), _("recording to {name}", name=options.record.name), recording=True)
    if options.out is not None:
        what = _("results and pictures") if options.measured and not options.figure_only else _("results")
        return Footer(tuple(keys), _("no film; {what} are kept", what=what), recording=False)
    return Footer(tuple(keys), _("nothing is recorded"), recording=False)


class _Keeper:
    """Hears of every picture: records it when that is wished, writes each measurement, tells what happens."""

    def __init__(self, options: LiveOptions, camera: Camera, session: Session, result: LiveResult, tell: Tell) -> None:
        self._options, self._camera, self._session, self._result = options, camera, session, result
        self._tell = tell
        self._said = ""
        self._written = 0
        self._recorder: results.Recorder | None = None

    def __call__(self, detection: FrameDetection, status: Status) -> None:
        """Take what was shown."""
        if self._options.record is not None and status.phase is not Phase.MEASURE:
            self._record(self._options.record, detection)
        self.write()
        if status.beep and self._options.beep:
            sys.stderr.write("\a")
            sys.stderr.flush()
        if not self._options.window and status.title != self._said:
            self._said = status.title
            self._tell(f"{detection.frame.at_s:6.1f} s  {status.title}")

    def write(self) -> None:
        """Write the measurements that were made since the last time."""
        if not isinstance(self._session, MeasureSession) or self._options.out is None or self._session.exam:
            return
        for capture in self._session.captures[self._written :]:
            self._written += 1
            self._result.written += results.write_capture(
                self._options.out, capture.measured, self._written, self._options.privacy
            )

    def close(self) -> None:
        """Write what is left, and finish the film."""
        if self._recorder is not None and self._options.record is not None:
            self._recorder.close()
            self._result.written.append(self._options.record)
            if self._options.hide_face and not self._options.figure_only:
                self._tell(_(LOOK_AT_IT))
        self.write()

    def _record(self, path: Path, detection: FrameDetection) -> None:
        if self._recorder is None:
            rate = min(60.0, self._camera.rate)
            self._recorder = results.Recorder(path, detection.frame.size_px, rate, self._options.privacy)
        self._recorder.write(detection)


@dataclass(frozen=True, slots=True)
class Ending:
    """What a run ends with: all that was measured is brought together, written where that is wished, and told."""

    options: LiveOptions
    session: Session
    result: LiveResult
    finder: PoseFinder
    knowledge: Knowledge
    answers: Answers | None

    def finish(self) -> None:
        """Bring together what was measured, and write what belongs together. Raises OutputError."""
        if isinstance(self.session, SessionSequence):
            balance = self._take_balance(self.session.balancing)
            lacking, self.result.why_nothing = self.result.why_nothing, ""
            self._take_measurements(self.session.measuring, balance)
            self._write_captures()
            self.result.why_nothing = " ".join(filter(None, (self.result.why_nothing, lacking)))
        elif isinstance(self.session, BalanceSession):
            self._take_balance(self.session)
        elif isinstance(self.session, MeasureSession):
            self._take_measurements(self.session, None)

    def _take_measurements(self, session: MeasureSession, balance: Balance | None) -> None:
        """Take the measurements; the balance test joins the exam, or each of them where there is no exam."""
        result, options = self.result, self.options
        result.captures = session.captures
        photos = [capture.measured.assessment for capture in session.captures]
        if session.exam and session.captures:
            result.exam = exam_of(photos, (), self.knowledge, self.answers, balance=balance)
        elif balance is not None:
            result.captures = [_joined(capture, balance, self.knowledge) for capture in session.captures]
        if result.exam is not None and options.out is not None:
            pictures = {
                capture.view.value: results.shown_picture(capture.measured, options.privacy)
                for capture in session.captures
            }
            result.written += results.write_exam(options.out, result.exam, pictures)
        if not session.captures:
            result.why_nothing = session.why_nothing()
        elif session.missing:
            views = ", ".join(of_view(view) for view in session.missing)
            result.why_nothing = _("the exam is not complete; still to be measured: {views}.", views=views)

    def _write_captures(self) -> None:
        """Write the measurements that waited for the balance test."""
        if self.options.out is None or self.result.exam is not None:
            return
        for number, capture in enumerate(self.result.captures, 1):
            self.result.written += results.write_capture(
                self.options.out, capture.measured, number, self.options.privacy
            )

    def _take_balance(self, session: BalanceSession) -> Balance | None:
        """Take the balance test; None when there was no try."""
        session.test.finish()
        measure_again(session.test, self.finder)
        balance = balance_measured(session.test, self.knowledge)
        self.result.balance, self.result.told = session.test, tuple(map(sentence, balance.notes))
        if self.options.out is not None:
            self.result.written += results.write_balance(self.options.out, session.test, self.knowledge)
        if not session.seen:
            self.result.why_nothing = _(
                "nobody was seen. Show the whole body, head to feet, 3 to 4 m away. See: posturecam guide"
            )
        elif not session.test.tries:
            self.result.why_nothing = _(
                "nobody was seen standing on one leg after standing on both. Lift a foot well off the floor."
            )
        return balance if session.test.tries else None


def _joined(capture: Capture, balance: Balance, knowledge: Knowledge) -> Capture:
    assessment = with_balance(capture.measured.assessment, balance, knowledge)
    return Capture(replace(capture.measured, assessment=assessment))
