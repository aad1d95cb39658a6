"""The front door: a photo, in whatever form it is at hand, analysed as the command line does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from posturecam.body import View
from posturecam.knowledge import Knowledge, load
from posturecam.patterns.answers import Answers
from posturecam.picture.photo_source import Source, open_photo
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.detection import PoseFinder
from posturecam.text.language import ENGLISH, speaking


def analyze(  # noqa: PLR0913  (the front door takes what the command line takes)
    photo: Source,
    *,
    view: View | str | None = None,
    mirrored: bool | None = None,
    roll_deg: float | None = None,
    outline: bool = False,
    settings: Settings | None = None,
    model: Path | None = None,
    knowledge: Knowledge | None = None,
    answers: Answers | None = None,
    finder: PoseFinder | None = None,
    language: str = ENGLISH,
) -> Assessment:
    """Analyse one photo. Raises PhotoError, NobodyFound, SettingsError (a view that it cannot show) or ModelError.

    ``photo`` is a path, the bytes of a file, an (h, w, 3) RGB or (h, w) grey array of uint8, a picture of Pillow's or
    an opened ``Photo``. OpenCV reads blue first: hand in ``cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)``.
    ``view`` is "front", "back", "left" or "right", ``roll_deg`` the camera's roll where it is known (> 0: the content
    is turned counter-clockwise); ``mirrored`` marks a mirrored selfie. They and all else stand in ``settings`` too;
    what is said here counts. ``outline`` measures what the outline shows in front and back views as well.

    Hand in an open ``Finder`` to analyse many photos with one network. ``language`` is that of the words, ``en`` or
    ``de``; the numbers, keys and codes are the same in each, and the system's language does not count.
    """
    with speaking(language):
        settings, knowledge = settings_with(settings, view, mirrored=mirrored, roll_deg=roll_deg), knowledge or load()
        opened = open_photo(photo, settings.long_side_px)
        with _finder(finder, model) as looking:
            return assess_photo(opened, looking, settings, knowledge, answers, outline=outline)


def settings_with(
    settings: Settings | None, view: View | str | None, *, mirrored: bool | None, roll_deg: float | None
) -> Settings:
    """Give the settings with what was said beside them. Raises ValueError for a view that there is not."""
    said = {
        "view": None if view is None else View(view),
        "mirrored": mirrored,
        "roll_deg": None if roll_deg is None else float(roll_deg),
    }
    given: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    return replace(settings or Settings(), **given)


@contextmanager
def _finder(finder: PoseFinder | None, model: Path | None) -> Iterator[PoseFinder]:
    """Give the finder handed in, or one that is opened for the photo and closed again."""
    if finder is not None:
        yield finder
        return
    from posturecam.poses.finder import Finder  # noqa: PLC0415  (loads cv2 and mediapipe)

    with Finder(model) as opened:
        yield opened
