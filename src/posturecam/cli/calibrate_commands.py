"""``posturecam calibrate``: print the board, and make a camera's profile from photos of it."""

from pathlib import Path
from typing import Annotated

import typer

from posturecam.cli.file_options import EXAMPLE, FILES, showing
from posturecam.cli.saying import say
from posturecam.text.language import _

calibrate = typer.Typer(no_args_is_help=True, help="Print the board; make a camera's profile from photos of it.")


def board_command(
    out: Annotated[Path, typer.Option(help="Where to write it.", metavar="FILE.pdf|FILE.png")],
    paper: Annotated[str, typer.Option(help="a4 or letter.")] = "a4",
    large: Annotated[
        bool, typer.Option("--large", help="One large marker instead, to hang beside the person.")
    ] = False,
) -> None:
    """Write the board to print, true to size, with a ruler to check it and a hole to hang it by.

    Hung by its thread beside the person, as far from the camera, it tells which way is up and how large a millimetre
    is. The large marker can be read in smaller photos; the board also serves posturecam calibrate camera.

    Examples:  posturecam calibrate board --out board.pdf   posturecam calibrate board --large --out marker.pdf
    """
    from posturecam.picture.lens.board import board_file
    from posturecam.storage.files import write_file
    from posturecam.storage.origin import signed_bytes
    from posturecam.storage.outputs import claim

    claim([out], ())
    write_file(out, signed_bytes(board_file(paper.lower(), out.suffix, large=large)))
    say(_("written: {out}", out=out))
    say(_("Print it at 100 %, check the ruler, and glue it to something flat."))


def camera_command(
    photos: Annotated[
        list[Path], typer.Argument(help="8 to 12 photos of the board, tilted every way.", metavar="PHOTO…")
    ],
    out: Annotated[Path, typer.Option(help="Where to write the profile.", metavar="FILE.json")],
    coverage: Annotated[
        Path | None, typer.Option(help="Draw where corners were seen, too.", metavar="FILE.png")
    ] = None,
) -> None:
    """Find a camera's focal length and distortion from photos of the board.

    Example:  posturecam calibrate camera board_*.jpg --out phone.json --coverage seen.png
    """
    from io import BytesIO

    from rich.console import Console
    from rich.progress import track

    from posturecam.picture.lens.calibration import calibrate as solve
    from posturecam.picture.lens.calibration import coverage_picture
    from posturecam.picture.lens.profile import profile_bytes
    from posturecam.picture.photo import read
    from posturecam.storage.files import write_file
    from posturecam.storage.origin import signed_bytes
    from posturecam.storage.outputs import claim

    claim([out, coverage], photos)
    console = Console(stderr=True)
    hidden = not console.is_terminal
    shown = track(photos, "reading", console=console, transient=True, disable=hidden)
    made = solve([read(photo) for photo in shown])
    write_file(out, profile_bytes(made.profile))
    if coverage is not None:
        drawn = BytesIO()
        coverage_picture(made.seen, made.profile.size_px).save(drawn, "PNG")
        write_file(coverage, signed_bytes(drawn.getvalue()))
    for name in made.without:
        say(_("no board found: {name}", name=name))
    profile = made.profile
    say(
        _(
            "focal length {focal_px:.0f} px, k1 {k1:+.4f}, k2 {k2:+.4f}, off by {error_px:.2f} px",
            focal_px=profile.focal_px,
            k1=profile.k1,
            k2=profile.k2,
            error_px=profile.error_px,
        )
    )
    say(_("where corners were seen:\n{map}", map=made.map))
    for path in (out, *((coverage,) if coverage else ())):
        say(_("written: {path}", path=path))


for _name, _command in (("board", board_command), ("camera", camera_command)):
    calibrate.command(_name, epilog=EXAMPLE)(showing(_command, FILES))
