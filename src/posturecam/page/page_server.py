"""The server: a socket on the loopback address, the address told once it answers, and a clean end.

The addresses of the page and what answers them; so many connections and no more, each within a time.
"""

import asyncio
import errno
import html
import ipaddress
import mimetypes
import os
import signal
import socket
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from uvicorn.protocols.http.h11_impl import H11Protocol

from posturecam.errors import PosturecamError, SettingsError
from posturecam.page import exam_views, mirror_views, people_views, requests
from posturecam.page.app_state import MOST_PHOTOS, AppState
from posturecam.page.exam_views import LARGEST_PHOTO
from posturecam.page.record_io import known_people
from posturecam.page.requests import app_state_of
from posturecam.page.security import Access, Guard, OneTimeKey, new_key
from posturecam.page.worker import PhotoWorker
from posturecam.reports.html.markup import join, style
from posturecam.reports.html.photo_guide import INTRODUCTION, TITLE, guide_sections
from posturecam.text.language import _

MOST_CONNECTIONS = 64
"""Open connections; a browser opens six and one for the mirror."""

HEAD_S = 10.0
"""Time in which the head of a request must have arrived."""


class Connection(H11Protocol):
    """A connection that is closed when there are too many, or when the head of a request takes too long."""

    _late: asyncio.TimerHandle | None = None
    _handed_on: bool = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or close it at once."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait for the rest of a head."""
        super().data_received(data)
        self._wait()

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Hand the connection on to the mirror's socket, whose pictures come for as long as somebody stands there."""
        super().handle_websocket_upgrade(event)
        self._handed_on = True

    def _wait(self) -> None:
        """Set the clock while no request is being answered."""
        idle = not self._handed_on and (self.cycle is None or self.cycle.response_complete)
        if not idle and self._late is not None:
            self._late.cancel()
            self._late = None
        elif idle and self._late is None:
            self._late = self.loop.call_later(HEAD_S, self._close_late)

    def _close_late(self) -> None:
        self._late = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


def start_page(request: Request) -> Response:
    """Show the first page: drop photos here."""
    person, exam = (request.query_params.get(name, "") for name in ("person", "exam"))
    exam = exam if app_state_of(request).open_exams.find(exam) is not None else ""
    limits = {"most": MOST_PHOTOS, "largest": LARGEST_PHOTO}
    return requests.render(
        "start.html", person=person, exam=exam, limits=limits, people=known_people(app_state_of(request))
    )


def guide_view(_request: Request) -> Response:
    """Show how to take the photo."""
    return requests.render("guide.html", title=TITLE, introduction=_(INTRODUCTION), sections=join(*guide_sections()))


def report_style(_request: Request) -> Response:
    """Give the reports' own style sheet."""
    return Response(style(), media_type="text/css")


ROUTES: tuple[BaseRoute, ...] = (
    Route("/", start_page),
    Route("/guide", guide_view),
    *exam_views.ROUTES,
    *people_views.ROUTES,
    *people_views.CHANGE_ROUTES,
    *mirror_views.ROUTES,
    Route("/static/report.css", report_style),
)


def make_app(app_state: AppState, worker: PhotoWorker) -> Starlette:
    """Put the application together; who may reach it is the guard's matter."""
    mimetypes.add_type("text/javascript", ".js")  # some systems' own tables say otherwise, and then no script loads
    static = Mount("/static", StaticFiles(packages=[("posturecam.page", "static")]))
    handlers = {PosturecamError: requests.own_error, HTTPException: requests.http_error, Exception: requests.bug}
    app = Starlette(routes=[*ROUTES, static], exception_handlers=handlers)
    app.router.redirect_slashes = False
    app.state.app_state, app.state.worker = app_state, worker
    return app


LOOPBACK = "127.0.0.1"
END_S = 2
"""How long open connections are waited for at the end; then they are closed."""

SEATS_S = 3.0
"""And how long mirrors that are still measuring; a photo is waited for by the worker."""

