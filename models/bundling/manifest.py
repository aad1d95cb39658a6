"""Read models/manifest.toml, and compare bytes with what it states."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import ModelBuildError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stated:
    """A file as the manifest states it; `name` is a path inside the wheel or a file's own name."""

    name: str
    size: int
    sha256: str

    def check(self, content: bytes, where: str) -> bytes:
        """Return the content when its checksum is the stated one, else raise ModelBuildError."""
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            message = (
                f"{where}: sha256 is {found} ({len(content):,} bytes), "
                f"expected {self.sha256} ({self.size:,} bytes) as stated in models/manifest.toml"
            )
            raise ModelBuildError(message)
        return content


@dataclass(frozen=True, slots=True)
class Network:
    """One pose network: where it lies in the wheel, what the bundle calls it, how its input is normalised."""

    stated: Stated
    member: str
    mean: float
    std: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything models/manifest.toml states."""

    wheel: Stated
    requirement: str
    licence: str
    download: tuple[str, ...]
    networks: tuple[Network, ...]
    bundle: Stated
    face: Stated
    face_path: str
    detector: Stated
    detector_path: str
    model_schema: Stated
    metadata_schema: Stated
    learned_largest: int
    learned_source: str
    learned_licence: str


def read_manifest(path: Path) -> Manifest:
    """Return the manifest in this file."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    wheel, learned, face, detector = (table[part] for part in ("wheel", "learned", "face", "detector"))
    return Manifest(
        wheel=Stated(wheel["file"], wheel["size"], wheel["sha256"]),
        requirement=wheel["requirement"],
        licence=wheel["licence"],
        download=tuple(wheel["download"]),
        networks=tuple(
            Network(Stated(n["path"], n["size"], n["sha256"]), n["member"], n["mean"], n["std"])
            for n in table["network"]
        ),
        bundle=Stated(table["bundle"]["file"], table["bundle"]["size"], table["bundle"]["sha256"]),
        face=Stated(face["file"], face["size"], face["sha256"]),
        face_path=face["path"],
        detector=Stated(detector["file"], detector["size"], detector["sha256"]),
        detector_path=detector["path"],
        model_schema=_stated(table["schema"]["model"]),
        metadata_schema=_stated(table["schema"]["metadata"]),
        learned_largest=learned["largest"],
        learned_source=learned["source"],
        learned_licence=learned["licence"],
    )


def _stated(table: dict[str, str | int]) -> Stated:
    """Return a member of the wheel as the manifest states it."""
    return Stated(str(table["path"]), int(table["size"]), str(table["sha256"]))
