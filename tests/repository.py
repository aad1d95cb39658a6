"""Where things lie that tests look at."""

from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
SOURCE = ROOT / "src" / "posturecam"
SAMPLES = ROOT / "sample_images"
SHARED = ROOT.parent / "shared"
"""Rendered people and films: beside the repository where they are at hand, else the tests of them are skipped."""
PHANTOMS = SHARED / "phantoms"
