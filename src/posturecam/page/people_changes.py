"""What the pages of the records change: a person renamed, merged, with birthday and consent; an exam put right."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from posturecam.errors import RecordsError
from posturecam.page import asked
from posturecam.page.answers import sent_json
from posturecam.page.workplace import Workplace
from posturecam.records import Facts, Forgotten, Records, checked_consent, checked_person, open_records
from posturecam.text.language import _


async def change_person(request: Request) -> Response:
    """Rename a person, make one of two, or write birthday and consent down; give the name from now on."""
    name, said = asked.person_asked(request), await sent_json(request)

    def change(records: Records) -> dict[str, Any]:
        into, after = asked.text_asked(said, "into").strip(), asked.text_asked(said, "rename").strip()
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
    asked.workplace_of(request).desks.close_of(name)
    return told


def _facts(said: Mapping[str, Any]) -> Facts:
    consent = checked_consent(asked.text_asked(said, "consent"))
    return Facts(asked.day_asked(said, "born"), asked.day_asked(said, "consented_on"), consent)


async def change_exam(request: Request) -> Response:
    """Move an exam to another person, give it another day, or finalise it; give the number that it has then."""
    number, said = request.path_params["number"], await sent_json(request)

    def change(records: Records) -> dict[str, Any]:
        what, name = asked.text_asked(said, "what"), asked.text_asked(said, "name")
        if what == "move":
            records.refuse_mixups(checked_person(name), (), new=said.get("insists") is True)
            return {"number": records.move(number, checked_person(name))}
        if what == "redate":
            on = asked.day_asked(said, "on")
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
    asked.workplace_of(request).desks.close(f"record-{request.path_params['number']}")
    return told


async def _changed(request: Request, change: Callable[[Records], dict[str, Any]]) -> Response:
    workplace = asked.workplace_of(request)
    told = await run_in_threadpool(_in_records, workplace, change)
    workplace.pairs.clear()
    return JSONResponse(told)


def _in_records(workplace: Workplace, change: Callable[[Records], dict[str, Any]]) -> dict[str, Any]:
    with open_records(workplace.database) as records:
        return change(records)


ROUTES: tuple[BaseRoute, ...] = (
    Route("/person", change_person, methods=["PATCH"]),
    Route("/records/{number:int}", change_exam, methods=["PATCH"]),
    Route("/records/{number:int}", delete_exam, methods=["DELETE"]),
)
