"""How much scoring stored assessments adds to reading their lines at all."""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.clock import peak_mb, seconds
from posturecam.knowledge import load

LINES = 60_000
FEW = 6_000
BARE = """
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    json.loads(line)
"""


def write_people(path: Path, count: int) -> None:
    """Write lines of about 1 kB: people as norms.toml has them, measured with noise, every tenth twice as uneven."""
    rng = np.random.default_rng(11)
    norms = [norm for norm in load().norms.values() if norm.tier == "points"]
    spreads = np.array([norm.sd or norm.step / 2 for norm in norms])
    means = np.array([norm.mean or norm.centre for norm in norms])
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            size = spreads * (2.0 if number % 10 == 0 else 1.0)
            values = (means + rng.normal(size=len(norms)) * np.hypot(size, 0.5 * spreads)).round(4).tolist()
            sems = (0.5 * spreads * rng.uniform(0.8, 1.2, len(norms))).round(4).tolist()
            rows = [
                {"key": norm.key, "value": value, "sem": sem}
                for norm, value, sem in zip(norms, values, sems, strict=True)
            ]
            file.write(json.dumps({"view": "front", "measurements": rows}) + "\n")


def bench() -> list[tuple[str, float, str]]:
    """Compare whole processes, and without what each needs to start."""
    python, program = sys.executable, str(Path(sys.executable).with_name("posturecam"))
    with tempfile.TemporaryDirectory() as folder:
        many, few, out = (Path(folder) / name for name in ("many.jsonl", "few.jsonl", "out.jsonl"))
        write_people(many, LINES)
        write_people(few, FEW)
        start = [program, "score", str(few), "--json", str(out)]
        command = [program, "score", str(many), "--json", str(out)]
        bare = seconds([python, "-c", BARE, str(many)], 3)
        work = seconds(command, 3)
        extra = (work - seconds(start, 3)) / (bare - seconds([python, "-c", BARE, str(few)], 3))
        return [
            (f"score / json.loads, {LINES} lines of 1 kB, whole processes", work / bare, "≤ 3"),
            ("score / json.loads, each further line", extra, "≤ 3"),
            (f"peak memory of score, {LINES} lines / {FEW} lines", peak_mb(command) / peak_mb(start), "flat (≤ 1.2)"),
        ]
