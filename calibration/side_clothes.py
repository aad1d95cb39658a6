"""Learn what everyday clothes do to side views: src/posturecam/measures/side_clothes.toml.

    python -m calibration.side_clothes --close ../shared/phantoms_train LEARN --everyday EVERYDAY --check CHECK --write

EVERYDAY and CHECK are what ``everyday_people/renderer/everyday.py --side`` renders, each photo of another person (seeds
5301 and 6201); LEARN what ``side_people.py learn`` renders. The corrections for close clothes stay as they are
(``side_offsets``); this learns how to tell everyday clothes, what to add under them, and the error that stays. Every
figure printed is of people left out, those of CHECK of people whom nothing was learned from.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from calibration.estimator.dataset import folds_of
from calibration.estimator.fuse import COVERAGE, HALF_WIDTH
from calibration.score import auc
from calibration.side_offsets import (
    LEAST_SPREAD,
    NO_FRONT,
    OUTLINE,
    POINTS,
    SideCase,
    in_sight,
    numbers,
    plain,
    read_side_cases,
    seen,
    with_back,
)
from posturecam.body import Array
from posturecam.measures.correction import MOST_SPREADS, Correction, corrections
from posturecam.measures.estimator.near_places import near_doubts
from posturecam.measures.side_clothes import CLOTHES_TABLE, Recognition

FOLDS, STIFFNESS, SHRINK = 8, 10.0, 1.0
MOST_SIGMAS = 1.5
"""Huber's limit: a foot under a coat must not steer the others."""


@dataclass(frozen=True, slots=True)
class Rows:
    """N side views by one kind of evidence: names, chance of everyday clothes (N,), features (N, F).

    ``said`` and ``truth`` give each measure (N,), as the corrections for close clothes say it and as it is.
    """

    names: list[str]
    everyday: Array
    features: Array
    said: dict[str, Array]
    truth: dict[str, Array]


def doubts_of(cases: list[SideCase]) -> Array:
    """(N, 8) how unsurely the side views' own network sees head and neck."""
    return np.array(
        [near_doubts(case.pose.near_keypoints.doubt) for case in cases if case.pose.near_keypoints is not None]
    )


def learn_recognition(close: Array, everyday: Array) -> Recognition:
    """Fit a logistic regression to doubts (N, 8) and (M, 8); both kinds count alike, however many there are."""
    doubts, worn = np.concatenate([close, everyday]), np.r_[np.zeros(len(close)), np.ones(len(everyday))]
    mean, spread = doubts.mean(axis=0), doubts.std(axis=0)
    far = np.clip((doubts - mean) / spread, -MOST_SPREADS, MOST_SPREADS)
    design, sign = np.column_stack([np.ones(len(far)), far]), 2 * worn - 1
    counts = np.where(worn > 0, 1 / len(everyday), 1 / len(close)) * len(doubts) / 2

    def loss(weights: Array) -> float:
        return float(
            (counts * np.logaddexp(0, -sign * (design @ weights))).sum() + SHRINK * (weights[1:] ** 2).sum() / 2
        )

    return Recognition(mean, spread, np.asarray(minimize(loss, np.zeros(design.shape[1])).x))


def bare(case: SideCase) -> SideCase:
    """Give a case of whose clothes nothing is known: the program then reads it as in close clothes."""
    return replace(case, pose=replace(case.pose, near_keypoints=None))


def with_clear_back(cases: list[SideCase]) -> list[SideCase]:
    """Leave out those whose outline is not trusted."""
    clear = {case.name for case in with_back([bare(case) for case in cases])}
    return [case for case in cases if case.name in clear]


def rows_of(cases: list[SideCase], evidence: str, told: Recognition) -> Rows:
    """Say every measure of these cases as in close clothes."""
    table = corrections(evidence)
    doubts, cases = doubts_of(cases), [bare(case) for case in cases]
    features = np.array([seen(case, evidence) for case in cases])
    said = {
        key: np.array([plain(case, key) for case in cases]) + correction.of(features)
        for key, correction in table.items()
    }
    truth = {key: np.array([case.truth[key] for case in cases]) for key in table}
    return Rows([case.name for case in cases], told.probability(doubts), features, said, truth)


def learn_added(features: Array, wanted: Array, rounds: int = 6) -> Correction:
    """Fit a ridge regression of wanted (N,) on features (N, F) with Huber's weights."""
    mean, spread = np.nanmean(features, axis=0), np.nanstd(features, axis=0) + LEAST_SPREAD
    far = np.nan_to_num(np.clip((features - mean) / spread, -MOST_SPREADS, MOST_SPREADS))
    design, weight = np.column_stack([np.ones(len(far)), far]), np.ones(len(far))
    penalty = STIFFNESS * np.diag([0.0, *np.ones(far.shape[1])])
    for _ in range(rounds):
        weighted = (design * weight[:, None]).T
        found = np.linalg.solve(weighted @ design + penalty, weighted @ wanted)
        miss = np.abs(wanted - design @ found)
        weight = np.minimum(1.0, MOST_SIGMAS * 1.4826 * np.median(miss) / np.maximum(miss, 1e-9))
    return Correction(float(found[0]), 0.0, found[1:], mean, spread)


def left_out(rows: Rows, key: str) -> Array:
    """(N,) a measure by what was learned on the others."""
    fold, value = folds_of(rows.names, FOLDS, "clothes"), rows.said[key].copy()
    for number in np.unique(fold):
        here, others = fold == number, fold != number
        more = learn_added(rows.features[others], (rows.truth[key] - rows.said[key])[others])
        value[here] += rows.everyday[here] * more.of(rows.features[here])
    return value


