"""The pages of an open exam: photos come in, are measured one after the other, and are read together."""

from collections.abc import Iterator, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from posturecam.body import View
from posturecam.page import asked, keeping, placing
from posturecam.page.answers import page, sent_bytes, sent_json
from posturecam.page.desks import Desk, Sheet, State
from posturecam.page.report_parts import report
from posturecam.page.shots import picture_of, plain_picture
from posturecam.picture.capture_date import today
from posturecam.records import checked_person
from posturecam.reports.bundle import exam_files, photo_files
from posturecam.reports.heading import Heading, Look
from posturecam.reports.picture.photo_overlay import overlay_svg
from posturecam.text.day_words import day_words
from posturecam.text.language import _
from posturecam.text.wording import seen_from

LARGEST_PHOTO = 60 * 2**20
"""Bytes of one photo; phones make less than 20 MB."""

FILES = {
    "report.html": "text/html; charset=utf-8",
    "report.pdf": "application/pdf",
    "exam.json": "application/json",
    "assessment.json": "application/json",
}


async def begin(request: Request) -> Response:
    """Open a desk for photos that are about to be sent."""
    said = await sent_json(request)
    person = asked.text_asked(said, "person")
    workplace = asked.workplace_of(request)
    name = checked_person(person) if person else ""
    facts = await run_in_threadpool(keeping.facts_of, workplace, name)
    desk = workplace.desks.open(asked.settings_asked(said, workplace), name)
    desk.born = facts.born
    return JSONResponse({"exam": desk.name})


async def take_photo(request: Request) -> Response:
    """Take one photo; it is measured as soon as it is its turn."""
    desk = asked.desk_of(request)
    name = asked.shown_file_name(request.query_params.get("name", ""))
    desk.check_room()
    with asked.workplace_of(request).arriving.held(LARGEST_PHOTO):
        data = await sent_bytes(request, LARGEST_PHOTO)
    if not data:
        raise HTTPException(
            400, _("{name} is empty (zero bytes). Copy the photo anew from the phone or camera.", name=name)
        )
    sheet = desk.add(name, data)
    asked.worker_of(request).measure(desk, sheet.number)
    return JSONResponse({"photo": sheet.number})


async def say_view(request: Request) -> Response:
    """Measure a photo again as showing one of the two views between which nothing decided."""
    said = asked.text_asked(await sent_json(request), "view")
    desk, sheet = asked.desk_of(request), _measured_sheet(request)
    assert sheet.shown is not None  # noqa: S101  (looked at above)
    if said not in sheet.shown.pose.view.choices or sheet.data is None:
        raise HTTPException(400, _("This photo's view is not asked for."))
    desk.change(sheet.number, lambda one: _called(one, View(said)))
    asked.worker_of(request).measure(desk, sheet.number)
    return JSONResponse({})


def _called(sheet: Sheet, view: View) -> None:
    sheet.view, sheet.state = view, State.WAITING


def take_away(request: Request) -> Response:
    """Take a photo out of the exam."""
    asked.desk_of(request).remove(asked.sheet_of(request).number)
    return JSONResponse({})


def state(request: Request) -> Response:
    """Say how far each photo has got."""
    desk = asked.desk_of(request)
    return JSONResponse({"photos": [_told(one) for one in desk.sheets()]})


def _told(sheet: Sheet) -> dict[str, Any]:
    view = sheet.shown.pose.view.value if sheet.shown is not None else ""
    words = {
        State.WAITING: _("waits its turn"),
        State.MEASURING: _("looking for the person"),
        State.DONE: seen_from(view) if view else "",
        State.FAILED: sheet.reason,
    }
    return {"photo": sheet.number, "name": sheet.name, "state": sheet.state.value, "words": words[sheet.state]}


def show(request: Request) -> Response:
    """Show the report of an exam, with its photos large."""
    desk = asked.desk_of(request)
    found = report(desk, asked.workplace_of(request).knowledge)
    return page(
        "exam.html",
        desk=desk,
        report=found,
        shots=list(_shots(desk)),
        files=keeping.offered(desk),
        day=keeping.day_offered(desk, asked.workplace_of(request).knowledge),
        today=today().isoformat(),
        when=_when(desk),
        people=keeping.known_people(asked.workplace_of(request)),
    )


def _when(desk: Desk) -> str:
    """Say of which day the exam and its photos are."""
    shown = [sheet.shown.photo for sheet in desk.sheets() if sheet.shown is not None]
    return day_words(shown, desk.day)


