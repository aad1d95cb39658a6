"""``posturecam live`` and ``posturecam cameras``: a mirror that measures, and the webcams there are."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posturecam.cli.saying import say
from posturecam.cli.shared_options import Distance, Height, Passes
from posturecam.errors import CameraError, NobodyFound, SettingsError
from posturecam.text.language import _

if TYPE_CHECKING:
    from posturecam.live.live_options import LiveOptions
    from posturecam.picture.lens.profile import CameraProfile

EXAMPLES = """Examples:

  posturecam live                                   (stand still for two seconds to be measured; q closes)

  posturecam live --exam --out result/              (front, left, back, right)

  posturecam live --balance --out result/           (standing on one leg)

  posturecam live --exam --balance --out result/    (both, and what they say together; or --view front --balance)

  posturecam live --body-height 172 --out result/   (distances in millimetres too)

  posturecam live --source clip.mp4 --fast --no-window --out result/
"""


def live_mirror(
    camera: Annotated[
        list[str] | None,
        typer.Option(help="Which webcam (remembered), its profile, or both.", metavar="N|NAME|FILE.json"),
    ] = None,
    source: Annotated[Path | None, typer.Option(help="A film or a picture instead.", metavar="FILE")] = None,
    width: Annotated[int, typer.Option(help="Width to ask the webcam for, pixels.", min=64)] = 1280,
    height: Annotated[
        int, typer.Option(help="Height to ask the webcam for, pixels; the person's own: --body-height.", min=64)
    ] = 720,
    body_height: Height = None,
    distance: Distance = None,
    view: Annotated[str, typer.Option(help="Measure this view only: auto, front, back, left or right.")] = "auto",
    exam: Annotated[bool, typer.Option("--exam", help="Guided exam: front, left, back, right.")] = False,
    balance: Annotated[bool, typer.Option("--balance", help="Balance test: standing on one leg.")] = False,
    seconds: Annotated[float | None, typer.Option(help="End after so many seconds.", min=0.1)] = None,
    out: Annotated[Path | None, typer.Option(help="Write what was measured here.", metavar="DIR")] = None,
    record: Annotated[Path | None, typer.Option(help="Record a film.", metavar="FILE.mp4")] = None,
    no_window: Annotated[bool, typer.Option("--no-window", help="Measure without showing anything.")] = False,
    hide_face: Annotated[bool, typer.Option("--hide-face", help="Make the face unrecognisable.")] = False,
    figure_only: Annotated[bool, typer.Option("--figure-only", help="Show a plain figure, never the picture.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="Read a film as fast as this machine can.")] = False,
    beep: Annotated[bool, typer.Option("--beep", help="Beep when a phase begins.")] = False,
    answers: Annotated[Path | None, typer.Option(help="Answers from: posturecam ask.", metavar="FILE.toml")] = None,
    passes: Passes = None,
    model: Annotated[Path | None, typer.Option(help="Another BlazePose bundle.", metavar="FILE.task")] = None,
    knowledge: Annotated[Path | None, typer.Option(help="A folder with your own tables.", metavar="DIR")] = None,
) -> None:
    """See yourself as in a mirror, with the body's own lines, and be measured by standing still."""
    from posturecam.live.live_options import LiveOptions
    from posturecam.live.runner import run_mirror

    chosen, profile = told_cameras(camera or [])
    options = LiveOptions(
        source=source, camera=chosen, profile=profile, width=width, height=height, view=view, exam=exam,
        balance=balance, seconds=seconds, out=out, record=record, window=not no_window, hide_face=hide_face,
        figure_only=figure_only, fast=fast, beep=beep, answers=answers, passes=passes, model=model, knowledge=knowledge,
        height_cm=body_height, distance_m=distance,
    )  # fmt: skip
    check(options)
    _tell(run_mirror(options, lambda words: say(words, err=True)))


live_mirror.__doc__ = f"{live_mirror.__doc__}\n\n\b\n{EXAMPLES}"


def told_cameras(told: list[str]) -> "tuple[str | None, CameraProfile | None]":
    """Part what --camera says into the webcam and its profile; raises SettingsError for two of one kind."""
    from posturecam.picture.lens.profile import read_profile

    profiles = [camera_option for camera_option in told if camera_option.lower().endswith(".json")]
    webcams = [camera_option for camera_option in told if camera_option not in profiles]
    if len(profiles) > 1 or len(webcams) > 1:
        msg = _("--camera takes one webcam (a number or a name) and one profile (a .json file). Leave the others away.")
        raise SettingsError(msg)
    return webcams[0] if webcams else None, read_profile(profiles[0]) if profiles else None


def check(options: "LiveOptions") -> None:
    """Refuse options that contradict each other."""
    from posturecam.body import View
    from posturecam.picture.lens import checked_distance
    from posturecam.picture.scale import checked_height

    if options.height_cm is not None:
        checked_height(options.height_cm)
    if options.distance_m is not None:
        checked_distance(options.distance_m)
    known = ("auto", View.FRONT, View.BACK, View.LEFT, View.RIGHT)
    if options.view not in known:
        msg = _("--view {view} is unknown. Give one of: {names}.", view=options.view, names=", ".join(known))
        raise SettingsError(msg)
    if options.exam and options.view != "auto":
        msg = _("--exam takes all four views. Leave --view away.")
        raise SettingsError(msg)
    if options.source is not None and options.camera is not None:
        msg = _("give --camera or --source, not both.")
        raise SettingsError(msg)
    if options.fast and options.source is None:
        msg = _("--fast is for films. Add --source clip.mp4, or leave it away.")
        raise SettingsError(msg)


def _tell(result: object) -> None:
    """Print what was measured; NobodyFound when that is nothing, or not all that was wished for."""
    from posturecam.live.live_options import LiveResult
    from posturecam.reports.terminal.report_text import print_assessment, print_exam

    assert isinstance(result, LiveResult)  # noqa: S101  (run gives one)
    if result.why_nothing and not result.closed_by_hand:
        kept = _(" Written: {names}", names=", ".join(map(str, result.written))) if result.written else ""
        raise NobodyFound(result.why_nothing + kept)
    for line in result.balance_lines():
        say(line)
    if result.exam is not None:
        print_exam(result.exam)
    else:
        for capture in result.captures:
            print_assessment(capture.measured.assessment)
    for path in result.written:
        say(_("written: {path}", path=path))


def cameras() -> None:
    """List the webcams: number, name, picture sizes. The one used last has a star.

    Example:  posturecam cameras
    """
    from posturecam.live.devices import list_devices, remembered
    from posturecam.picture.camera import why_no_camera

    found = list_devices(sizes=True)
    if not found:
        raise CameraError(why_no_camera(0))
    last = remembered()
    for device in found:
        sizes = ", ".join(f"{width}×{height}" for width, height in device.sizes) or _("does not open")
        say(f"{'*' if device.number == last else ' '} {device.number}  {device.name}  {sizes}")
