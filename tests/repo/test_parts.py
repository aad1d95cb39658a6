"""The quick part of the tests: what loads a picture library is refused there, and whatever is left out is named."""

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import OTHER_PROGRAMS, SERVERS, VISION, is_pure
from repository import TESTS


def quick(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Run a file of tests as ``make quick`` does, beside a stand-in for OpenCV."""
    (folder / "cv2.py").touch()
    (folder / "test_small.py").write_text(text)
    line = [sys.executable, "-m", "pytest", "-p", "conftest", "--part", "quick", "-q", "--rootdir", str(folder)]
    path = {"PYTHONPATH": f"{TESTS}:{folder}"}
    return subprocess.run([*line, "test_small.py"], capture_output=True, text=True, cwd=folder, env=path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def test_it():\n    import cv2\n", "this test loads cv2: it belongs in tests/vision"),
        (
            "import pytest\n@pytest.fixture\ndef net():\n    import cv2\ndef test_it(net): pass\n",
            "this test loads cv2: it belongs in tests/vision",
        ),
        ("import cv2\ndef test_it(): pass\n", "cv2 imported outside tests/vision: what needs that lies there"),
    ],
    ids=["in a test", "in a fixture", "at the top"],
)
def test_a_picture_library_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """Wherever it is loaded."""
    done = quick(tmp_path, text)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr


def test_what_is_pure_runs_and_what_is_slow_does_not(tmp_path: Path) -> None:
    """One of each."""
    done = quick(tmp_path, "import pytest\ndef test_it(): pass\n@pytest.mark.slow\ndef test_long(): raise\n")
    assert "1 passed, 1 deselected" in done.stdout


def test_what_the_quick_part_leaves_out_is_there() -> None:
    """A file that is gone or has another name takes its line with it."""
    found = {path.stem: path for path in TESTS.rglob("test_*.py")}
    assert sorted({*OTHER_PROGRAMS, *SERVERS} - set(found)) == []
    assert not any(is_pure(path) for path in VISION.rglob("test_*.py"))
    assert is_pure(TESTS / "measures" / "test_measures.py")
