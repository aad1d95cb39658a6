"""Write the generated pages of the documentation again. `make docs` runs this; a test checks that they are current."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.architecture import DRAWING, between, drawing, order
from tools.house import PACKAGE

from posturecam.knowledge import load
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Settings, assess
from posturecam.pipeline.exam import with_contour
from posturecam.poses.finder import Finder
from posturecam.reports.catalogue import write_docs
from posturecam.reports.drawing.photo_overlay import draw_overlay, encode
from posturecam.storage.files import write_file

ROOT = Path(__file__).resolve().parents[1]


def write_overlay() -> None:
    """Draw the picture that the README shows, with today's code."""
    photo = read(ROOT / "sample_images" / "front.jpg")
    knowledge = load()
    with Finder() as finder:
        assessment = with_contour(assess(photo, finder, Settings(), knowledge), photo, finder, knowledge)
    write_file(ROOT / "docs" / "overlay.jpg", encode(draw_overlay(photo.pixels, assessment, photo.scale), ".jpg"))


if __name__ == "__main__":
    write_docs()
    write_file(DRAWING, drawing(order(), between(PACKAGE)).encode())
    write_overlay()
