"""The files of ``--out``: the data, the pictures, the page, and the PDF where fpdf2 is installed."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec

from posturecam.knowledge import Knowledge
from posturecam.picture.capture_date import best_date
from posturecam.picture.photo import Photo, Pixels
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import Exam
from posturecam.reports.heading import Look
from posturecam.reports.html.exam_page import exam_page
from posturecam.reports.html.webpage import page
from posturecam.reports.picture.photo_overlay import draw_figure, draw_overlay, encode
from posturecam.reports.picture.privacy import headless, hide_faces
from posturecam.storage import assessment_json as json_report
from posturecam.storage import exam_json
from posturecam.text.exam_telling import together


def drawn(assessment: Assessment, photo: Photo, look: Look, *, brief: bool = False) -> Pixels:
    """Draw the overlay as far as the person may be seen; ``photo`` is the picture that was measured.

    ``brief`` writes little, in large letters: for a picture that stands among others.
    """
    options = replace(look.overlay, brief=brief)
    if look.figure_only:
        return draw_figure(assessment, options=options)
    if look.hide_face:
        hidden = hide_faces(photo.pixels, assessment, photo.scale)
        return draw_overlay(hidden, headless(assessment), photo.scale, options)
    return draw_overlay(photo.pixels, assessment, photo.scale, options)


def photo_files(assessment: Assessment, photo: Photo, look: Look, knowledge: Knowledge) -> dict[str, bytes]:
    """Make the files of one photo, by name."""
    shown = drawn(assessment, photo, look)
    return {
        "assessment.json": json_report.to_bytes(assessment),
        "overlay.png": encode(shown, ".png"),
        "report.html": page(assessment, shown, knowledge, look.heading).encode(),
        **pdf_file(assessment, [shown], look, knowledge),
    }


def exam_files(exam: Exam, photos: Sequence[Photo], look: Look, knowledge: Knowledge) -> dict[str, bytes]:
    """Make the files of an exam, by name; ``photos`` are the pictures that were measured, in the exam's order."""
    pairs = list(zip(overlay_names(exam.photos), exam.photos, photos, strict=True))
    overlays = {name: encode(drawn(one, photo, look), ".png") for name, one, photo in pairs}
    shown = [drawn(one, photo, look, brief=True) for _, one, photo in pairs]
    taken = best_date(photo.photo.taken for photo in exam.photos)
    whole, names = together(exam), ", ".join(one.photo.name for one in exam.photos)
    return {
        "exam.json": exam_json.to_bytes(exam),
        **overlays,
        "report.html": exam_page(exam, shown, knowledge, look.heading).encode(),
        **pdf_file(replace(whole, photo=replace(whole.photo, name=names, taken=taken)), shown, look, knowledge),
    }


def pdf_file(assessment: Assessment, shown: Sequence[Pixels], look: Look, knowledge: Knowledge) -> dict[str, bytes]:
    """Make the PDF where its extra is installed; ``shown`` are the overlays. Nothing elsewhere."""
    if any(find_spec(one) is None for one in ("fpdf", "uharfbuzz")):
        return {}
    from posturecam.reports.pdf.pdf_report import pdf_report  # noqa: PLC0415  (an extra)

    return {"report.pdf": pdf_report(assessment, shown, knowledge, look.heading)}


def overlay_names(photos: Sequence[Assessment]) -> list[str]:
    """Name the overlays after their views: ``overlay_front.png``, and ``overlay_front_2.png`` for a re-stand."""
    names: list[str] = []
    for photo in photos:
        stem = f"overlay_{photo.pose.view.value}"
        number = sum(name == f"{stem}.png" or name.startswith(f"{stem}_") for name in names)
        names.append(f"{stem}_{number + 1}.png" if number else f"{stem}.png")
    return names
