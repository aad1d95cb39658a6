"""Which side patterns fire from photos of people whose posture is known, beside what their exact angles would show.

    python -m calibration.side_patterns ../shared/phantoms                          # the table: pattern × photo
    python -m calibration.side_patterns ../shared/phantoms ../shared/phantoms_train # and the counts on other people

The vertical is known here and nothing is answered or placed. People that the corrections were learned on are measured
with corrections learned without them.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from calibration.side_offsets import SideCase, learned, read_side_cases
from posturecam.body import View
from posturecam.estimator import Estimate
from posturecam.knowledge import Knowledge, load
from posturecam.measurement import frame_of, graded
from posturecam.measures.correction import corrections
from posturecam.measures.outline import outline_values
from posturecam.measures.side_view import PLAIN, corrected
from posturecam.patterns import Finding
from posturecam.plan import conclude

PATTERNS = ("P13", "P14", "P15", "P16", "P17", "P18", "P19", "P20", "P21", "P25")
"""What a side view can show, P13 with an answer only."""

EXACT = 0.05
"""Standard error that an exact angle is given, in steps of its norm."""

BOTH, HIDDEN, ALONE, NEITHER = "●", "○", "▲", "·"
LEGEND = f"{BOTH} found, and exact angles show it  {HIDDEN} only exact angles  {ALONE} found only  {NEITHER} neither"

Taken = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a photo and what the exact angles of one person show."""

    name: str
    photo: dict[str, Finding]
    exact: dict[str, Finding]

    def mark(self, pattern: str) -> str:
        """Say in one sign where a pattern was found."""
        shown, found = self.exact[pattern].found, self.photo[pattern].found
        return BOTH if shown and found else HIDDEN if shown else ALONE if found else NEITHER


def values(case: SideCase) -> dict[str, float]:
    """Measure a case as the program does, its roll known."""
    frame = frame_of(case.pose, case.roll_deg)
    found = {key: corrected(key, frame) for key in PLAIN} | outline_values(case.pose, case.outline, case.roll_deg)
    return {key: float(samples.mean()) for key, samples in found.items()}


def left_out(cases: list[SideCase]) -> list[dict[str, float]]:
    """Measure each case with corrections learned on the others."""
    keys = {key: "outline" if key in corrections("outline") else "points" for key in values(cases[0])}
    columns = {key: learned(cases, key, evidence).value for key, evidence in keys.items()}
    return [{key: float(column[row]) for key, column in columns.items()} for row in range(len(cases))]


def error_of(key: str, knowledge: Knowledge, case: SideCase) -> float:
    """Give the standard error that stays, the vertical known."""
    by_outline = corrections("outline").get(key)
    return by_outline.error if by_outline else knowledge.landmark_error(key, case.pose.view)


def findings(taken: Taken, view: View, knowledge: Knowledge) -> dict[str, Finding]:
    """Conclude from values with their standard errors."""
    measurements = [
        graded(knowledge, key, Estimate(value, error), vertical_effect=0.0, sigma_deg=0.0, raw=None)
        for key, (value, error) in taken.items()
    ]
    return {one.pattern: one for one in conclude(measurements, {view}, knowledge).findings}


def see(cases: Iterable[SideCase], measured: Iterable[dict[str, float]], knowledge: Knowledge) -> Iterator[Seen]:
    """Conclude from each case's measured values, and from its exact angles."""
    for case, value in zip(cases, measured, strict=True):
        taken = {key: (one, error_of(key, knowledge, case)) for key, one in value.items()}
        exact = {key: (case.truth[key], EXACT * knowledge.norm(key).step) for key in value}
        view = case.pose.view
        yield Seen(case.name, findings(taken, view, knowledge), findings(exact, view, knowledge))


def table(seen: list[Seen]) -> Iterator[str]:
    """Write pattern × photo, and beside each pattern that stays hidden what its photo gave instead."""
    yield f"{'':28}" + " ".join(PATTERNS)
    for one in seen:
        yield f"{one.name:28}" + "   ".join(one.mark(pattern) for pattern in PATTERNS)
    yield LEGEND
    for one in seen:
        yield from (hidden(one, pattern) for pattern in PATTERNS if one.mark(pattern) == HIDDEN)


def hidden(one: Seen, pattern: str) -> str:
    """Say which evidence of a pattern the photo did not hold, beside the exact angle."""
    exact = {piece.measure: piece for piece in one.exact[pattern].evidence}
    lost = [
        f"{piece.measure} {piece.value:.1f} for {exact[piece.measure].value:.1f}"
        for piece in one.photo[pattern].evidence
        if piece.measure in exact and exact[piece.measure].credit - piece.credit > 0.25
    ]
    return f"{one.name} hides {pattern} ({one.exact[pattern].name}): {', '.join(lost)}"


def counts(seen: list[Seen]) -> Iterator[str]:
    """Count, for each pattern, the people whose exact angles show it, those found, and those found without it."""
    for pattern in PATTERNS:
        marks = [one.mark(pattern) for one in seen]
        shown, found = marks.count(BOTH) + marks.count(HIDDEN), marks.count(BOTH)
        name = seen[0].exact[pattern].name
        alone = marks.count(ALONE)
        yield f"{pattern} {name:18} shown by exact angles {shown:3}, of these found {found:3}, found only {alone:3}"


def main() -> None:
    """Print the table of the first folder, and the counts of the second where there is one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="photos with their truth.json that nothing was learned on")
    parser.add_argument("learned_on", type=Path, nargs="?", help="photos that the corrections were learned on")
    given = parser.parse_args()
    knowledge = load()
    cases = read_side_cases(given.folder)
    print("\n".join(table(list(see(cases, map(values, cases), knowledge)))))
    if given.learned_on:
        people = read_side_cases(given.learned_on)
        print(f"\n{len(people)} other people, each left out of the learning")
        print("\n".join(counts(list(see(people, left_out(people), knowledge)))))


if __name__ == "__main__":
    main()
