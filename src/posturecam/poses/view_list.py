"""What the user says of the views of many photos: one for all, or by the names of files and folders.

--view back                                 all of them
--view "IMG_2*.jpg=back, anna/=front"       by name or folder; the first that fits counts
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from posturecam.body import View
from posturecam.errors import SettingsError
from posturecam.errors.facts import Problem

KNOWN = (View.FRONT, View.BACK, View.LEFT, View.RIGHT)


@dataclass(frozen=True, slots=True)
class ViewList:
    """The view of all photos, where one was given, and rows of a name, which may hold ``*``, and its view."""

    everything: View | None = None
    rows: tuple[tuple[str, View], ...] = ()

    def of(self, path: str) -> View | None:
        """Give the view of a photo that was named by its file, or by the end of its path; None where it was not."""
        plain = path.replace("\\", "/")
        fitting = (view for name, view in self.rows if fnmatchcase(plain, name) or fnmatchcase(plain, f"*/{name}"))
        return next(fitting, None)


NO_VIEWS = ViewList()


def view_list(text: str) -> ViewList:
    """Understand ``auto``, a view, or a list of NAME=VIEW. Raises SettingsError."""
    if "=" not in text:
        return ViewList(None if text == "auto" else _view(text, ("auto", *KNOWN)))
    rows = (part.rpartition("=") for part in text.split(",") if part.strip())
    return ViewList(None, tuple((_name(name, text), _view(view.strip(), KNOWN)) for name, _equals, view in rows))


def _name(said: str, text: str) -> str:
    name = said.strip().replace("\\", "/").removeprefix("./")
    name = f"{name}*" if name.endswith("/") else name
    if not name:
        msg = Problem("view_name_missing", text=text)
        raise SettingsError(msg)
    return name


def _view(said: str, known: tuple[str, ...]) -> View:
    if said not in known:
        raise SettingsError(Problem("view_unknown", view=said, names=", ".join(known)))
    return View(said)