def _shots(desk: Desk) -> Iterator[dict[str, Any]]:
    """Give the measured photos in the order of the report."""
    views = list(View)
    measured = [(one, one.shown) for one in desk.sheets() if one.shown is not None]
    for sheet, shown in sorted(measured, key=lambda pair: views.index(pair[1].pose.view)):
        view, drawn = shown.pose.view.value, overlay_svg(shown)
        yield {
            "number": sheet.number,
            "name": sheet.name,
            "view": view,
            "words": seen_from(view),
            "choices": [(choice.value, seen_from(choice)) for choice in shown.pose.view.choices if sheet.data],
            "size": shown.pose.size_px,
            "frame": drawn.frame,
            "shapes": drawn.shapes,
        }


def picture(request: Request) -> Response:
    """Give the photo that was measured, without its metadata; a plain figure where the photo is not at hand."""
    sheet = _measured_sheet(request)
    assert sheet.shown is not None  # noqa: S101  (looked at above)
    return Response(picture_of(sheet.photo, sheet.shown), media_type="image/jpeg")


def points(request: Request) -> Response:
    """Say where the points of a photo lie."""
    sheet = _measured_sheet(request)
    return JSONResponse(placing.told(sheet, asked.workplace_of(request).knowledge))


def _measured_sheet(request: Request) -> Sheet:
    sheet = asked.sheet_of(request)
    if sheet.shown is None:
        raise HTTPException(404, _("This photo was not measured."))
    return sheet


async def set_points(request: Request) -> Response:
    """Measure a photo again with other points placed; give everything on the page that follows from them."""
    said = await sent_json(request)
    return JSONResponse(await run_in_threadpool(_again, request, said))


async def stickers(request: Request) -> Response:
    """Find the stickers of the colour at a point; the page then sends them as its placed points."""
    said = await sent_json(request)
    return JSONResponse(await run_in_threadpool(placing.stickers, _measured_sheet(request), said))


def _again(request: Request, said: Mapping[str, Any]) -> dict[str, Any]:
    desk, number = asked.desk_of(request), asked.sheet_of(request).number
    knowledge = asked.workplace_of(request).knowledge
    placing.set_points(desk, number, said, knowledge)
    found = report(desk, knowledge)
    parts = {} if found is None else {"summary": found.summary, "rest": found.rest}
    return {**placing.followed(_measured_sheet(request)), **parts}


async def keep(request: Request) -> Response:
    """Store the exam in the records."""
    desk, said = asked.desk_of(request), await sent_json(request)
    workplace = asked.workplace_of(request)
    told = await run_in_threadpool(keeping.keep, desk, workplace, said)
    return JSONResponse(told)


def download(request: Request) -> Response:
    """Give one of the report's files, made anew."""
    desk, name = asked.desk_of(request), request.path_params["name"]
    exam = desk.exam(asked.workplace_of(request).knowledge)
    if exam is None or name not in FILES:
        raise HTTPException(404, _("There is no such file."))
    pictures = desk.pictures()
    photos = [pictures.get(one.photo.sha256) or plain_picture(one) for one in exam.photos]
    look = Look(Heading(desk.person, day=desk.day))
    knowledge = asked.workplace_of(request).knowledge
    if len(exam.photos) == 1:
        files = photo_files(exam.photos[0], photos[0], look, knowledge)
    else:
        files = exam_files(exam, photos, look, knowledge)
    if name not in files:
        raise HTTPException(404, _("There is no such file."))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(files[name], media_type=FILES[name], headers=headers)


ROUTES: tuple[BaseRoute, ...] = (
    Route("/exams", begin, methods=["POST"]),
    Route("/exams/{desk}", show),
    Route("/exams/{desk}/state", state),
    Route("/exams/{desk}/photos", take_photo, methods=["POST"]),
    Route("/exams/{desk}/photos/{number:int}", take_away, methods=["DELETE"]),
    Route("/exams/{desk}/photos/{number:int}/view", say_view, methods=["PUT"]),
    Route("/exams/{desk}/photos/{number:int}/picture.jpg", picture),
    Route("/exams/{desk}/photos/{number:int}/points", points),
    Route("/exams/{desk}/photos/{number:int}/points", set_points, methods=["PUT"]),
    Route("/exams/{desk}/photos/{number:int}/stickers", stickers, methods=["POST"]),
    Route("/exams/{desk}/keep", keep, methods=["POST"]),
    Route("/exams/{desk}/files/{name}", download),
)
