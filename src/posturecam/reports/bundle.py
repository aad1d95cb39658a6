"""The files of ``--out``: the data, the pictures, the page, and the PDF where fpdf2 is installed."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec

from posturecam.knowledge import Knowledge
from posturecam.picture.capture_date import best_date
from posturecam.picture.photo import Photo, Pixels
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import Exam
from posturecam.reports.drawing.photo_overlay import draw_figure, draw_overlay, encode
from posturecam.reports.drawing.privacy import headless, hide_faces
from posturecam.reports.html.report_page import exam_page, photo_page
from posturecam.reports.report_options import ReportOptions
from posturecam.storage import assessment_json as json_report
from posturecam.storage import exam_json
from posturecam.text.exam_telling import together


def drawn(assessment: Assessment, photo: Photo, report_options: ReportOptions, *, brief: bool = False) -> Pixels:
    """Draw the overlay as far as the person may be seen; ``photo`` is the picture that was measured.

    ``brief`` writes little, in large letters: for a picture that stands among others.
    """
    options = replace(report_options.overlay, brief=brief)
    if report_options.figure_only:
        return draw_figure(assessment, options=options)
    if report_options.hide_face:
        hidden = hide_faces(photo.pixels, assessment, photo.scale)
        return draw_overlay(hidden, headless(assessment), photo.scale, options)
    return draw_overlay(photo.pixels, assessment, photo.scale, options)


def photo_files(
    assessment: Assessment, photo: Photo, report_options: ReportOptions, knowledge: Knowledge
) -> dict[str, bytes]:
    """Make the files of one photo, by name."""
    shown = drawn(assessment, photo, report_options)
    return {
        "assessment.json": json_report.assessment_bytes(assessment),
        "overlay.png": encode(shown, ".png"),
        "report.html": photo_page(assessment, shown, knowledge, report_options.heading).encode(),
        **pdf_file(assessment, [shown], report_options, knowledge),
    }


def exam_files(
    exam: Exam, photos: Sequence[Photo], report_options: ReportOptions, knowledge: Knowledge
) -> dict[str, bytes]:
    """Make the files of an exam, by name; ``photos`` are the pictures that were measured, in the exam's order."""
    pairs = list(zip(overlay_names(exam.photos), exam.photos, photos, strict=True))
    overlays = {name: encode(drawn(assessment, photo, report_options), ".png") for name, assessment, photo in pairs}
    shown = [drawn(assessment, photo, report_options, brief=True) for _, assessment, photo in pairs]
    taken = best_date(photo.photo.taken for photo in exam.photos)
    whole, names = together(exam), ", ".join(photo.photo.name for photo in exam.photos)
    return {
        "exam.json": exam_json.exam_bytes(exam),
        **overlays,
        "report.html": exam_page(exam, shown, knowledge, report_options.heading).encode(),
        **pdf_file(
            replace(whole, photo=replace(whole.photo, name=names, taken=taken)), shown, report_options, knowledge
        ),
    }


def pdf_file(
    assessment: Assessment, shown: Sequence[Pixels], report_options: ReportOptions, knowledge: Knowledge
) -> dict[str, bytes]:
    """Make the PDF where its extra is installed; ``shown`` are the overlays. Nothing elsewhere."""
    if any(find_spec(package) is None for package in ("fpdf", "uharfbuzz")):
        return {}
    from posturecam.reports.pdf.pdf_report import pdf_report  # noqa: PLC0415  (an extra)

    return {"report.pdf": pdf_report(assessment, shown, knowledge, report_options.heading)}


def overlay_names(photos: Sequence[Assessment]) -> list[str]:
    """Name the overlays after their views: ``overlay_front.png``, and ``overlay_front_2.png`` for a re-stand."""
    names: list[str] = []
    for photo in photos:
        stem = f"overlay_{photo.pose.view.value}"
        number = sum(name == f"{stem}.png" or name.startswith(f"{stem}_") for name in names)
        names.append(f"{stem}_{number + 1}.png" if number else f"{stem}.png")
    return names
