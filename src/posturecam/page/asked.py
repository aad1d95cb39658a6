"""What a request asks for: the workplace behind it, a desk, a photo, a name, a number; each checked here."""

import math
import unicodedata
from collections.abc import Mapping
from datetime import date
from pathlib import PurePath
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from posturecam.page.desks import Desk, Sheet
from posturecam.page.worker import Worker
from posturecam.page.workplace import Workplace
from posturecam.picture.scale import checked_height
from posturecam.pipeline.assessment import Settings
from posturecam.records import checked_person
from posturecam.records.making import day_of
from posturecam.text.language import _, later

LONGEST_NAME = 120

_GONE = later(
    "This exam is no longer open: posturecam was started again, or many others were opened. Drop the photos again."
)


def workplace_of(request: HTTPConnection) -> Workplace:
    """Give what all pages share."""
    found: Workplace = request.app.state.workplace
    return found


def worker_of(request: HTTPConnection) -> Worker:
    """Give the thread that measures."""
    found: Worker = request.app.state.worker
    return found


def desk_of(request: HTTPConnection) -> Desk:
    """Find the desk that the address names. Raises HTTPException."""
    desk = workplace_of(request).desks.find(request.path_params["desk"])
    if desk is None:
        raise HTTPException(410, _(_GONE))
    return desk


def sheet_of(request: HTTPConnection) -> Sheet:
    """Find the photo that the address names. Raises HTTPException."""
    sheet = desk_of(request).sheet(request.path_params["number"])
    if sheet is None:
        raise HTTPException(404, _("This photo is not in the exam."))
    return sheet


def person_asked(request: HTTPConnection) -> str:
    """Take a person's name from the address. Raises SettingsError."""
    return checked_person(request.query_params.get("name", ""))


def shown_file_name(said: str) -> str:
    """Make of a file's name a text to show: its last part, no control characters, not endless. Never a path."""
    last = PurePath(said.replace("\\", "/")).name
    kept = "".join(one for one in last if unicodedata.category(one) not in ("Cc", "Cf", "Cs"))
    return kept[-LONGEST_NAME:] or "photo"


def settings_asked(asked: Mapping[str, Any], workplace: Workplace) -> Settings:
    """Take from the start page how the photos are to be measured. Raises SettingsError."""
    usual = Settings()
    height = asked.get("height_cm")
    tall = checked_height(float(height)) if isinstance(height, int | float) and math.isfinite(height) else None
    mirrored = asked.get("mirrored") is True
    return Settings(workplace.passes or usual.passes, mirrored=mirrored, height_cm=tall, camera=workplace.camera)


def day_asked(said: Mapping[str, Any], key: str) -> date | None:
    """Take a day such as 2026-03-31, None where there is none. Raises SettingsError."""
    found = text_asked(said, key).strip()
    return day_of(found, _("The date")) if found else None


def text_asked(asked: Mapping[str, Any], key: str) -> str:
    """Take a text, nothing where there is none."""
    found = asked.get(key)
    return found if isinstance(found, str) else ""
