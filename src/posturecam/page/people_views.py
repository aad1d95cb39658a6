"""The pages of the records: everybody, one person over time, two exams compared; and what is changed there.

A person is renamed, merged, with birthday and consent; an exam is put right.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from posturecam.errors import RecordsError
from posturecam.page import requests
from posturecam.page.app_state import AppState
from posturecam.page.record_io import known_people, reopened
from posturecam.page.requests import render, sent_json
from posturecam.picture.capture_date import today
from posturecam.records import (
    Deletion,
    Facts,
    Forgotten,
    KnownPerson,
    Records,
    StoredExam,
    check_records,
    checked_consent,
    checked_person,
    open_records,
    transfer,
)
from posturecam.records.progress import compared
from posturecam.reports.changes_text import day, span_words
from posturecam.reports.drawing.aligned_pictures import pairs
from posturecam.reports.drawing.photo_overlay import encode
from posturecam.reports.html.markup import Html, join
from posturecam.reports.html.progress_pages import ALIGNED, Pair, comparison_sections, history_sections
from posturecam.reports.recorded_exam import FoundExam, found_exam
from posturecam.text.labels import seen_from
from posturecam.text.language import _


async def change_person(request: Request) -> Response:
    """Rename a person, make one of two, or write birthday and consent down; give the name from now on."""
    name, said = requests.person_asked(request), await sent_json(request)

    def change(records: Records) -> dict[str, Any]:
        into, after = requests.text_asked(said, "into").strip(), requests.text_asked(said, "rename").strip()
        if into:
            records.merge(name, checked_person(into))
            return {"name": checked_person(into)}
        records.exams(name)
        records.write_facts(name, _facts(said))
        if after and checked_person(after) != name:
            near = records.alike(checked_person(after))
            records.refuse_mixups(checked_person(after), (), new=said.get("insists") is True or near in (None, name))
            records.rename(name, checked_person(after))
        return {"name": checked_person(after) if after else name}

    told = await _changed(request, change)
    requests.app_state_of(request).open_exams.close_of(name)
    return told


def _facts(said: Mapping[str, Any]) -> Facts:
    consent = checked_consent(requests.text_asked(said, "consent"))
    return Facts(requests.day_asked(said, "born"), requests.day_asked(said, "consented_on"), consent)


async def change_exam(request: Request) -> Response:
    """Move an exam to another person, give it another day, or finalise it; give the number that it has then."""
    number, said = request.path_params["number"], await sent_json(request)

    def change(records: Records) -> dict[str, Any]:
        what, name = requests.text_asked(said, "what"), requests.text_asked(said, "name")
        if what == "move":
            records.refuse_mixups(checked_person(name), (), new=said.get("insists") is True)
            return {"number": records.move(number, checked_person(name))}
        if what == "redate":
            on = requests.day_asked(said, "on")
            if on is None:
                raise HTTPException(400, _("Give the day of the photos."))
            return {"number": records.redate(number, on)}
        if what == "finalise":
            records.finalise(number, checked_person(name))
            return {"number": number}
        raise HTTPException(400, _("There is nothing to change."))

    return await _exam_changed(request, change)


async def delete_exam(request: Request) -> Response:
    """Delete an exam, its older versions too, and say what was deleted."""
    number = request.path_params["number"]

    def change(records: Records) -> dict[str, Any]:
        return gone(records.delete_exam(number))

    return await _exam_changed(request, change)


def gone(told: Forgotten) -> dict[str, int]:
    """Say what was deleted. Raises RecordsError where traces are left."""
    if told.left:
        msg = _("it was deleted, but traces are left. Close other programs that use the records and try again.")
        raise RecordsError(msg)
    return {"exams": told.exams, "photos": told.kept, "readings": told.readings}


async def _exam_changed(request: Request, change: Callable[[Records], dict[str, Any]]) -> Response:
    told = await _changed(request, change)
    requests.app_state_of(request).open_exams.close(f"record-{request.path_params['number']}")
    return told


async def _changed(request: Request, change: Callable[[Records], dict[str, Any]]) -> Response:
    app_state = requests.app_state_of(request)
    told = await run_in_threadpool(_in_records, app_state, change)
    app_state.pairs.clear()
    return JSONResponse(told)


def _in_records(app_state: AppState, change: Callable[[Records], dict[str, Any]]) -> dict[str, Any]:
    with open_records(app_state.database) as records:
        return change(records)


CHANGE_ROUTES: tuple[BaseRoute, ...] = (
    Route("/person", change_person, methods=["PATCH"]),
    Route("/records/{number:int}", change_exam, methods=["PATCH"]),
    Route("/records/{number:int}", delete_exam, methods=["DELETE"]),
)


def people_page(request: Request) -> Response:
    """List everybody in the records."""
    everybody, deletions = _everybody(requests.app_state_of(request))
    return render("people.html", people=everybody, deletions=deletions)


def _everybody(app_state: AppState) -> tuple[list[KnownPerson], list[Deletion]]:
    """Give everybody, and what was deleted; that there are no records yet is no fault."""
    try:
        with open_records(app_state.database) as records:
            return records.overview(), records.deletions()
    except RecordsError:
        check_records(app_state.database)
        return [], []


def person_page(request: Request) -> Response:
    """Show one person over time."""
    app_state, name = requests.app_state_of(request), requests.person_asked(request)
    with open_records(app_state.database) as records:
        found, everything, facts = records.exams(name), records.exams(name, versions=True), records.facts(name)
        held = records.contents(name)
    sittings = [exam.sitting for exam in found]
    newest = {exam.number for exam in found}
    return render(
        "person.html",
        name=name,
        span=span_words(sittings),
        exams=list(reversed(found)),
        older=[stored for stored in everything if stored.number not in newest],
        facts=facts,
        held=held,
        people=[person for person in known_people(app_state) if person != name],
        today=today().isoformat(),
        days={exam.number: day(exam.sitting) for exam in found},
        views={exam.number: _views(exam) for exam in found},
        sections=join(*history_sections(sittings, app_state.knowledge)),
    )


def _views(exam: StoredExam) -> str:
    return ", ".join(dict.fromkeys(photo.view for photo in exam.photos))


def forget_person(request: Request) -> Response:
    """Delete a person wholly, and say what was deleted. Raises RecordsError."""
    app_state, name = requests.app_state_of(request), requests.person_asked(request)
    with open_records(app_state.database) as records:
        told = records.forget(name)
    app_state.open_exams.close_of(name)
    app_state.pairs.clear()
    return JSONResponse(gone(told))


def export_person(request: Request) -> Response:
    """Give everything that the records hold of a person as a zip."""
    with open_records(requests.app_state_of(request).database) as records:
        data = transfer.person_zip(records, requests.person_asked(request))
    headers = {"Content-Disposition": 'attachment; filename="person.zip"'}
    return Response(data, media_type="application/zip", headers=headers)


def reopen_exam(request: Request) -> Response:
    """Open an exam out of the records, and go there."""
    open_exam = reopened(requests.app_state_of(request), request.path_params["number"])
    return RedirectResponse(f"/exams/{quote(open_exam.name)}", 303)


def comparison_page(request: Request) -> Response:
    """Compare two exams: a slider between the aligned photos, then every difference."""
    app_state, numbers = requests.app_state_of(request), _numbers(request)
    before, after = _both(app_state, numbers, pictures=False)
    changes = compared(before.sitting, after.sitting, app_state.knowledge)
    told = comparison_sections(before.sitting, after.sitting, changes, Html(), app_state.knowledge)
    shown = [{"view": pair.view, "words": seen_from(pair.view)} for pair in _pairs(app_state, numbers)]
    days = (day(before.sitting), day(after.sitting))
    return render(
        "compare.html",
        before=numbers[0],
        after=numbers[1],
        days=days,
        pairs=shown,
        summary=told[0],
        aligned=_(ALIGNED),
        rest=join(*told[1:]),
    )


def compared_picture(request: Request) -> Response:
    """Give one of the two aligned pictures of a view."""
    app_state, asked_for = requests.app_state_of(request), request.path_params
    found = _pairs(app_state, (asked_for["before"], asked_for["after"]))
    pair = next((drawn for drawn in found if drawn.view == asked_for["view"]), None)
    if pair is None or asked_for["which"] not in ("before", "after"):
        raise HTTPException(404, _("There is no such picture."))
    return Response(
        encode(pair.before if asked_for["which"] == "before" else pair.after, ".jpg"), media_type="image/jpeg"
    )


def _numbers(request: Request) -> tuple[int, int]:
    said = [request.query_params.get(name, "") for name in ("before", "after")]
    if not all(number.isdecimal() and len(number) < 10 for number in said) or said[0] == said[1]:
        raise HTTPException(400, _("Choose two different exams to compare."))
    return int(said[0]), int(said[1])


def _both(app_state: AppState, numbers: tuple[int, int], *, pictures: bool) -> Sequence[FoundExam]:
    with open_records(app_state.database) as records:
        return [found_exam(records, number, app_state.knowledge, pictures=pictures) for number in numbers]


def _pairs(app_state: AppState, numbers: tuple[int, int]) -> list[Pair]:
    """Draw the aligned pictures once for the page and its pictures."""
    kept = app_state.pairs.get(numbers)
    if kept is None:
        before, after = _both(app_state, numbers, pictures=True)
        kept = pairs(before, after, hide_face=False)
        app_state.pairs.keep(numbers, kept)
    return kept


ROUTES: tuple[BaseRoute, ...] = (
    Route("/people", people_page),
    Route("/person", person_page),
    Route("/person", forget_person, methods=["DELETE"]),
    Route("/person/export", export_person),
    Route("/records/{number:int}", reopen_exam),
    Route("/compare", comparison_page),
    Route("/compare/{before:int}/{after:int}/{view}/{which}.jpg", compared_picture),
)
