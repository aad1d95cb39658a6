"""What goes back to the browser: pages from templates, small JSON, and errors in words."""

import asyncio
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from posturecam.body import View
from posturecam.errors import PosturecamError
from posturecam.page.plain import plain_words, told_bug
from posturecam.storage import strict_json
from posturecam.storage.strict_json import MOST_DIGITS
from posturecam.text.language import _, current, later, ngettext
from posturecam.text.language.views import of_view

_PAGES = Environment(
    loader=PackageLoader("posturecam.page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)

LARGEST_JSON = 256 * 1024
"""Bytes of what a page sends beside photos."""

BODY_S = 120.0
"""Time in which a body must have arrived: this machine sends to itself."""

_SAID = re.compile(r'\btr\(\s*"([^"\\]+)"')


@cache
def _of_scripts() -> tuple[str, ...]:
    folder = resources.files("posturecam.page") / "static"
    scripts = (one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith(".js"))
    return tuple(dict.fromkeys(text for script in scripts for text in _SAID.findall(script)))


def script_words() -> Markup:
    """Give the scripts their texts in the language that is spoken, as JSON that no tag can end."""
    told = json.dumps({text: _(text) for text in _of_scripts()}, ensure_ascii=False)
    return Markup(told.replace("<", "\\u003c"))  # noqa: S704  (JSON of our own texts, its brackets escaped)


_WORDS = {404: later("There is nothing at this address."), 405: later("This address cannot be used that way.")}


_PAGES.globals.update(_=_, ngettext=ngettext, language=current, script_words=script_words)
_PAGES.filters["view"] = lambda view: of_view(View(view))


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Fill a page's template."""
    return HTMLResponse(_PAGES.get_template(template).render(**values), status)


def failed(request: Request, status: int, words: str) -> Response:
    """Say what went wrong: as JSON to a script, as a page to a person."""
    if "text/html" in request.headers.get("accept", ""):
        return page(
            "error.html",
            status,
            title=_("Something is missing") if status == 404 else _("That did not work"),
            words=words,
        )
    return JSONResponse({"error": words}, status)


async def own_error(request: Request, error: Exception) -> Response:
    """Answer an error that the user can mend."""
    assert isinstance(error, PosturecamError)  # noqa: S101  (registered for these)
    return failed(request, 400, plain_words(error))


async def http_error(request: Request, error: Exception) -> Response:
    """Answer what cannot be found or done; details are said only where they are our own words."""
    assert isinstance(error, HTTPException)  # noqa: S101  (registered for these)
    return failed(request, error.status_code, _(_WORDS.get(error.status_code, error.detail)))


async def bug(request: Request, error: Exception) -> Response:
    """Answer a bug without saying anything of this machine."""
    return failed(request, 500, told_bug(error))


async def sent_json(request: Request) -> Mapping[str, Any]:
    """Read a small JSON object. Raises HTTPException."""
    data = await sent_bytes(request, LARGEST_JSON)
    try:
        found = strict_json.loads(data or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise HTTPException(400, _("This is not what the page sends. Load the page again."))
    return found


async def sent_bytes(request: Request, most: int) -> bytes:
    """Read a body up to a size. Raises HTTPException."""
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and (len(length) > MOST_DIGITS or int(length) > most):
        raise HTTPException(413, too_large(most))
    try:
        async with asyncio.timeout(BODY_S):
            return await _body(request, most)
    except TimeoutError as error:
        raise HTTPException(408, _("The upload took too long and was given up. Please try again.")) from error
    except ClientDisconnect as error:
        raise HTTPException(400, _("The upload broke off. Please send it again.")) from error


async def _body(request: Request, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise HTTPException(413, too_large(most))
        parts.append(chunk)
    return b"".join(parts)


def too_large(most: int) -> str:
    """Say that something is too large."""
    return _("This is larger than {most} MB. Save it smaller and try again.", most=most // 2**20 or 1)
