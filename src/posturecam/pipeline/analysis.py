"""The front door: one photo analysed as the command line does it."""

from pathlib import Path

from posturecam.knowledge import Knowledge, load
from posturecam.patterns.answers import Answers
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.detection import PoseFinder


def analyze(  # noqa: PLR0913  (the front door takes what the command line takes)
    path: Path | str,
    *,
    settings: Settings | None = None,
    model: Path | None = None,
    knowledge: Knowledge | None = None,
    answers: Answers | None = None,
    finder: PoseFinder | None = None,
) -> Assessment:
    """Analyse one photo. Raises PhotoError, NobodyFound or ModelError (see ``posturecam.errors``).

    Hand in an open ``Finder`` to analyse many photos with one network.
    """
    settings, knowledge = settings or Settings(), knowledge or load()
    photo = read(path, settings.long_side_px)
    if finder is not None:
        return assess_photo(photo, finder, settings, knowledge, answers)
    from posturecam.poses.finder import Finder  # noqa: PLC0415  (loads cv2 and mediapipe)

    with Finder(model) as opened:
        return assess_photo(photo, opened, settings, knowledge, answers)