def everyday_factor(miss: Array, everyday: Array, close: Array) -> float:
    """Give the factor of the error in everyday clothes with which COVERAGE of the misses (N,) lie within 1.96 of it.

    ``close`` (N,) is the error in close clothes; with the chance p of everyday clothes the factor counts to the power
    p.
    """
    low, high = 0.0, np.log(20.0)
    for _ in range(60):
        middle = (low + high) / 2
        inside = np.abs(miss) < HALF_WIDTH * close * np.exp(everyday * middle)
        low, high = (middle, high) if inside.mean() < COVERAGE else (low, middle)
    return float(np.exp(high))


def learn_clothes(rows: Rows, evidence: str) -> tuple[dict[str, Correction], dict[str, Array]]:
    """Learn what to add to each measure, and its error; with it (N,) what is said of people left out."""
    table, said = {}, {}
    for key, close in corrections(evidence).items():
        said[key] = left_out(rows, key)
        errors = np.full(len(rows.names), close.error)
        error = close.error * everyday_factor(said[key] - rows.truth[key], rows.everyday, errors)
        table[key] = replace(learn_added(rows.features, rows.truth[key] - rows.said[key]), error=error)
    return table, said


def lines(name: str, rows: Rows, said: dict[str, Array], evidence: str, table: dict[str, Correction]) -> list[str]:
    """Say for each measure how it was off and how it is, and how many intervals hold the truth."""
    found = []
    for key, value in said.items():
        close, truth = corrections(evidence)[key].error, rows.truth[key]
        error = close * (table[key].error / close) ** rows.everyday
        off = [np.abs(one - truth) for one in (rows.said[key], value)]
        slopes = [np.polyfit(truth, one, 1)[0] for one in (rows.said[key], value)]
        was = (
            f"{off[0].mean():6.2f}{slopes[0]:6.2f}{HALF_WIDTH * close:7.2f}{(off[0] < HALF_WIDTH * close).mean():6.0%}"
        )
        now = f"{off[1].mean():6.2f}{slopes[1]:6.2f}{HALF_WIDTH * np.median(error):7.2f}"
        found.append(f"{key:24}{evidence:22}{name:10}{was}   →{now}{(off[1] < HALF_WIDTH * error).mean():6.0%}")
    return found


def as_toml(told: Recognition, tables: dict[str, dict[str, Correction]], source: str) -> str:
    """Write what was learned."""
    written = [
        "# Side views in everyday clothes, see side_clothes.py. Written by calibration/side_clothes.py.",
        f'source = "{source}"',
        "\n[everyday]",
        *(f"{name} = {numbers(getattr(told, name))}" for name in ("mean", "spread", "weights")),
    ]
    for evidence, table in tables.items():
        first = next(iter(table.values()))
        written += [f"\n[{evidence}]", f"mean = {numbers(first.mean)}", f"spread = {numbers(first.spread)}"]
        for key, correction in table.items():
            written += [f"\n[{evidence}.measures.{key}]", f"error = {correction.error:.3f}"]
            written += [f"offset = {correction.offset:.4f}", f"weights = {numbers(correction.weights)}"]
    return "\n".join(written) + "\n"


def cases_of(folders: list[Path]) -> list[SideCase]:
    """Read the side views of these folders that the program measures too."""
    return in_sight([case for folder in folders for case in read_side_cases(folder)])


def main() -> None:
    """Read the command line, learn, print, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, what in (("close", "people in close clothes"), ("everyday", "to learn from"), ("check", "other people")):
        parser.add_argument(f"--{name}", type=Path, nargs="+", required=True, help=what)
    parser.add_argument("--write", action="store_true", help="write the table that the program reads")
    given = parser.parse_args()
    close, everyday, check = (cases_of(folders) for folders in (given.close, given.everyday, given.check))
    teach(close, everyday, check, write=given.write)


def teach(close: list[SideCase], everyday: list[SideCase], check: list[SideCase], *, write: bool) -> None:
    """Learn from these cases, print how people left out are read, and write when asked to."""
    told = learn_recognition(doubts_of(close), doubts_of(everyday))
    chances = [told.probability(doubts_of(cases)) for cases in (close, everyday, check)]
    print(
        f"chance of everyday clothes, median: {', '.join(f'{np.median(chance):.2f}' for chance in chances)}; ", end=""
    )
    print(f"area under the ROC curve of close clothes and CHECK: {auc(chances[2], chances[0]):.2f}")
    tables = {}
    print(f"{'measure':24}{'evidence':22}{'people':10}{'MAE':>6}{'slope':>6}{'±':>7}{'in':>6}   → the same now")
    for evidence in (POINTS, OUTLINE, NO_FRONT):
        shown = [cases if evidence == POINTS else with_clear_back(cases) for cases in (everyday, check)]
        rows, others = (rows_of(cases, evidence, told) for cases in shown)
        table, said = learn_clothes(rows, evidence)
        tables[evidence] = table
        new = {key: others.said[key] + others.everyday * table[key].of(others.features) for key in table}
        print("\n".join(lines("left out", rows, said, evidence, table) + lines("CHECK", others, new, evidence, table)))
    if write:
        source = f"{len(everyday)} side views in everyday clothes, each of another person"
        CLOTHES_TABLE.write_text(as_toml(told, tables, source), encoding="utf-8")


if __name__ == "__main__":
    main()
