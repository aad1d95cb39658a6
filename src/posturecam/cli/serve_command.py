"""``posturecam serve``: the same as a page in the browser, on this machine alone."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from posturecam.cli.file_options import tell_network
from posturecam.cli.saying import say
from posturecam.cli.shared_options import Camera, Database, Passes, Timeout
from posturecam.errors import SettingsError
from posturecam.text.language import _

NEEDED = ("starlette", "uvicorn", "jinja2", "websockets")

EXAMPLES = """Examples:

  posturecam serve --open          (photos, mirror, people and their history, in the browser)

  posturecam serve --port 8123
"""


def serve(
    port: Annotated[int, typer.Option(help="Where to listen; 0 takes a free port.")] = 0,
    host: Annotated[str, typer.Option(help="A loopback address; any other is refused.")] = "127.0.0.1",
    open_: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    database: Database = None,
    camera: Camera = None,
    passes: Passes = None,
    timeout: Timeout = None,
    model: Annotated[Path | None, typer.Option(help="Another BlazePose bundle.", metavar="FILE.task")] = None,
    knowledge: Annotated[Path | None, typer.Option(help="A folder with your own tables.", metavar="DIR")] = None,
) -> None:
    """Open posturecam as a page in your browser: drop photos, move points, mirror, people. Nothing leaves the machine.

    Prints the page's address once it answers. Only this machine can reach it, and only with the key in the address.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        msg = _(
            "not installed, but needed for the page: {names}. Run: pip install 'posturecam[page]'",
            names=", ".join(missing),
        )
        raise SettingsError(msg)
    from posturecam.knowledge import load
    from posturecam.page.app_state import AppState
    from posturecam.page.page_server import Place, run_server
    from posturecam.picture.lens.profile import read_profile
    from posturecam.pipeline.limits import checked_timeout
    from posturecam.poses.ensemble import whole_passes
    from posturecam.poses.model import pose_model
    from posturecam.records import check_records

    limit_s = checked_timeout(timeout)
    place, tables = Place(host, port), load(knowledge)
    lens = None if camera is None else read_profile(camera)
    check_records(database)
    tell_network(database)
    pose_model(model)
    times = None if passes is None else whole_passes(passes)
    say(_("posturecam: starting; Ctrl-C ends it. The page is for this machine alone:"), err=True)
    run_server(
        place, AppState(tables, database, model, times, camera=lens, timeout_s=limit_s), _told, open_browser=open_
    )


serve.__doc__ = f"{serve.__doc__}\n\n\b\n{EXAMPLES}"


def _told(address: str) -> None:
    """Print the address at once, whatever stdout is."""
    say(address)
    sys.stdout.flush()
