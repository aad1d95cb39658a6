"""Run every benchmark and print ratios; nothing here is ever asserted.

    python benchmarks/run.py                          # all of them
    python benchmarks/run.py analyze score            # only those whose name is given
    python benchmarks/run.py real ../shared/real_photos --labels FILE    # one that takes arguments

A benchmark is a module of this folder with a function ``bench() -> list[tuple[str, float, str]]``: what was compared,
the ratio, and the target in words. One that takes arguments has a function ``main(arguments) -> int`` beside it, which
prints for itself.
"""

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))


def main(wanted: list[str]) -> int:
    """Run the benchmarks and print one line each; what follows a name that takes arguments is handed to it."""
    names = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in ("run", "clock", "__init__"))
    if wanted and wanted[0] in names:
        alone = importlib.import_module(f"benchmarks.{wanted[0]}")
        if hasattr(alone, "main"):
            return int(alone.main(wanted[1:]))
    for name in wanted or names:
        print(f"\n{name}")
        for what, ratio, target in importlib.import_module(f"benchmarks.{name}").bench():
            print(f"  {what:<76} {ratio:6.2f}   target {target}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
