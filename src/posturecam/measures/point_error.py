"""How far the pose network's single points lie from the truth, measured on rendered people (``point_error.toml``)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from posturecam.body import Array, Landmark, View

TABLE = Path(__file__).with_name("point_error.toml")


@cache
def _table() -> Mapping[str, Mapping[str, list[float]]]:
    return {view: parts for view, parts in tomllib.loads(TABLE.read_text(encoding="utf-8")).items() if view != "source"}


def point_error_pct(landmark: Landmark, view: View) -> Array:
    """(2,) root mean square error of one landmark across and up, % of height; what has no truth counts as the worst."""
    parts = _table()[view.value if view.frontal else "side"]
    part = "_".join(word for word in landmark.value.split("_") if word not in ("left", "right"))
    known = parts.get("eye" if part.startswith("eye") else part)
    return np.array(known or np.max(list(parts.values()), axis=0), dtype=np.float64)
