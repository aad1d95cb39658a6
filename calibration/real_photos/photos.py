"""The folder: its ``index.json`` and what else is known of each photo."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posturecam.body import View
from posturecam.errors import SettingsError

HERE = Path(__file__).resolve().parent
LABELS = HERE / "labels.json"
STANCES = "stance.json"
"""Labels that lie in the folder itself, beside its index."""

LABELLED = (View.FRONT, View.BACK, View.LEFT, View.RIGHT)
BY_HAND = "2D joint labels"
"""In the kind of a truth: points set by eye, too coarse to measure against."""


@dataclass(frozen=True, slots=True)
class RealPhoto:
    """One photo and what somebody saw in it.

    view     by eye, of the person's own sides; None where it is none of the four
    square   whether nothing was said about the view but its name: not turned, not bowed
    stance   standing, not_standing, soft, or None where nobody said
    person   the same for all photos of one person
    repeat   the same for photos of one person in one view, a minute apart; None where there is only one
    truth    measure → value where somebody measured it in the picture's plane
    """

    path: Path
    view: View | None
    square: bool
    stance: str | None
    person: str
    repeat: str | None
    truth: Mapping[str, float]


def read_photos(folder: Path, labels: Iterable[Path] = ()) -> tuple[RealPhoto, ...]:
    """Read a folder's index, with labels by file name or by the first digits of the source's checksum.

    Raises SettingsError for a folder without an index or labels that cannot be read.
    """
    known = _read(LABELS)
    for path in (*((folder / STANCES,) if (folder / STANCES).exists() else ()), *labels):
        for name, row in _read(path).items():
            known[name] = known.get(name, {}) | row
    try:
        return tuple(_photo(folder, row, known) for row in _read(folder / "index.json"))
    except (KeyError, TypeError, AttributeError) as error:
        msg = f"{folder / 'index.json'}: each photo needs a file and a view, see calibration/real_photos ({error!r})"
        raise SettingsError(msg) from error


def _photo(folder: Path, row: Mapping[str, Any], known: Mapping[str, Mapping[str, str]]) -> RealPhoto:
    source = str(row.get("sha256_of_source", ""))[:12]
    said = {**row, **known.get(source, {}), **known.get(row["file"], {})}
    word = str(row["view"]).split(" ")[0]
    truth = row.get("truth") or {}
    measured = {} if BY_HAND in truth.get("kind", "") else truth
    return RealPhoto(
        path=folder / row["file"],
        view=View(word) if word in LABELLED else None,
        square=row["view"] in LABELLED,
        stance=said.get("stance"),
        person=said.get("person", row["file"]),
        repeat=said.get("repeat"),
        truth={key: float(measured[key]) for key in ("shoulder_tilt", "hip_tilt", "trunk_lean") if key in measured},
    )


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read ({error})"
        raise SettingsError(msg) from error
