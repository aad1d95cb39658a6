"""A balance test as it is stored."""

import json
from pathlib import Path
from typing import Any


def stored(folder: Path, left: Any, right: Any) -> Path:
    """A balance.json with these legs."""
    path = folder / "balance.json"
    path.write_text(json.dumps({"schema": "posturecam/balance/1", "left": left, "right": right}))
    return path


def leg(seconds: float | None, *touch_downs: float | None) -> dict[str, Any]:
    """One leg as it stands in balance.json; each try begins at 1 s."""
    rows = [{"lift_off_s": 1.0, "touch_down_s": down} for down in touch_downs]
    return {"seconds": seconds, "tries": rows, "pelvis_drop_deg": 1.0, "sway_pct_height": 0.4}
