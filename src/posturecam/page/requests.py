"""What a request asks for, each part checked here, and what goes back to the browser.

Pages from templates, small JSON, and errors in words.
"""

import asyncio
import json
import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from pathlib import PurePath
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from posturecam.body import View
from posturecam.errors import PosturecamError
from posturecam.page.app_state import AppState, ExamPhoto, OpenExam
from posturecam.page.error_text import error_line, told_bug
from posturecam.page.worker import PhotoWorker
from posturecam.picture.scale import checked_height
from posturecam.pipeline.assessment import Settings
from posturecam.records import checked_person
from posturecam.records.sittings import stated_day
from posturecam.storage import strict_json
from posturecam.storage.strict_json import MOST_DIGITS
from posturecam.text.language import N_, _, current, ngettext
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
    scripts = (file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".js"))
    return tuple(dict.fromkeys(text for script in scripts for text in _SAID.findall(script)))


def script_words() -> Markup:
    """Give the scripts their texts in the language that is spoken, as JSON that no tag can end."""
    told = json.dumps({text: _(text) for text in _of_scripts()}, ensure_ascii=False)
    return Markup(told.replace("<", "\\u003c"))  # noqa: S704  (JSON of our own texts, its brackets escaped)


_WORDS = {404: N_("There is nothing at this address."), 405: N_("This address cannot be used that way.")}


_PAGES.globals.update(_=_, ngettext=ngettext, language=current, script_words=script_words)
_PAGES.filters["view"] = lambda view: of_view(View(view))


def render(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Fill a page's template."""
    return HTMLResponse(_PAGES.get_template(template).render(**values), status)


def failed(request: Request, status: int, words: str) -> Response:
    """Say what went wrong: as JSON to a script, as a page to a person."""
    if "text/html" in request.headers.get("accept", ""):
        return render(
            "error.html",
            status,
            title=_("Something is missing") if status == 404 else _("That did not work"),
            words=words,
        )
    return JSONResponse({"error": words}, status)


async def own_error(request: Request, error: Exception) -> Response:
    """Answer an error that the user can mend."""
    assert isinstance(error, PosturecamError)  # noqa: S101  (registered for these)
    return failed(request, 400, error_line(error))


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


LONGEST_NAME = 120

_GONE = N_(
    "This exam is no longer open: posturecam was started again, or many others were opened. Drop the photos again."
)


def app_state_of(request: HTTPConnection) -> AppState:
    """Give what all pages share."""
    found: AppState = request.app.state.app_state
    return found


def worker_of(request: HTTPConnection) -> PhotoWorker:
    """Give the thread that measures."""
    found: PhotoWorker = request.app.state.worker
    return found


def open_exam_of(request: HTTPConnection) -> OpenExam:
    """Find the open exam that the address names. Raises HTTPException."""
    open_exam = app_state_of(request).open_exams.find(request.path_params["open_exam"])
    if open_exam is None:
        raise HTTPException(410, _(_GONE))
    return open_exam


def exam_photo_of(request: HTTPConnection) -> ExamPhoto:
    """Find the photo that the address names. Raises HTTPException."""
    exam_photo = open_exam_of(request).exam_photo(request.path_params["number"])
    if exam_photo is None:
        raise HTTPException(404, _("This photo is not in the exam."))
    return exam_photo


def person_asked(request: HTTPConnection) -> str:
    """Take a person's name from the address. Raises SettingsError."""
    return checked_person(request.query_params.get("name", ""))


def shown_file_name(said: str) -> str:
    """Make of a file's name a text to show: its last part, no control characters, not endless. Never a path."""
    last = PurePath(said.replace("\\", "/")).name
    kept = "".join(letter for letter in last if unicodedata.category(letter) not in ("Cc", "Cf", "Cs"))
    return kept[-LONGEST_NAME:] or "photo"


def settings_asked(asked: Mapping[str, Any], app_state: AppState) -> Settings:
    """Take from the start page how the photos are to be measured. Raises SettingsError."""
    usual = Settings()
    height = asked.get("height_cm")
    tall = checked_height(float(height)) if isinstance(height, int | float) and math.isfinite(height) else None
    mirrored = asked.get("mirrored") is True
    return Settings(app_state.passes or usual.passes, mirrored=mirrored, height_cm=tall, camera=app_state.camera)


def day_asked(said: Mapping[str, Any], key: str) -> date | None:
    """Take a day such as 2026-03-31, None where there is none. Raises SettingsError."""
    found = text_asked(said, key).strip()
    return stated_day(found, _("The date")) if found else None


def text_asked(asked: Mapping[str, Any], key: str) -> str:
    """Take a text, nothing where there is none."""
    found = asked.get(key)
    return found if isinstance(found, str) else ""
