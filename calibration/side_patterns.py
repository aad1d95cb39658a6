"""Which side patterns fire from photos of people whose posture is known, beside what their exact angles would show.

    python -m calibration.side_patterns ../shared/phantoms            # the table: pattern × photo
    python -m calibration.side_patterns ../shared/phantoms MARKED     # counts and errors on people who show one clearly

MARKED is what ``side_people/renderer/side_people.py marked`` renders (seed 8001). Nothing was learned on either. The
vertical is known here, nothing is placed, and all are taken to answer that they are often tense, which P13 needs.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.side_offsets import SideCase, read_side_cases
from calibration.truth import SIDE_KEYS
from posturecam.body import Array, View
from posturecam.knowledge import Knowledge, load
from posturecam.measures.estimator import Estimate
from posturecam.measures.measurement import frame_of, graded
from posturecam.measures.outline import edges_kept, outline_values, table_for, why_no_contour
from posturecam.measures.side_view import PLAIN, corrected
from posturecam.patterns import Finding
from posturecam.patterns.answers import Answers
from posturecam.patterns.plan import conclude

PATTERNS = ("P13", "P14", "P15", "P16", "P17", "P18", "P19", "P20", "P21", "P25")
"""What a side view can show, P13 with an answer only."""

TENSE = Answers({"stress": ("often",)})

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


def values(case: SideCase, knowledge: Knowledge) -> dict[str, tuple[float, float]]:
    """Measure a case as the program does, its roll known; each value with the standard error that stays."""
    frame = frame_of(case.pose, case.roll_deg)
    found = {key: (float(corrected(key, frame).mean()), knowledge.landmark_error(key, case.pose.view)) for key in PLAIN}
    if why_no_contour(case.pose, case.outline, case.roll_deg) is None:
        kept = edges_kept(case.pose, case.outline, case.roll_deg)
        by_outline = outline_values(case.pose, case.outline, case.roll_deg, kept)
        found |= {key: (float(one.mean()), table_for(kept)[key].error) for key, one in by_outline.items()}
    return found


def findings(taken: Taken, view: View, knowledge: Knowledge) -> dict[str, Finding]:
    """Conclude from values with their standard errors."""
    measurements = [
        graded(knowledge, key, Estimate(value, error), vertical_effect=0.0, sigma_deg=0.0, raw=None)
        for key, (value, error) in taken.items()
    ]
    return {one.pattern: one for one in conclude(measurements, {view}, knowledge, TENSE).findings}


def compared(cases: list[SideCase], knowledge: Knowledge) -> dict[str, tuple[Array, Array]]:
    """Give (n,) truth and (n,) value of each measure, of the cases that show it."""
    taken = [(case.truth, values(case, knowledge)) for case in cases]
    keys = dict.fromkeys(key for _, measured in taken for key in measured)
    pairs = {key: [(truth[key], measured[key][0]) for truth, measured in taken if key in measured] for key in keys}
    return {key: (np.array(pair)[:, 0], np.array(pair)[:, 1]) for key, pair in pairs.items()}


def errors(cases: list[SideCase], knowledge: Knowledge) -> Iterator[str]:
    """Say how much of a true difference comes through in each measure, and its mean error."""
    for key, (truth, value) in compared(cases, knowledge).items():
        slope = np.polyfit(truth, value, 1)[0]
        yield f"{key:22} slope {slope:.2f}, mean error {np.abs(value - truth).mean():.2f}, {truth.size} people"


def exact_findings(truth: Mapping[str, float], view: View, knowledge: Knowledge) -> dict[str, Finding]:
    """Conclude from the exact angles."""
    exact = {key: (one, EXACT * knowledge.norm(key).step) for key, one in truth.items() if key in SIDE_KEYS}
    return findings(exact, view, knowledge)


def see(cases: Iterable[SideCase], knowledge: Knowledge) -> Iterator[Seen]:
    """Conclude from each case's measured values, and from its exact angles."""
    for case in cases:
        view = case.pose.view
        photo = findings(values(case, knowledge), view, knowledge)
        yield Seen(case.name, photo, exact_findings(case.truth, view, knowledge))


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
        name, alone = seen[0].exact[pattern].name, marks.count(ALONE)
        yield f"{pattern} {name:18} shown by exact angles {shown:3}, of these found {found:3}, found only {alone:3}"


def main() -> None:
    """Print the table of the first folder, and the counts of the second where there is one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="photos with their truth.json that nothing was learned on")
    parser.add_argument("marked", type=Path, nargs="?", help="the same of people who each show a side pattern clearly")
    given = parser.parse_args()
    knowledge = load()
    print("\n".join(table(list(see(read_side_cases(given.folder), knowledge)))))
    if given.marked:
        people = read_side_cases(given.marked)
        print(f"\n{len(people)} people, each posed to show one pattern clearly")
        print("\n".join(counts(list(see(people, knowledge)))))
        print("\n".join(errors(people, knowledge)))


if __name__ == "__main__":
    main()
