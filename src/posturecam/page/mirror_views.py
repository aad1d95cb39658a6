"""The mirror's page, and the socket behind it."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from posturecam.live.session import EXAM_VIEWS, SPACE
from posturecam.page import asked
from posturecam.page.answers import page
from posturecam.page.mirror import MOST_SIDE_PX, Sitting
from posturecam.text.language import _, later
from posturecam.text.language.views import of_view

BUSY = later("The mirror is open in other tabs already. Close one of them, then start again.")


def mirror(_request: Request) -> Response:
    """Show the mirror, its camera still off."""
    return page("mirror.html", views=[of_view(view) for view in EXAM_VIEWS], most=MOST_SIDE_PX)


async def socket(websocket: WebSocket) -> None:
    """Take pictures and keys from the browser, give lines and words back, until either ends it."""
    await websocket.accept()
    workplace = asked.workplace_of(websocket)
    messages: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    exam = websocket.query_params.get("exam") == "1"
    sitting = Sitting(workplace, lambda said: _put(loop, messages, said), exam=exam)

    def run() -> None:
        """Sit until it is over, then say so."""
        sitting.run()
        _put(loop, messages, None)

    if not workplace.seats.take(run):
        await websocket.send_json({"error": _(BUSY)})
        await websocket.close()
        return
    hearing = asyncio.create_task(_hear(websocket, sitting))
    try:
        await _tell(websocket, messages)
    finally:
        hearing.cancel()
        sitting.camera.close()


def _put(
    loop: asyncio.AbstractEventLoop, messages: "asyncio.Queue[dict[str, Any] | None]", said: dict[str, Any] | None
) -> None:
    """Put a message into the queue from another thread; nobody hears it once the server has ended."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(messages.put_nowait, said)


async def _hear(websocket: WebSocket, sitting: Sitting) -> None:
    """Take pictures (bytes) and keys (text) until the browser ends."""
    try:
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                break
            if message.get("bytes") is not None:
                sitting.camera.put(message["bytes"])
            elif message.get("text") == "measure":
                sitting.keys.press(SPACE)
    finally:
        sitting.camera.close()


async def _tell(websocket: WebSocket, messages: "asyncio.Queue[dict[str, Any] | None]") -> None:
    """Send what the sitting says until it is over or the browser has gone."""
    try:
        while (said := await messages.get()) is not None:
            await websocket.send_json(said)
        await websocket.close()
    except (WebSocketDisconnect, RuntimeError):
        return


ROUTES: tuple[BaseRoute, ...] = (Route("/mirror", mirror), WebSocketRoute("/mirror/socket", socket))
