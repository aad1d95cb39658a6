"""Run every benchmark and print ratios; nothing here is ever asserted.

    python benchmarks/run.py             # all of them
    python benchmarks/run.py analyze     # only those whose name is given

A benchmark is a module of this folder with a function ``bench() -> list[tuple[str, float, str]]``: what was compared,
the ratio, and the target in words.
"""

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))


def main(wanted: list[str]) -> None:
    """Run the benchmarks and print one line each."""
    names = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in ("run", "clock", "__init__"))
    for name in wanted or names:
        print(f"\n{name}")
        for what, ratio, target in importlib.import_module(f"benchmarks.{name}").bench():
            print(f"  {what:<76} {ratio:6.2f}   target {target}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
