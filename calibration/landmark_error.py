"""Write the error that the passes over one photo cannot see: src/posturecam/knowledge/landmark_error.toml.

    python -m calibration.landmark_error ../shared/phantoms_train

For each frontal measure and view it is the root mean square of (value − truth) of the mirrored passes' mean: shrinkage
and scatter alike. It stands where no estimate corrects the network, and the interval then carries both. Learned on
people that the accuracy page is not measured on. Side views have their own calibration (``side_offsets.py``).
"""

import argparse
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from calibration.benchmark import METHODS, ROOT, Row, both_sides, measure_cases
from calibration.truth import read_cases

MEAN = METHODS.index("mirrored mean")
TABLE = ROOT / "src" / "posturecam" / "knowledge" / "landmark_error.toml"
HEAD = """# The error that the passes over one photo cannot see: standard errors per measure and view. By calibration/.
"""


def systematic(rows: list[Row]) -> float:
    """Root mean square error of the mirrored mean."""
    error = np.array([row.values[MEAN] - row.truth for row in rows])
    return float(np.sqrt((error**2).mean()))


def measured(rows: list[Row]) -> Iterator[tuple[str, dict[str, float]]]:
    """Give each measure's error by view, for those that have a truth."""
    taken = [row for row in rows if row.case.view.frontal and np.isfinite(row.values[MEAN])]
    for key in dict.fromkeys(both_sides(row.key) for row in taken):
        of_key = [row for row in taken if both_sides(row.key) == key]
        views = dict.fromkeys(row.case.view.value for row in of_key)
        yield key, {view: systematic([row for row in of_key if row.case.view.value == view]) for view in sorted(views)}


def write_table(errors: Mapping[str, Mapping[str, float]], source: str) -> None:
    """Write errors by measure and view over the old ones; what is not among them stays as it is."""
    kept: dict[str, dict[str, float | str]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    for key, by_view in errors.items():
        kept[key] = {name: one for name, one in kept.get(key, {}).items() if name != "source"} | dict(by_view)
        kept[key]["source"] = source
    tables = ["\n".join([f"[{key}]", *_lines(row)]) for key, row in kept.items()]
    TABLE.write_text(HEAD + "\n" + "\n\n".join(tables) + "\n", encoding="utf-8")


def _lines(row: Mapping[str, float | str]) -> Iterator[str]:
    for name, one in row.items():
        yield f'{name} = "{one}"' if isinstance(one, str) else f"{name} = {one:.2f}"


def main() -> None:
    """Measure a folder and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json, to learn from")
    given = parser.parse_args()
    cases = read_cases(given.folder)
    errors = dict(measured(measure_cases(cases)))
    write_table(errors, f"calibration on {given.folder.name}, {len(cases)} photos")
    print(TABLE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
