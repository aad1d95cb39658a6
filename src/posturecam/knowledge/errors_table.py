"""The systematic error per measure and view that calibration measured against truth: ``landmark_error.toml``."""

from collections.abc import Collection, Mapping

from posturecam.body import View
from posturecam.errors import KnowledgeError
from posturecam.knowledge.faults import Faults, Table
from posturecam.text.language import _

LandmarkErrors = Mapping[tuple[str, View], float]


def read_landmark_errors(data: Mapping[str, object], norm_tables: Collection[str], faults: Faults) -> LandmarkErrors:
    """Read standard errors by (table of the measure, view), each in the measure's unit."""
    errors: dict[tuple[str, View], float] = {}
    for name, rows in data.items():
        table = Table("landmark_error.toml", name, rows, faults)
        if name not in norm_tables:
            faults.add("landmark_error.toml", name, _("a measure of norms.toml"), norm_tables)
        table.text("source")
        for view in View:
            error = table.optional(view, 0.0, 1000.0)
            if error is not None:
                errors[name, view] = error
        table.done()
    return errors


def unknown_error(key: str, view: View) -> KnowledgeError:
    """Say that a measure's error was never measured in this view."""
    fault = _(
        "landmark_error.toml: no error for {key} in the view {view}; measure it with the calibration, or add it",
        key=key,
        view=view,
    )
    return KnowledgeError(_("The knowledge tables have faults ({count} to mend):"), (fault,))
