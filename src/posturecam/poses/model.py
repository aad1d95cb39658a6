"""Find the models that came with the installation, and read a pose model the user names.

Models are handed on as bytes: the engine mangles absolute paths on Windows, and what was checked is what is run.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from posturecam.errors import ModelError
from posturecam.errors.facts import Problem

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

POSE = "pose_landmarker_full"
FACE = "face_landmark"
FACE_DETECTOR = "face_detection_short_range"
# What a bundle has to hold; other BlazePose bundles (lite, heavy) use the same two names.
MEMBERS = ("pose_detector.tflite", "pose_landmarks_detector.tflite")
NETWORK_IDENTIFIER = b"TFL3"


@dataclass(frozen=True, slots=True)
class Entry:
    """One shipped model as the record of the installation states it."""

    name: str
    file: str
    size: int
    sha256: str
    source: str
    licence: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model in memory: its name (the file's, without ending), its sha256, its bytes."""

    name: str
    sha256: str
    content: bytes = field(repr=False)


def shipped_models() -> tuple[Entry, ...]:
    """Return what the installation ships; raise ModelError when its record is missing or damaged."""
    record = _folder() / "models.json"
    try:
        return tuple(Entry(**entry) for entry in json.loads(record.read_text(encoding="utf-8"))["models"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = Problem("no_pose_model", record=record)
        raise ModelError(message) from error


@cache
def shipped_model(name: str) -> Model:
    """Return a shipped model whose checksum is the recorded one; raise ModelError when it is not there or damaged."""
    entry = next((item for item in shipped_models() if item.name == name), None)
    if entry is None:
        message = Problem("model_not_shipped", name=name)
        raise ModelError(message)
    path = _folder() / entry.file
    try:
        content = path.read_bytes()
    except OSError as error:
        message = Problem("model_unreadable", path=path, strerror=str(error.strerror))
        raise ModelError(message) from error
    found = hashlib.sha256(content).hexdigest()
    if found != entry.sha256:
        message = Problem("model_damaged", path=path, found=found, sha256=entry.sha256)
        raise ModelError(message)
    return Model(name, found, content)


def pose_model(path: Path | None = None) -> Model:
    """Return the pose model in this `.task` file, or the shipped one; raise ModelError when it cannot be used."""
    if path is None:
        return shipped_model(POSE)
    try:
        content = path.read_bytes()
    except OSError as error:
        message = Problem("model_file_unreadable", path=path, strerror=error.strerror)
        raise ModelError(message) from error
    fault = _fault(content)
    if fault:
        message = Problem("model_file_refused", path=path, fault=fault)
        raise ModelError(message)
    return Model(path.stem, hashlib.sha256(content).hexdigest(), content)


def face_model() -> Model:
    """Return the shipped face mesh."""
    return shipped_model(FACE)


def face_detector_model() -> Model:
    """Return the shipped face detector, which finds the faces that are to be hidden."""
    return shipped_model(FACE_DETECTOR)


def _folder() -> Traversable:
    """Return where the build put the models."""
    return resources.files("posturecam") / "_models"


def _fault(bundle: bytes) -> Problem | None:
    """Return what is wrong with the bytes of a bundle, or None."""
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            missing = [name for name in MEMBERS if name not in archive.namelist()]
            if missing:
                return Problem("bundle_without", names=tuple(missing))
            return next((fault for name in MEMBERS if (fault := _member_fault(archive, name))), None)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        return Problem("not_a_bundle", error=str(error))


def _member_fault(archive: zipfile.ZipFile, name: str) -> Problem | None:
    """Return what is wrong with one network of a bundle, or None."""
    if archive.getinfo(name).compress_type != zipfile.ZIP_STORED:
        return Problem("network_compressed", name=name)
    if archive.read(name)[4:8] != NETWORK_IDENTIFIER:
        return Problem("not_a_network", name=name)
    return None
