"""What several tests share: the finder opened once, sample photos, the phantoms; and what ``make quick`` leaves out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator, Iterator  # noqa: TC003
from typing import TYPE_CHECKING, Any

import pytest

from repository import PHANTOMS, SAMPLES, TESTS

if TYPE_CHECKING:
    from pathlib import Path

    from posturecam.poses.finder import Finder

os.environ["POSTURECAM_LANGUAGE"] = "en"
"""The tests read English, whatever this system speaks."""

VISION = TESTS / "vision"
LOADED = pytest.StashKey[set[str]]()
PICTURE_LIBRARIES = frozenset({"cv2", "mediapipe"})
"""What the quick tests never load."""

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

SERVERS = ("test_batch_gs", "test_batch_hangs", "test_batch_sftp")
"""Tests that wait for a server or a worker process too, and are steady."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that runs one part of the tests."""
    parser.addoption(
        "--part",
        choices=("quick", "rest"),
        help="quick: without tests/vision, what waits for other programs, and what is marked slow; rest: all of that",
    )


def is_pure(path: Path) -> bool:
    """Tell whether a file's tests need neither a picture library nor another program."""
    return VISION not in path.parents and path.stem not in (*OTHER_PROGRAMS, *SERVERS)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave whole files unread where only the quick tests are wanted."""
    unread = collection_path == VISION or (collection_path.suffix == ".py" and not is_pure(collection_path))
    return True if unread and config.getoption("--part") == "quick" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give a second try to what waits for other programs, and let only one of these run at a time.

    Where several processes share the tests (``-n``), a file's tests stay in one of them, and so do all of these files.
    """
    part = config.getoption("--part")
    if part is not None:
        wanted = [item for item in items if (part == "quick") == is_quick(item)]
        config.hook.pytest_deselected(items=[item for item in items if (part == "quick") != is_quick(item)])
        items[:] = wanted
    for item in items:
        others = item.path.stem in OTHER_PROGRAMS
        item.add_marker(pytest.mark.xdist_group("other programs" if others else item.path.stem))
        if others:
            item.add_marker(pytest.mark.flaky(reruns=1))


def is_quick(item: pytest.Item) -> bool:
    """Tell whether a test belongs to the part that takes a moment."""
    return is_pure(item.path) and item.get_closest_marker("slow") is None


def loaded() -> set[str]:
    """Name the picture libraries that this process has loaded."""
    return PICTURE_LIBRARIES & sys.modules.keys()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse that reading the files of the quick tests loads a picture library."""
    if session.config.getoption("--part") == "quick" and loaded():
        msg = f"{' and '.join(sorted(loaded()))} imported outside tests/vision: what needs that lies there"
        raise pytest.UsageError(msg)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Remember what was loaded before a test and its fixtures."""
    item.stash[LOADED] = loaded()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Refuse that a quick test loads a picture library; where one is loaded already, nothing shows."""
    result = yield
    new = loaded() - item.stash[LOADED]
    if new and is_quick(item):
        pytest.fail(f"this test loads {' and '.join(sorted(new))}: it belongs in tests/vision", pytrace=False)
    return result


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
