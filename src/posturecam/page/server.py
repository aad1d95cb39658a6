"""The server: a socket on the loopback address, the address told once it answers, and a clean end."""

import errno
import html
import ipaddress
import os
import signal
import socket
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from posturecam.errors import SettingsError
from posturecam.page.app import make_app
from posturecam.page.connections import Connection
from posturecam.page.security import Door, Guard, OneTimeKey, new_key
from posturecam.page.worker import Worker
from posturecam.page.workplace import Workplace
from posturecam.text.language import _

LOOPBACK = "127.0.0.1"
END_S = 2
"""How long open connections are waited for at the end; then they are closed."""

SEATS_S = 3.0
"""And how long mirrors that are still measuring; a photo is waited for by the worker."""

OPENED_S = 20.0
"""How long a browser has to start and to read the file that leads it to the page."""

LARGEST_FRAME = 4 * 2**20
"""Bytes of one message on the mirror's socket."""

Told = Callable[[str], None]


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


def serve(place: Place, workplace: Workplace, tell: Told, *, open_browser: bool = False) -> None:
    """Serve until SIGINT or SIGTERM. ``tell`` gets the address once it answers. Raises SettingsError.

    Ctrl-C ends in KeyboardInterrupt, after the connections were closed.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started with & from a script: the end is told all the same
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with bound(place) as opened:
        port = int(opened.getsockname()[1])
        once = OneTimeKey(OPENED_S)
        door = Door.of(new_key(), place.address, port, once if open_browser else None)
        shown = f"[{place.address}]" if ":" in place.address else place.address
        address = f"http://{shown}:{port}/"

        def ready() -> None:
            """Tell the address, and open it when that is wished."""
            tell(f"{address}?key={door.key}")
            if open_browser:
                threading.Thread(target=open_privately, args=(address, once), daemon=True).start()

        with Worker(workplace) as worker:
            config = uvicorn.Config(
                Guard(make_app(workplace, worker), door),
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
                workplace.seats.wait(SEATS_S)
