"""What several tests share: the finder opened once, sample photos, the phantoms where they are at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator  # noqa: TC003
from pathlib import Path
from typing import Any

import pytest

from posturecam.poses.finder import Finder

os.environ["POSTURECAM_LANGUAGE"] = "en"
"""The tests read English, whatever this system speaks."""

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "sample_images"
PHANTOMS = ROOT.parent / "shared" / "phantoms"


@pytest.fixture(scope="session")
def finder() -> Iterator[Finder]:
    """The real finder, opened once for all tests."""
    with Finder() as opened:
        yield opened


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample photos."""
    return SAMPLES


@pytest.fixture(scope="session")
def phantoms() -> list[dict[str, Any]]:
    """The truth of the rendered people for measuring; skipped where they are not at hand."""
    if not (PHANTOMS / "truth.json").exists():
        pytest.skip("the phantoms are not at hand (../shared/phantoms)")
    images: list[dict[str, Any]] = json.loads((PHANTOMS / "truth.json").read_text())["images"]
    return [{**image, "path": PHANTOMS / image["file"]} for image in images]
