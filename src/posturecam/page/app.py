"""The addresses of the page, and what answers them."""

import mimetypes

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from posturecam.errors import PosturecamError
from posturecam.page import answers, exam_views, mirror_views, people_changes, people_views
from posturecam.page.asked import workplace_of
from posturecam.page.desks import MOST_PHOTOS
from posturecam.page.exam_views import LARGEST_PHOTO
from posturecam.page.keeping import known_people
from posturecam.page.worker import Worker
from posturecam.page.workplace import Workplace
from posturecam.reports.html.guide import INTRODUCTION, TITLE, sections
from posturecam.reports.html.markup import join, style
from posturecam.text.language import _


def start(request: Request) -> Response:
    """Show the first page: drop photos here."""
    person, exam = (request.query_params.get(name, "") for name in ("person", "exam"))
    exam = exam if workplace_of(request).desks.find(exam) is not None else ""
    limits = {"most": MOST_PHOTOS, "largest": LARGEST_PHOTO}
    return answers.page(
        "start.html", person=person, exam=exam, limits=limits, people=known_people(workplace_of(request))
    )


def guide(_request: Request) -> Response:
    """Show how to take the photo."""
    return answers.page("guide.html", title=TITLE, introduction=_(INTRODUCTION), sections=join(*sections()))


def report_style(_request: Request) -> Response:
    """Give the reports' own style sheet."""
    return Response(style(), media_type="text/css")


ROUTES: tuple[BaseRoute, ...] = (
    Route("/", start),
    Route("/guide", guide),
    *exam_views.ROUTES,
    *people_views.ROUTES,
    *people_changes.ROUTES,
    *mirror_views.ROUTES,
    Route("/static/report.css", report_style),
)


def make_app(workplace: Workplace, worker: Worker) -> Starlette:
    """Put the application together; who may reach it is the guard's matter."""
    mimetypes.add_type("text/javascript", ".js")  # some systems' own tables say otherwise, and then no script loads
    static = Mount("/static", StaticFiles(packages=[("posturecam.page", "static")]))
    handlers = {PosturecamError: answers.own_error, HTTPException: answers.http_error, Exception: answers.bug}
    app = Starlette(routes=[*ROUTES, static], exception_handlers=handlers)
    app.router.redirect_slashes = False
    app.state.workplace, app.state.worker = workplace, worker
    return app
