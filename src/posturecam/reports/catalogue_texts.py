"""The heads of the documentation's pages, with the formula and its worked example, and the table of cases."""

from posturecam.knowledge import Knowledge
from posturecam.reports.cases import cases, tried

PATTERNS_HEAD = """# Patterns

Written by `make docs` from `src/posturecam/knowledge`; do not edit.

A pattern is a set of deviations that therapists describe together. posturecam says how well a photo is *consistent
with* it, and which muscles *may feel tight* or *may be weak*. It cannot feel muscles, and most healthy people
show some asymmetry. How well each pattern is supported stands with it.

## How a score is made

Every pattern lists what it expects: a measure and the interval in which its true value should lie, with a weight (S
= 3, M = 2, W = 1). A measurement is a value *v* with a standard error *s*. P is the probability that the true value
lies in the interval [a, b]:

    P = Φ((b − v) / s) − Φ((a − v) / s)

The piece of evidence earns the **credit** max(0, 2P − 1): 1 when the interval is certain, 0 when it is as likely as
not. Growing noise can only take credit away. The **score** is
Σ weight × credit / Σ weight over what was observed; evidence against earns 0 and is shown.

- **not assessed**: less than 60 % of the weight was observed, or a measure that must hold is missing.
- **consistent**: everything that must hold has P ≥ 0.8, and the score is at least 0.60; and each deviation that must
  hold lasts: with the scatter *r* from one stand to the next, √(s² + r²) for s, it still has P ≥ 0.9; and the one that
  leads lies beyond its noise (its 95 % interval clears the usual range).
- **weak**: everything that must hold has P ≥ 0.5, and the score is at least 0.35.
- **not seen**: anything else.

Nobody stands twice alike: a photo shows one moment. *r* is what studies found from stand to stand (1.1° for tilts, 2°
for knees, 0.4 % of height for shifts, 0.6 % of the chord for the back's arcs; `knowledge/restanding.py` names the
sources). So a second photo seldom takes back what the first called consistent; what may not last is *weak*.

A worked example, P05 for the left: hips 4.7° (left higher) and waist 5.5° (shorter on the left), each with a
standard error of 1.0°; the outline was not measured.

| expects | weight | P | credit | standing again |
|---|---|---|---|---|
| hip_tilt above 2.5° | 3 | Φ((4.7 − 2.5) / 1.0) = 0.986 | 0.972 | Φ((4.7 − 2.5) / 1.47) = 0.932 |
| trunk_bend above 3° | 3 | Φ((5.5 − 3) / 1.0) = 0.994 | 0.988 | Φ((5.5 − 3) / 1.47) = 0.955 |
| waist_asymmetry above 40 % | 3 | not measured | – | – |

Observed: 6 of 9, so 67 %. Score: (3 × 0.972 + 3 × 0.988) / 6 = 0.980. Both must hold, and both last: *consistent*.
With hips of 3.9° the score is still 0.913, but standing again the hips have P = 0.829: *weak*. With a standard error of
3° the first values give P = 0.768 and 0.798, a score of 0.566: *weak*.

Sums and differences of measures count with the root of the summed squares of their errors. A pattern is declared
once, for the left; for the right the values are mirrored, so a mirrored photo gives exactly the mirrored finding.
P01 lists P04 and P05 under it; a normal variant is never called more than mild. With pain today nothing is scored
(P26), under 18 only the measurements are given, and an answered warning sign silences everything."""

MEASURES_HEAD = """# Measures

Written by `make docs` from `src/posturecam/knowledge`; do not edit.

Left and right are always the person's own. Positive tilts: the left is higher; positive shifts and leans: to the
left; positive in side views: forward. Severities: *neutral* when the whole 95 % interval lies in the neutral band,
*within its noise* when the interval does not clear it, else *mild*, *moderate* or *marked* by the value. All bands
are proposals of this project: no agreed cut-offs exist, and small asymmetries are usual."""


def cases_table(knowledge: Knowledge) -> str:
    """Write every case with what comes of it today; those that must not fire stand first."""
    lines = [
        "## When each fires, and when it must not",
        "",
        "Printed by `posturecam patterns --cases`; the same cases are the tests.",
        "",
        "| pattern | case | must | verdict | side | score |",
        "|---|---|---|---|---|---|",
    ]
    for case in cases(knowledge):
        finding = tried(case, knowledge)
        must = "fire" if case.side else "not fire"
        verdict = finding.verdict.replace("_", " ")
        side = finding.side if finding.found else "–"
        lines.append(f"| {case.pattern} | {case.why} | {must} | {verdict} | {side} | {finding.score:.2f} |")
    return "\n".join(lines)
