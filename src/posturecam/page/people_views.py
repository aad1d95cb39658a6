"""The pages of the records: everybody, one person over time, two exams compared."""

from collections.abc import Sequence
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from posturecam.errors import RecordsError
from posturecam.page import asked
from posturecam.page.answers import page
from posturecam.page.keeping import known_people, reopened
from posturecam.page.people_changes import gone
from posturecam.page.workplace import Workplace
from posturecam.picture.capture_date import today
from posturecam.records import Deletion, Known, StoredExam, check_records, open_records, parcel
from posturecam.records.progress import compared
from posturecam.reports.change_words import day
from posturecam.reports.html.compare_page import ALIGNED, Pair, sections
from posturecam.reports.html.history_page import sections as history_sections
from posturecam.reports.html.history_page import span_words
from posturecam.reports.html.markup import Html, join
from posturecam.reports.picture.photo_overlay import encode
from posturecam.reports.picture.recorded import Found, found_exam, pairs
from posturecam.text.language import _
from posturecam.text.wording import seen_from


def people(request: Request) -> Response:
    """List everybody in the records."""
    everybody, deletions = _everybody(asked.workplace_of(request))
    return page("people.html", people=everybody, deletions=deletions)


def _everybody(workplace: Workplace) -> tuple[list[Known], list[Deletion]]:
    """Give everybody, and what was deleted; that there are no records yet is no fault."""
    try:
        with open_records(workplace.database) as records:
            return records.overview(), records.deletions()
    except RecordsError:
        check_records(workplace.database)
        return [], []


def person(request: Request) -> Response:
    """Show one person over time."""
    workplace, name = asked.workplace_of(request), asked.person_asked(request)
    with open_records(workplace.database) as records:
        found, everything, facts = records.exams(name), records.exams(name, versions=True), records.facts(name)
        held = records.contents(name)
    sittings = [one.sitting for one in found]
    newest = {one.number for one in found}
    return page(
        "person.html",
        name=name,
        span=span_words(sittings),
        exams=list(reversed(found)),
        older=[one for one in everything if one.number not in newest],
        facts=facts,
        held=held,
        people=[one for one in known_people(workplace) if one != name],
        today=today().isoformat(),
        days={one.number: day(one.sitting) for one in found},
        views={one.number: _views(one) for one in found},
        sections=join(*history_sections(sittings, workplace.knowledge)),
    )


def _views(exam: StoredExam) -> str:
    return ", ".join(dict.fromkeys(one.view for one in exam.photos))


def forget(request: Request) -> Response:
    """Delete a person wholly, and say what was deleted. Raises RecordsError."""
    workplace, name = asked.workplace_of(request), asked.person_asked(request)
    with open_records(workplace.database) as records:
        told = records.forget(name)
    workplace.desks.close_of(name)
    workplace.pairs.clear()
    return JSONResponse(gone(told))


def export(request: Request) -> Response:
    """Give everything that the records hold of a person as a zip."""
    with open_records(asked.workplace_of(request).database) as records:
        data = parcel.packed(records, asked.person_asked(request))
    headers = {"Content-Disposition": 'attachment; filename="person.zip"'}
    return Response(data, media_type="application/zip", headers=headers)


def open_exam(request: Request) -> Response:
    """Lay an exam out of the records on a desk, and go there."""
    desk = reopened(asked.workplace_of(request), request.path_params["number"])
    return RedirectResponse(f"/exams/{quote(desk.name)}", 303)


def compare(request: Request) -> Response:
    """Compare two exams: a slider between the aligned photos, then every difference."""
    workplace, numbers = asked.workplace_of(request), _numbers(request)
    before, after = _both(workplace, numbers, pictures=False)
    changes = compared(before.sitting, after.sitting, workplace.knowledge)
    told = sections(before.sitting, after.sitting, changes, Html(), workplace.knowledge)
    shown = [{"view": one.view, "words": seen_from(one.view)} for one in _pairs(workplace, numbers)]
    days = (day(before.sitting), day(after.sitting))
    return page(
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
    workplace, asked_for = asked.workplace_of(request), request.path_params
    found = _pairs(workplace, (asked_for["before"], asked_for["after"]))
    pair = next((one for one in found if one.view == asked_for["view"]), None)
    if pair is None or asked_for["which"] not in ("before", "after"):
        raise HTTPException(404, _("There is no such picture."))
    return Response(
        encode(pair.before if asked_for["which"] == "before" else pair.after, ".jpg"), media_type="image/jpeg"
    )


def _numbers(request: Request) -> tuple[int, int]:
    said = [request.query_params.get(name, "") for name in ("before", "after")]
    if not all(one.isdecimal() and len(one) < 10 for one in said) or said[0] == said[1]:
        raise HTTPException(400, _("Choose two different exams to compare."))
    return int(said[0]), int(said[1])


def _both(workplace: Workplace, numbers: tuple[int, int], *, pictures: bool) -> Sequence[Found]:
    with open_records(workplace.database) as records:
        return [found_exam(records, one, workplace.knowledge, pictures=pictures) for one in numbers]


def _pairs(workplace: Workplace, numbers: tuple[int, int]) -> list[Pair]:
    """Draw the aligned pictures once for the page and its pictures."""
    kept = workplace.pairs.get(numbers)
    if kept is None:
        before, after = _both(workplace, numbers, pictures=True)
        kept = pairs(before, after, hide_face=False)
        workplace.pairs.keep(numbers, kept)
    return kept


ROUTES: tuple[BaseRoute, ...] = (
    Route("/people", people),
    Route("/person", person),
    Route("/person", forget, methods=["DELETE"]),
    Route("/person/export", export),
    Route("/records/{number:int}", open_exam),
    Route("/compare", compare),
    Route("/compare/{before:int}/{after:int}/{view}/{which}.jpg", compared_picture),
)
