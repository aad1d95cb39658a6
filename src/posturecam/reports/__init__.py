"""The ways to show an assessment, by name. A report turns an assessment and its photo into the bytes of one file.

    from posturecam.reports import REPORTS

    data = REPORTS["webpage"].make(assessment, photo)

The terminal's table is ``posturecam.reports.terminal.report_text.print_assessment``; safe writing is
``posturecam.storage.files``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from posturecam.picture.photo import Photo
    from posturecam.pipeline.assessment import Assessment

__all__ = ["REPORTS", "Report"]


@dataclass(frozen=True, slots=True)
class Report:
    """One way to show an assessment.

    make  takes the assessment and the photo as it was read (None: a plain figure stands for it)
    """

    file_name: str
    summary: str
    make: Callable[[Assessment, Photo | None], bytes]


def _json(assessment: Assessment, _photo: Photo | None) -> bytes:
    from posturecam.storage.assessment_json import assessment_bytes  # noqa: PLC0415  (each report loads only what it needs)

    return assessment_bytes(assessment)


def _picture(assessment: Assessment, photo: Photo | None) -> bytes:
    from posturecam.reports.drawing.photo_overlay import draw, encode  # noqa: PLC0415  (as above)

    return encode(draw(assessment, photo), ".png")


def _webpage(assessment: Assessment, photo: Photo | None) -> bytes:
    from posturecam.reports.drawing.photo_overlay import draw  # noqa: PLC0415  (as above)
    from posturecam.reports.html.report_page import photo_page  # noqa: PLC0415

    return photo_page(assessment, draw(assessment, photo)).encode()


REPORTS: dict[str, Report] = {
    "json": Report("assessment.json", "everything at full precision, to be read by programs", _json),
    "picture": Report("overlay.png", "the photo with plumb line, tilted lines, degrees and words", _picture),
    "webpage": Report("report.html", "one page to read and print: picture, findings, all numbers", _webpage),
}
