"""The page's connections: so many and no more, and each says within a time what it wants."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

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
