"""What several tests share: the finder opened once, sample photos, the phantoms where they are at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator  # noqa: TC003
from typing import TYPE_CHECKING, Any

import pytest

from repository import PHANTOMS, SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from posturecam.poses.finder import Finder

os.environ["POSTURECAM_LANGUAGE"] = "en"
"""The tests read English, whatever this system speaks."""


OTHER_PROGRAMS = (
    "test_batch_cluster",
    "test_batch_pool",
    "test_batch_remote",
    "test_doors",
    "test_live_window",
    "test_page_browser",
    "test_page_mirror",
    "test_page_points",
    "test_page_security",
    "test_records_server",
    "test_report_page",
)
"""Tests that wait for a browser, a window, a server or killed processes: a busy machine can keep these from answering
in time, so each gets a second try, and the summary names it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a second try to what waits for other programs, and let only one of these run at a time.

    Where several processes share the tests (``-n``), a file's tests stay in one of them, and so do all of these files.
    """
    for item in items:
        others = item.path.stem in OTHER_PROGRAMS
        item.add_marker(pytest.mark.xdist_group("other programs" if others else item.path.stem))
        if others:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def finder() -> Iterator[Finder]:
    """The real finder, opened once for all tests."""
    from posturecam.poses.finder import Finder

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
