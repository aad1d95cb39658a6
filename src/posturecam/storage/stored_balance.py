"""Read a stored balance test (schema ``posturecam/balance/1``), to join it with a photo of the same person."""

from math import sqrt
from pathlib import Path

from posturecam.body import Side, View
from posturecam.errors import StoredError
from posturecam.knowledge import Knowledge
from posturecam.measures.balance import LEGS, MOST_S, SCHEMA, Balance, Leg, balance_of
from posturecam.patterns.answers import Answers
from posturecam.patterns.red_flags import refuse_balance
from posturecam.storage.fields import Fields, read_value
from posturecam.text.language import N_, _

ANEW = N_("Make one: posturecam live --balance --out DIR")

_SAME_S = 0.05
"""Seconds within which two times are the same."""


def read_balance(path: Path | None, knowledge: Knowledge, answers: Answers | None) -> Balance | None:
    """Read balance.json; nothing without a path. The times are graded where the answers tell the age.

    Raises StoredError, which names the file and the field, and SettingsError after a warning sign for dizziness or
    falls.
    """
    if path is None:
        return None
    refuse_balance(answers, knowledge)
    whole = Fields(str(path), read_value(path, ANEW), anew=ANEW)
    whole.one_of("schema", (SCHEMA,))
    legs = {side: leg for side in LEGS if (leg := _leg(whole, side, knowledge)) is not None}
    if not legs:
        msg = _("{path} holds no try on either leg, so there is nothing to join. {anew}", path=path, anew=_(ANEW))
        raise StoredError(msg)
    return balance_of(legs, knowledge, (answers or Answers()).age_band)


def _leg(whole: Fields, side: Side, knowledge: Knowledge) -> Leg | None:
    """Read one leg; None where no try was seen on it."""
    row = whole.inner(side.value)
    if not row.has("seconds"):
        return None
    seconds = row.number("seconds")
    if seconds < 0:
        msg = _("{source}: {place}.seconds is below 0. {anew}", source=row.source, place=row.place, anew=_(ANEW))
        raise StoredError(msg)
    names = ("pelvis_drop_deg", "trunk_lean_deg", "sway_pct_height")
    drop, lean, sway = (row.number(name) if row.has(name) else None for name in names)
    return Leg(min(seconds, MOST_S), _complete(row, seconds), drop, lean, sway, _spreads(whole, side, knowledge))


def _spreads(whole: Fields, side: Side, knowledge: Knowledge) -> tuple[float, float]:
    """Take the spreads from try to try out of the stored standard errors; 0 where none are stored."""
    rows = whole.rows("measurements") if whole.has("measurements") else []
    sems = {row.text("key"): row.number("sem") for row in rows}
    drop, lean = (
        sqrt(max(0.0, sems.get(f"{key}_{side}", 0.0) ** 2 - knowledge.landmark_error(error, View.FRONT) ** 2))
        for key, error in (("pelvic_drop", "hip_tilt"), ("single_leg_lean", "trunk_lean"))
    )
    return drop, lean


def _complete(row: Fields, seconds: float) -> bool:
    """Whether the best try was seen to its end; a file that lists no tries is taken at its word."""
    tries = row.rows("tries") if row.has("tries") else []
    ended = [
        attempt.number("touch_down_s") - attempt.number("lift_off_s")
        for attempt in tries
        if attempt.has("touch_down_s")
    ]
    return not tries or any(time >= min(seconds, MOST_S) - _SAME_S for time in ended)