OPENED_S = 20.0
"""How long a browser has to start and to read the file that leads it to the page."""

LARGEST_FRAME = 4 * 2**20
"""Bytes of one message on the mirror's socket."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen: a loopback address and a port, 0 for any that is free."""

    host: str = LOOPBACK
    port: int = 0

    def __post_init__(self) -> None:
        """Refuse what another machine could reach; raises SettingsError."""
        if not 0 <= self.port <= 65535:
            msg = _("--port {port} is no port. Give 0 (any free one) or a number up to 65535.", port=self.port)
            raise SettingsError(msg)
        if not is_loopback(self.host):
            msg = _(
                "--host {host} is not this machine's own loopback. posturecam serves 127.0.0.1 or ::1 only.",
                host=self.host,
            )
            raise SettingsError(msg)

    @property
    def address(self) -> str:
        """The address to bind."""
        return LOOPBACK if self.host == "localhost" else self.host


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bound(place: Place) -> socket.socket:
    """Open the socket; raises SettingsError when the port is in use or forbidden."""
    family = socket.AF_INET6 if ":" in place.address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":  # a port that was just left is free; on Windows the option would let two programs share it
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((place.address, place.port))
    except OSError as error:
        opened.close()
        raise SettingsError(_why_not(place, error)) from error
    return opened


def _why_not(place: Place, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return _(
            "port {port} is in use by another program. Give another --port, or leave it away for a free one.",
            port=place.port,
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return _(
            "port {port} may not be opened by you. Give one above 1023, or leave it away for a free one.",
            port=place.port,
        )
    return _(
        "{host} port {port} cannot be opened: {strerror}. Leave --port away.",
        host=place.host,
        port=place.port,
        strerror=error.strerror or error,
    )


def open_privately(address: str, once: OneTimeKey) -> None:
    """Open the page in the browser without naming a key in the browser's arguments, which every user may list.

    The browser gets a file that only this user reads and that leads on, with a key that opens once; the file is gone as
    soon as that key was used, or a little later.
    """
    with tempfile.TemporaryDirectory(prefix="posturecam-") as folder:  # 0700
        file = Path(folder) / "open.html"
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as opened:
            there = html.escape(f"{address}?key={once.key}")
            opened.write(f'<!doctype html><meta http-equiv="refresh" content="0;url={there}">')
        threading.Thread(target=webbrowser.open, args=(file.as_uri(),), daemon=True).start()  # some wait for its end
        once.used.wait(OPENED_S)


class _Server(uvicorn.Server):
    """A server that tells when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def run_server(place: Place, app_state: AppState, tell: Tell, *, open_browser: bool = False) -> None:
    """Serve until SIGINT or SIGTERM. ``tell`` gets the address once it answers. Raises SettingsError.

    Ctrl-C ends in KeyboardInterrupt, after the connections were closed.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started with & from a script: the end is told all the same
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with bound(place) as opened:
        port = int(opened.getsockname()[1])
        once = OneTimeKey(OPENED_S)
        access = Access.of(new_key(), place.address, port, once if open_browser else None)
        shown = f"[{place.address}]" if ":" in place.address else place.address
        address = f"http://{shown}:{port}/"

        def ready() -> None:
            """Tell the address, and open it when that is wished."""
            tell(f"{address}?key={access.key}")
            if open_browser:
                threading.Thread(target=open_privately, args=(address, once), daemon=True).start()

        with PhotoWorker(app_state) as worker:
            config = uvicorn.Config(
                Guard(make_app(app_state, worker), access),
                http=Connection,
                log_config=None,
                log_level="critical",
                access_log=False,
                lifespan="off",
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=END_S,
                ws_max_size=LARGEST_FRAME,
                ws_per_message_deflate=False,
            )
            try:
                _Server(config, ready).run(sockets=[opened])
            finally:
                app_state.slots.wait(SEATS_S)
