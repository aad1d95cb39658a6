"""Look over the machine: versions, the models' checksums, system libraries, a display. What `posturecam doctor` prints.

Every check is made without importing what it is about: a machine where cv2 does not load is the one that needs it.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata

from posturecam.cli.system_libraries import missing_libraries, remedy
from posturecam.errors import ModelError
from posturecam.poses.model import shipped_model, shipped_models
from posturecam.text.language import _

OPTIONAL_MARK = re.compile(r";.*\bextra\b")
NAME = re.compile(r"[A-Za-z0-9._-]+")


class State(StrEnum):
    """How a check came out."""

    OK = "ok"
    LIMITED = "limited"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at, what was found, and how to mend it.

    Only a check that is not OK has a remedy, and each of those has one.
    """

    name: str
    state: State
    found: str
    remedy: str = ""

    def __post_init__(self) -> None:
        """Refuse a fault without a remedy, and a remedy without a fault."""
        if (self.state is State.OK) == bool(self.remedy):
            message = f"check {self.name!r}: state {self.state} and remedy {self.remedy!r} do not go together"
            raise ValueError(message)


def check_machine() -> tuple[Check, ...]:
    """Return every check of this machine, in the order a person would mend them."""
    return (check_python(), *check_libraries(), *check_packages(), *check_models(), check_display())


def is_able(checks: tuple[Check, ...]) -> bool:
    """Tell whether a photo can be analysed here."""
    return all(check.state is not State.MISSING for check in checks)


def check_python() -> Check:
    """Return which Python and which system this is."""
    return Check(
        "Python",
        State.OK,
        _(
            "{python_version} on {platform}",
            python_version=platform.python_version(),
            platform=platform.platform(terse=True),
        ),
    )


def check_libraries() -> tuple[Check, ...]:
    """Return whether the system libraries that cv2 loads are there."""
    missing = missing_libraries()
    if not missing:
        return (Check(_("system libraries"), State.OK, _("all there")),)
    to_do = remedy(tuple(package.name for package in missing))
    return tuple(Check(package.name, State.MISSING, ", ".join(package.libraries), to_do) for package in missing)


def check_packages() -> tuple[Check, ...]:
    """Return the version of posturecam and of every package it needs at run time."""
    try:
        requirements = metadata.requires("posturecam") or []
    except metadata.PackageNotFoundError:
        return (Check("posturecam", State.MISSING, _("not installed"), _("pip install . in the clone")),)
    needed = [_name(requirement) for requirement in requirements if not OPTIONAL_MARK.search(requirement)]
    return tuple(_package(name) for name in ("posturecam", *needed))


def _name(requirement: str) -> str:
    """Return the name at the beginning of a requirement such as `numpy<3,>=2.0`."""
    match = NAME.match(requirement)
    return match.group() if match else requirement


def _package(name: str) -> Check:
    """Return the version of one package."""
    try:
        return Check(name, State.OK, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Check(
            name,
            State.MISSING,
            _("not installed"),
            _("{executable} -m pip install {name}", executable=sys.executable, name=name),
        )


def check_models() -> tuple[Check, ...]:
    """Return whether each shipped model is there with its recorded checksum."""
    try:
        entries = shipped_models()
    except ModelError as error:
        return (Check(_("pose model"), State.MISSING, *_parted(error)),)
    return tuple(_model(entry.name) for entry in entries)


def _model(name: str) -> Check:
    """Return whether one model is there and whole."""
    try:
        return Check(name, State.OK, _("sha256 {sha256}", sha256=shipped_model(name).sha256))
    except ModelError as error:
        return Check(name, State.MISSING, *_parted(error))


def _parted(error: ModelError) -> tuple[str, str]:
    """Return what a message says is wrong, and what it says to do."""
    wrong, _joint, to_do = str(error).partition("; ")
    return wrong, to_do or _("install posturecam again")


def check_display() -> Check:
    """Return whether windows can be shown; only the live mirror shows any."""
    if not sys.platform.startswith("linux"):
        return Check(_("display"), State.OK, _("the system's own"))
    found = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if found:
        return Check(_("display"), State.OK, found)
    to_do = _("start it from a desktop session, or set DISPLAY; photos are analysed without one")
    return Check(_("display"), State.LIMITED, _("none, so no live mirror"), to_do)
