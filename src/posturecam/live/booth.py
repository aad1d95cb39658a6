"""One sitting in front of the mirror, from the user's wishes to what was measured: all parts are put together here."""

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from posturecam.body import View
from posturecam.errors import CameraError, PhotoError
from posturecam.knowledge import Knowledge, load
from posturecam.live import devices, results
from posturecam.live.balance import BalanceTest
from posturecam.live.closing import close
from posturecam.live.hold import FILM_TIMING, Phase, Timing
from posturecam.live.in_turn import InTurn
from posturecam.live.mirror import Mirror
from posturecam.live.panel import Foot
from posturecam.live.screen import NoScreen, Screen, Window
from posturecam.live.seeing import Glimpse, HeadWatch, Watcher
from posturecam.live.session import EXAM_VIEWS, BalanceSession, Measurer, MeasureSession, Session, Status
from posturecam.live.sitting import Result, Wishes
from posturecam.live.view import MirrorView
from posturecam.patterns.answers import Answers, read_answers
from posturecam.patterns.red_flags import refuse_balance
from posturecam.picture.camera import Camera, CameraWish, TimedFrame, Webcam, open_camera
from posturecam.picture.capture_date import CaptureDate, DateSource, today
from posturecam.picture.photo import Pixels
from posturecam.pipeline.film import FilmAssessment, assess_frames
from posturecam.poses.finder import Finder
from posturecam.poses.mediapipe_pose import Landmarker
from posturecam.poses.model import pose_model
from posturecam.poses.quality import SELFIE
from posturecam.reports.picture.privacy import LOOK_AT_IT
from posturecam.storage.files import check_folder
from posturecam.storage.outputs import Photos, claim, claim_folder, inside
from posturecam.text.language import _, everywhere

Told = Callable[[str], None]


def run(wishes: Wishes, tell: Told) -> Result:
    """Run the mirror until it is over. Raises CameraError, SettingsError, OutputError, ModelError."""
    knowledge = load(wishes.knowledge)
    answers = read_answers(wishes.answers, knowledge) if wishes.answers else None
    if wishes.balance:
        refuse_balance(answers, knowledge)
    wishes = claimed(wishes, tell)
    if wishes.out is not None:
        check_folder(wishes.out)
    with _camera(wishes) as camera, contextlib.ExitStack() as stack:
        finder = stack.enter_context(Finder(wishes.model))
        result = Result()
        session = _session(wishes, measurer_of(finder, wishes, knowledge, answers, camera), answers, camera)
        try:
            _run(wishes, camera, session, result, knowledge, tell)
        finally:  # what was measured before a camera was pulled out, or Ctrl-C, is kept
            close(wishes, session, result, finder, knowledge, answers)
    return result


def claimed(wishes: Wishes, tell: Told) -> Wishes:
    """Make sure that what will be written replaces nothing; give the wishes with the folder it goes to.

    Raises OutputError.
    """
    read = (wishes.source, wishes.answers, wishes.model, *inside(wishes.knowledge))
    claim([wishes.record], read)
    if wishes.out is None:
        return wishes
    names = results.written_names(exam=wishes.exam, measured=wishes.measured, balance=wishes.balance)
    out = claim_folder(wishes.out, names, read, Photos())
    if out != wishes.out:
        tell(_("{asked} is a folder of photos; the results go to {folder}", asked=wishes.out, folder=out))
    return replace(wishes, out=out)


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


def measurer_of(
    finder: Finder, wishes: Wishes, knowledge: Knowledge, answers: Answers | None, camera: Camera
) -> Measurer:
    """Measure holds with an open finder, under the camera's name."""

    def measure(frames: Sequence[TimedFrame], name: str, view: View | None = None) -> FilmAssessment:
        """Measure the pictures of one hold under the camera's name."""
        called = f"{camera.name}, {name}"
        taken = CaptureDate(today(), DateSource.CAMERA) if camera.live else None
        settings = wishes.settings if view is None else replace(wishes.settings, view=view)
        measured = assess_frames(
            frames, finder, settings, knowledge, answers, name=called, outline=wishes.exam, taken=taken
        )
        return without_selfie_note(measured, camera)

    return measure


def without_selfie_note(measured: FilmAssessment, camera: Camera) -> FilmAssessment:
    """Leave out what is said of photos from a front camera: a webcam gives its pictures unmirrored."""
    kept = [note for note in measured.assessment.notes if note not in everywhere(SELFIE)]
    if not camera.live:
        kept.append(
            _(
                "If {name} was mirrored by a selfie camera, measure it with: posturecam analyze --mirrored",
                name=camera.name,
            )
        )
    return replace(measured, assessment=replace(measured.assessment, notes=tuple(kept)))


def _session(wishes: Wishes, measurer: Measurer, answers: Answers | None, camera: Camera) -> Session:
    timing = Timing() if camera.live else FILM_TIMING
    view = None if wishes.view == "auto" else View(wishes.view)
    views = EXAM_VIEWS if wishes.exam else (view,)
    measuring = MeasureSession(measurer, timing, views, only_once=not wishes.window or wishes.balance)
    if not wishes.balance:
        return measuring
    balancing = BalanceSession(BalanceTest(answers.age_band if answers else None))
    return InTurn(measuring, balancing) if wishes.measured else balancing


def _run(  # noqa: PLR0913, PLR0917  (the parts that are put together)
    wishes: Wishes, camera: Camera, session: Session, result: Result, knowledge: Knowledge, tell: Told
) -> None:
    screen: Screen = NoScreen()
    view = _LazyView(wishes, knowledge)
    keeper = _Keeper(wishes, camera, session, result, tell)
    if wishes.window:
        screen = Window()
    mirror = Mirror(camera, seer_of(wishes), session, screen, view.picture, keeper)
    try:
        mirror.run()
    finally:
        result.meter, result.closed_by_hand = mirror.meter, mirror.closed_by_hand
        keeper.close()


def seer_of(wishes: Wishes) -> Callable[[], contextlib.AbstractContextManager[Watcher]]:
    """Give what opens the networks that see in the mirror."""

    @contextlib.contextmanager
    def opened() -> Iterator[Watcher]:
        """Open the networks in the thread that uses them."""
        model = pose_model(wishes.model)
        with Landmarker(model, film=True) as film, Landmarker(model) as counter:
            yield Watcher(film, counter, HeadWatch(counter) if wishes.hide_face else None)

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
    keys = [(_("space"), _("measure now"))] if wishes.measured else []
    keys.append((_("q, Esc"), _("close")))
    if wishes.record is not None:
        return Foot(tuple(keys), _("recording to {name}", name=wishes.record.name), recording=True)
    if wishes.out is not None:
        what = _("results and pictures") if wishes.measured and not wishes.figure_only else _("results")
        return Foot(tuple(keys), _("no film; {what} are kept", what=what), recording=False)
    return Foot(tuple(keys), _("nothing is recorded"), recording=False)


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
            if self._wishes.hide_face and not self._wishes.figure_only:
                self._tell(_(LOOK_AT_IT))
        self.write()

    def _record(self, path: Path, glimpse: Glimpse) -> None:
        if self._recorder is None:
            rate = min(60.0, self._camera.rate)
            self._recorder = results.Recorder(path, glimpse.frame.size_px, rate, self._wishes.privacy)
        self._recorder.write(glimpse)
