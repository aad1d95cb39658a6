"""The pages of an open exam: photos come in, are measured one after the other, and are read together.

Its report is told in the same parts as in the files that are written; its pictures are JPEG without metadata.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from posturecam.body import View
from posturecam.knowledge import Knowledge
from posturecam.page import point_editor, record_io, requests
from posturecam.page.app_state import ExamPhoto, OpenExam, PhotoState
from posturecam.page.requests import render, sent_bytes, sent_json
from posturecam.picture.capture_date import today
from posturecam.picture.photo import Photo
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import Exam
from posturecam.records import checked_person
from posturecam.reports.bundle import exam_files, photo_files
from posturecam.reports.drawing import figure
from posturecam.reports.drawing.canvas import ON_WHITE, Canvas
from posturecam.reports.drawing.photo_overlay import FIGURE_PX, encode, overlay_svg, reduced_pixels
from posturecam.reports.html import report_sections as parts
from posturecam.reports.html.markup import Html, join, tag
from posturecam.reports.html.report_page import combined_table, numbers_table, report_parts_html
from posturecam.reports.report_options import Heading, ReportOptions
from posturecam.text import findings_text
from posturecam.text.day_words import day_words
from posturecam.text.exam_telling import together
from posturecam.text.labels import seen_from
from posturecam.text.language import _

LONGEST_PX = 2000
"""Long side of a picture on the page: sharp on a large screen, and enough for the magnifier."""


def picture_of(photo: Photo | None, assessment: Assessment) -> bytes:
    """Encode the photo that was measured, or a plain figure where the photo is not at hand."""
    return encode(reduced_pixels((photo or plain_picture(assessment)).pixels, LONGEST_PX), ".jpg")


def plain_picture(assessment: Assessment) -> Photo:
    """Draw a plain figure of the found points on white, in place of the photo."""
    width, height = assessment.pose.size_px
    scale = FIGURE_PX / max(width, height)
    size = (max(1, round(height * scale)), max(1, round(width * scale)), 3)
    canvas = Canvas(np.full(size, 255, np.uint8), ON_WHITE)
    figure.draw_plain_figure(canvas, assessment.pose.mean * scale)
    return Photo(assessment.photo.name, assessment.photo.sha256, canvas.pixels, (width, height))


@dataclass(frozen=True, slots=True)
class ReportParts:
    """What stands beside the photo, what stands below it, and what it was made with."""

    summary: Html
    rest: Html
    made_with: str


def report_parts(open_exam: OpenExam, knowledge: Knowledge) -> ReportParts | None:
    """Tell an exam; None as long as no photo was measured."""
    exam = open_exam.exam(knowledge)
    return None if exam is None else report_parts_of(exam, knowledge)


def report_parts_of(exam: Exam, knowledge: Knowledge) -> ReportParts:
    """Tell an exam; of several photos also whose sizes stand in the pictures."""
    if len(exam.photos) == 1 and not exam.failures:
        whole = exam.photos[0]
        numbers = numbers_table(whole, knowledge)
    else:
        whole = together(exam)
        numbers = combined_table(exam, knowledge)
    summary = parts.summary(whole, knowledge)
    if len(exam.photos) > 1:
        sizes = tag("p", _(findings_text.SIZES_IN_PICTURES), class_="soft small")
        summary = join(parts.summary(whole, knowledge, _("What the photos show")), sizes)
    return ReportParts(summary, join(*report_parts_html(whole, knowledge, numbers)), findings_text.made_with(whole))


LARGEST_PHOTO = 60 * 2**20
"""Bytes of one photo; phones make less than 20 MB."""

FILES = {
    "report.html": "text/html; charset=utf-8",
    "report.pdf": "application/pdf",
    "exam.json": "application/json",
    "assessment.json": "application/json",
}


async def begin_exam(request: Request) -> Response:
    """Open an exam for photos that are about to be sent."""
    said = await sent_json(request)
    person = requests.text_asked(said, "person")
    app_state = requests.app_state_of(request)
    name = checked_person(person) if person else ""
    facts = await run_in_threadpool(record_io.facts_of, app_state, name)
    open_exam = app_state.open_exams.open(requests.settings_asked(said, app_state), name)
    open_exam.born = facts.born
    return JSONResponse({"exam": open_exam.name})


async def take_photo(request: Request) -> Response:
    """Take one photo; it is measured as soon as it is its turn."""
    open_exam = requests.open_exam_of(request)
    name = requests.shown_file_name(request.query_params.get("name", ""))
    open_exam.check_room()
    with requests.app_state_of(request).arriving.held(LARGEST_PHOTO):
        data = await sent_bytes(request, LARGEST_PHOTO)
    if not data:
        raise HTTPException(
            400, _("{name} is empty (zero bytes). Copy the photo anew from the phone or camera.", name=name)
        )
    exam_photo = open_exam.add(name, data)
    requests.worker_of(request).measure(open_exam, exam_photo.number)
    return JSONResponse({"photo": exam_photo.number})


async def say_view(request: Request) -> Response:
    """Measure a photo again as showing one of the two views between which nothing decided."""
    said = requests.text_asked(await sent_json(request), "view")
    open_exam, exam_photo = requests.open_exam_of(request), _measured_photo(request)
    shown = exam_photo.measured[1]
    if said not in shown.pose.view.choices or exam_photo.data is None:
        raise HTTPException(400, _("This photo's view is not asked for."))
    open_exam.change(exam_photo.number, lambda photo: _called(photo, View(said)))
    requests.worker_of(request).measure(open_exam, exam_photo.number)
    return JSONResponse({})


def _called(exam_photo: ExamPhoto, view: View) -> None:
    exam_photo.view, exam_photo.state = view, PhotoState.WAITING


def take_away(request: Request) -> Response:
    """Take a photo out of the exam."""
    requests.open_exam_of(request).remove(requests.exam_photo_of(request).number)
    return JSONResponse({})


def photo_states(request: Request) -> Response:
    """Say how far each photo has got."""
    open_exam = requests.open_exam_of(request)
    return JSONResponse({"photos": [_photo_state(photo) for photo in open_exam.exam_photos()]})


def _photo_state(exam_photo: ExamPhoto) -> dict[str, Any]:
    view = exam_photo.shown.pose.view.value if exam_photo.shown is not None else ""
    words = {
        PhotoState.WAITING: _("waits its turn"),
        PhotoState.MEASURING: _("looking for the person"),
        PhotoState.DONE: seen_from(view) if view else "",
        PhotoState.FAILED: exam_photo.reason,
    }
    return {
        "photo": exam_photo.number,
        "name": exam_photo.name,
        "state": exam_photo.state.value,
        "words": words[exam_photo.state],
    }


def show_exam(request: Request) -> Response:
    """Show the report of an exam, with its photos large."""
    open_exam = requests.open_exam_of(request)
    found = report_parts(open_exam, requests.app_state_of(request).knowledge)
    return render(
        "exam.html",
        open_exam=open_exam,
        report=found,
        shots=list(_shots(open_exam)),
        files=record_io.offered(open_exam),
        day=record_io.day_offered(open_exam, requests.app_state_of(request).knowledge),
        today=today().isoformat(),
        when=_when(open_exam),
        people=record_io.known_people(requests.app_state_of(request)),
    )


def _when(open_exam: OpenExam) -> str:
    """Say of which day the exam and its photos are."""
    shown = [exam_photo.shown.photo for exam_photo in open_exam.exam_photos() if exam_photo.shown is not None]
    return day_words(shown, open_exam.day)


def _shots(open_exam: OpenExam) -> Iterator[dict[str, Any]]:
    """Give the measured photos in the order of the report."""
    views = list(View)
    measured = [(photo, photo.shown) for photo in open_exam.exam_photos() if photo.shown is not None]
    for exam_photo, shown in sorted(measured, key=lambda pair: views.index(pair[1].pose.view)):
        view, drawn = shown.pose.view.value, overlay_svg(shown)
        yield {
            "number": exam_photo.number,
            "name": exam_photo.name,
            "view": view,
            "words": seen_from(view),
            "choices": [(choice.value, seen_from(choice)) for choice in shown.pose.view.choices if exam_photo.data],
            "size": shown.pose.size_px,
            "frame": drawn.frame,
            "shapes": drawn.shapes,
        }


def photo_image(request: Request) -> Response:
    """Give the photo that was measured, without its metadata; a plain figure where the photo is not at hand."""
    exam_photo = _measured_photo(request)
    shown = exam_photo.measured[1]
    return Response(picture_of(exam_photo.photo, shown), media_type="image/jpeg")


def photo_points(request: Request) -> Response:
    """Say where the points of a photo lie."""
    exam_photo = _measured_photo(request)
    return JSONResponse(point_editor.points_json(exam_photo, requests.app_state_of(request).knowledge))


def _measured_photo(request: Request) -> ExamPhoto:
    exam_photo = requests.exam_photo_of(request)
    if exam_photo.shown is None:
        raise HTTPException(404, _("This photo was not measured."))
    return exam_photo


async def change_points(request: Request) -> Response:
    """Measure a photo again with other points placed; give everything on the page that follows from them."""
    said = await sent_json(request)
    return JSONResponse(await run_in_threadpool(_again, request, said))


async def sticker_search(request: Request) -> Response:
    """Find the stickers of the colour at a point; the page then sends them as its placed points."""
    said = await sent_json(request)
    return JSONResponse(await run_in_threadpool(point_editor.stickers_at, _measured_photo(request), said))


def _again(request: Request, said: Mapping[str, Any]) -> dict[str, Any]:
    open_exam, number = requests.open_exam_of(request), requests.exam_photo_of(request).number
    knowledge = requests.app_state_of(request).knowledge
    point_editor.place_points(open_exam, number, said, knowledge)
    found = report_parts(open_exam, knowledge)
    parts = {} if found is None else {"summary": found.summary, "rest": found.rest}
    return {**point_editor.followed(_measured_photo(request)), **parts}


async def keep_exam(request: Request) -> Response:
    """Store the exam in the records."""
    open_exam, said = requests.open_exam_of(request), await sent_json(request)
    app_state = requests.app_state_of(request)
    told = await run_in_threadpool(record_io.store_exam, open_exam, app_state, said)
    return JSONResponse(told)


def download_report(request: Request) -> Response:
    """Give one of the report's files, made anew."""
    open_exam, name = requests.open_exam_of(request), request.path_params["name"]
    exam = open_exam.exam(requests.app_state_of(request).knowledge)
    if exam is None or name not in FILES:
        raise HTTPException(404, _("There is no such file."))
    pictures = open_exam.pictures()
    photos = [pictures.get(photo.photo.sha256) or plain_picture(photo) for photo in exam.photos]
    report_options = ReportOptions(Heading(open_exam.person, day=open_exam.day))
    knowledge = requests.app_state_of(request).knowledge
    if len(exam.photos) == 1:
        files = photo_files(exam.photos[0], photos[0], report_options, knowledge)
    else:
        files = exam_files(exam, photos, report_options, knowledge)
    if name not in files:
        raise HTTPException(404, _("There is no such file."))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(files[name], media_type=FILES[name], headers=headers)


ROUTES: tuple[BaseRoute, ...] = (
    Route("/exams", begin_exam, methods=["POST"]),
    Route("/exams/{open_exam}", show_exam),
    Route("/exams/{open_exam}/state", photo_states),
    Route("/exams/{open_exam}/photos", take_photo, methods=["POST"]),
    Route("/exams/{open_exam}/photos/{number:int}", take_away, methods=["DELETE"]),
    Route("/exams/{open_exam}/photos/{number:int}/view", say_view, methods=["PUT"]),
    Route("/exams/{open_exam}/photos/{number:int}/picture.jpg", photo_image),
    Route("/exams/{open_exam}/photos/{number:int}/points", photo_points),
    Route("/exams/{open_exam}/photos/{number:int}/points", change_points, methods=["PUT"]),
    Route("/exams/{open_exam}/photos/{number:int}/stickers", sticker_search, methods=["POST"]),
    Route("/exams/{open_exam}/keep", keep_exam, methods=["POST"]),
    Route("/exams/{open_exam}/files/{name}", download_report),
)
