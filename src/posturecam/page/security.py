"""Who may ask: the machine's own browser, by its own name, from its own page, with this start's key.

In this order: a foreign Host is answered with 400 (a name that was made to point here, DNS rebinding), a foreign Origin
with 403 (another page that posts, embeds or opens a socket), a missing key with 401 whatever the path. The key comes
once in the address and from then on in a cookie that scripts cannot read and other sites do not send. Pages of another
port of this machine count as the same site and would send it, so the origin is compared with its port. Cookies know no
ports: a server on another port of this machine that the same browser visits is sent the cookie too. Whoever runs one
there unwanted is inside already; the key still dies with this start.
"""

import hmac
import secrets
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from posturecam.storage.strict_json import MOST_DIGITS
from posturecam.text.language import N_, _

KEY = "key"
"""Name of the key in the address."""

BAD_HOST, NO_KEY, BAD_ORIGIN, NO_NUMBER = 400, 401, 403, 404
WORDS = {
    BAD_HOST: N_("This address is not posturecam's own. Open the one that posturecam serve printed."),
    NO_KEY: N_(
        "The key is missing. Open the whole address that posturecam serve printed; it changes with every start."
    ),
    NO_NUMBER: N_("There is nothing at this address."),
    BAD_ORIGIN: N_("Another page asked for this. posturecam answers its own pages only."),
}


def new_key() -> str:
    """Make a key that nobody guesses: 256 random bits."""
    return secrets.token_hex(32)


class OneTimeKey:
    """A key that opens once, within some seconds: what is handed to the browser through a file."""

    def __init__(self, lasts_s: float) -> None:
        """Make a key that nobody guesses."""
        self.key, self.used = new_key(), threading.Event()
        self._until, self._lock = time.monotonic() + lasts_s, threading.Lock()

    def opens(self, given: str) -> bool:
        """Whether this opens; the first time that it does is the last."""
        if not hmac.compare_digest(given.encode(), self.key.encode()):
            return False
        with self._lock:
            fresh = not self.used.is_set() and time.monotonic() <= self._until
            self.used.set()
        return fresh


@dataclass(frozen=True, slots=True)
class Access:
    """What must be right to come in: the key, the host names with their port, the cookie's name.

    ``once`` opens too, a single time: it is exchanged for the cookie.
    """

    key: str
    hosts: frozenset[str]
    cookie: str
    once: OneTimeKey | None = None

    @staticmethod
    def of(key: str, host: str, port: int, once: OneTimeKey | None = None) -> "Access":
        """Make the door of a server on a loopback address; each port has a cookie of its own."""
        shown = f"[{host}]" if ":" in host else host
        names = {shown, "localhost"}
        hosts = {f"{name}:{port}" for name in names} | (names if port == 80 else set())
        return Access(key, frozenset(hosts), f"posturecam_{port}", once)

    def refusal(self, headers: Iterable[tuple[bytes, bytes]], query: bytes) -> int | None:
        """Say why a request is refused, as an HTTP status; None when it may come in."""
        found = RequestHeaders(headers)
        if found.all("host") != [found.one("host")] or found.one("host") not in self.hosts:
            return BAD_HOST
        if not self._own_origin(found):
            return BAD_ORIGIN
        if not (self.key_in_query(query) or self._key_in_cookie(found) or self._opens_once(query)):
            return NO_KEY
        return None

    def brings_key(self, query: bytes) -> bool:
        """Whether the address that was let in carries a key of this start, to be exchanged for the cookie."""
        return self.key_in_query(query) or (self.once is not None and _given(query) == self.once.key)

    def _opens_once(self, query: bytes) -> bool:
        return self.once is not None and self.once.opens(_given(query))

    def key_in_query(self, query: bytes) -> bool:
        """Whether the address carries the key."""
        return hmac.compare_digest(_given(query).encode(), self.key.encode())

    def _key_in_cookie(self, found: "RequestHeaders") -> bool:
        pairs = (part.strip().partition("=") for line in found.all("cookie") for part in line.split(";"))
        given = next((value for name, _, value in pairs if name == self.cookie), "")
        return hmac.compare_digest(given.encode(), self.key.encode())

    def _own_origin(self, found: "RequestHeaders") -> bool:
        """Compare the origin where the browser states one, and what it says of who asks."""
        own = f"http://{found.one('host')}"
        if any(origin != own for origin in found.all("origin")):
            return False
        foreign = found.one("sec-fetch-site") in ("cross-site", "same-site")
        return not foreign or found.one("sec-fetch-mode") == "navigate"

    @property
    def set_cookie(self) -> str:
        """The cookie's header: gone with the browser's session, unseen by scripts, never sent by another site."""
        return f"{self.cookie}={self.key}; Path=/; HttpOnly; SameSite=Strict"


def _given(query: bytes) -> str:
    """Give the key that an address carries, or nothing."""
    return parse_qs(query.decode("latin-1")).get(KEY, [""])[0]


class RequestHeaders:
    """A request's headers by their lower-case names."""

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Take the headers as the server gives them."""
        self._found: dict[str, list[str]] = {}
        for name, value in headers:
            self._found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))

    def all(self, name: str) -> list[str]:
        """Give every value of a header."""
        return self._found.get(name, [])

    def one(self, name: str) -> str:
        """Give the first value of a header, or nothing."""
        return (self._found.get(name) or [""])[0]


def policy(host: str) -> dict[str, str]:
    """Say what the browser may do with an answer: load from here only, no inline script or style, no framing."""
    content = (
        f"default-src 'self'; connect-src 'self' ws://{host}; img-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": content,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), display-capture=()",
        "Cache-Control": "no-store",
    }


def _no_number(path: str) -> int | None:
    """Refuse an address that names a photo or an exam by a number that none has."""
    return NO_NUMBER if any(part.isdecimal() and len(part) > MOST_DIGITS for part in path.split("/")) else None


class Guard:
    """Stands before the whole application: refuses, sets the cookie, adds the headers."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        """Guard an application."""
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refused = self._access.refusal(scope["headers"], scope["query_string"]) or _no_number(scope["path"])
        fresh = refused is None and self._access.brings_key(scope["query_string"])
        send = self._with_headers(send, RequestHeaders(scope["headers"]).one("host"), fresh=fresh)
        if refused is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
            await PlainTextResponse(_(WORDS[refused]) + "\n", refused)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _with_headers(self, send: Send, host: str, *, fresh: bool) -> Send:
        headers = policy(host if host in self._access.hosts else next(iter(self._access.hosts)))

        async def sending(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                out = MutableHeaders(scope=message)
                for name, value in headers.items():
                    out[name] = value
                if fresh:
                    out.append("Set-Cookie", self._access.set_cookie)
            await send(message)

        return sending
