"""``posturecam doctor`` and ``posturecam guide``: is the machine ready, and how to take the photo."""

from pathlib import Path
from typing import Annotated

import typer

from posturecam.cli.saying import say
from posturecam.cli.shared_options import Camera, Distance, Height, with_scene
from posturecam.text.language import _, pgettext


def doctor(
    photo: Annotated[Path | None, typer.Option(help="Check this photo instead of the machine.", metavar="FILE")] = None,
    height: Height = None,
    camera: Camera = None,
    distance: Distance = None,
) -> None:
    """Check this machine, or with --photo a photo: one line for each thing, and how to mend what is wrong.

    Example:  posturecam doctor --photo front.jpg
    """
    if photo is not None:
        _check_photo(photo, height, camera, distance)
        return
    from posturecam.cli.machine import State, check_machine, is_able

    checks = check_machine()
    marks = {State.OK: _("ok"), State.LIMITED: _("limited"), State.MISSING: pgettext("check", "missing")}
    for check in checks:
        say(f"{marks[check.state]:<7}  {check.name}: {check.found}")
        if check.remedy:
            say(f"         → {check.remedy}")
    if not is_able(checks):
        raise typer.Exit(2)
    _check_numbers(marks[State.OK], marks[State.LIMITED])
    from posturecam.live.devices import list_devices

    names = ", ".join(f"{device.number} {device.name}" for device in list_devices())
    told = _("cameras: {names}", names=names) if names else _("cameras: none found, posturecam live needs one")
    say(f"{marks[State.OK if names else State.LIMITED]:<7}  {told}")
    say("\n" + _("Ready: posturecam analyze photo.jpg"))


def _check_numbers(well: str, limited: str) -> None:
    """Measure the reference photo and say whether this machine comes to the same numbers as others."""
    from posturecam.batch.agreement import check_agreement
    from posturecam.knowledge import load
    from posturecam.poses.finder import Finder

    with Finder() as finder:
        found = check_agreement(finder, load())
    told = _("numbers: the reference photo is read as elsewhere, to {share:.3f} of its ±", share=found.share)
    if not found.same:
        told = _(
            "numbers: the reference photo is read otherwise than elsewhere ({key} by {share:.2f} of its ±)",
            key=found.key,
            share=found.share,
        )
    say(f"{well if found.same else limited:<7}  {told}")
    if not found.same:
        to_do = _("Install the packages' own builds (pip install --force-reinstall opencv-python mediapipe).")
        say(f"         → {to_do}")


def _check_photo(path: Path, height: float | None, camera: Path | None, distance: float | None) -> None:
    from posturecam.picture.photo import read
    from posturecam.pipeline.assessment import Settings
    from posturecam.pipeline.exam.photo_checks import check_photo
    from posturecam.poses.finder import Finder

    settings = with_scene(Settings(), None, height, camera, distance=distance)
    picture = read(path)
    with Finder() as finder:
        checks = check_photo(picture, finder, settings)
    for check in checks:
        mark = _("change") if check.change else _("ok")
        say(f"{mark:<7}  {check.name}: {check.found}")
        if check.change:
            say(f"         → {check.change}")


def guide_command(
    out: Annotated[Path | None, typer.Option(help="Write the guide as a page to print.", metavar="FILE.html")] = None,
) -> None:
    """Show how to take the photo: where to stand, what to wear, where the camera goes.

    Example:  posturecam guide --out guide.html
    """
    from posturecam.reports.html.photo_guide import guide_page, print_guide

    if out is None:
        print_guide()
        return
    from posturecam.storage.files import write_file
    from posturecam.storage.outputs import claim

    claim([out], ())
    write_file(out, guide_page().encode())
    say(_("written: {out}", out=out))
