"""Read JSON that somebody else may have written: finite numbers, sane depth, text that can be stored."""

import json
import math
from typing import Any

MOST = 1e12
"""No number that is measured is as large: pixels, degrees, millimetres and seconds are far below."""

MOST_DIGITS = 18
"""Digits of a whole number: more are no count, no pixel and no number of a record."""


def loads(data: bytes | str) -> Any:
    """Read JSON; raises ValueError for all that is not, and for what no file of ours holds.

    That is: NaN and infinity, however they are written, whole numbers without end, nesting without end, and half
    characters (lone surrogates), which no file and no database takes.
    """
    try:
        found = json.loads(data, parse_constant=_no_number, parse_float=_finite, parse_int=_whole)
        raw = data.lower()
        if (b"\\ud" in raw) if isinstance(raw, bytes) else ("\\ud" in raw or not raw.isascii()):
            json.dumps(found, ensure_ascii=False).encode()
    except RecursionError as error:
        msg = "nested too deeply"
        raise ValueError(msg) from error
    return found


def _no_number(said: str) -> float:
    msg = f"{said} is no number"
    raise ValueError(msg)


def _finite(said: str) -> float:
    found = float(said)
    return found if math.isfinite(found) else _no_number(said[:20])


def _whole(said: str) -> int:
    return int(said) if len(said) <= MOST_DIGITS else int(_no_number(said[:20]))
