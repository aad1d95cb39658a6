"""Draw the rooms of the package and who imports whom, from the imports themselves, into docs/architecture.svg.

python tools/architecture.py            # draw
python tools/architecture.py --check    # exit 1 where the drawing is not today's

The rooms stand in the order in which the data flows. An arc on the right leads from a room down to one that imports it;
it is the thicker, the more modules do (one, four, twelve). Arcs on the left, in red, run against the order.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections import Counter
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.house import PACKAGE, arrows_of, entries, modules_of

if TYPE_CHECKING:
    from collections.abc import Sequence

DRAWING = PACKAGE.parents[1] / "docs" / "architecture.svg"
PAGE = DRAWING.with_suffix(".md")

BOX_WIDTH, BOX_HEIGHT, GAP = 670, 40, 12
"""Pixels of a room's box, and between two of them."""
LEFT, TOP, ARCS = 90, 20, 260
"""Room for the arcs on the left, above the first box, and for those on the right, pixels."""
WIDTHS = ((12, 2.4), (4, 1.5), (0, 0.8))
"""Thickness of an arc by the modules that it stands for: from so many on, pixels."""

INK, PALE, ARC, AGAINST = "#1c2b33", "#eef4f5", "#2a7f8e", "#c0392b"


def order() -> list[str]:
    """List the rooms as the architecture's page tells them: the list items that begin with a room's name."""
    known = {*entries(PACKAGE), "errors"}
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    told = [line.split("`")[1].rstrip("/") for line in lines if line.startswith("| `")]
    return [room for room in told if room in known]


def between(package: Path) -> Counter[tuple[str, str]]:
    """Count for each pair of rooms the modules of the first that import the second."""
    found: Counter[tuple[str, str]] = Counter()
    for module, others in arrows_of(modules_of(package)).items():
        here = module.split(".")[1:2]
        rooms = {other.split(".")[1] for other in others if "." in other}
        found.update((here[0], room) for room in rooms if here and here[0] not in {room, "__main__"})
    return found


def told_of(room: str) -> str:
    """Give the first line of what a room says of itself."""
    path = PACKAGE / room / "__init__.py"
    text = (path if path.exists() else PACKAGE / f"{room}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def drawing(rooms: Sequence[str], arrows: Counter[tuple[str, str]]) -> str:
    """Draw rooms and arcs as SVG."""
    middle = {room: TOP + at * (BOX_HEIGHT + GAP) + BOX_HEIGHT / 2 for at, room in enumerate(rooms)}
    height = TOP + len(rooms) * (BOX_HEIGHT + GAP)
    width = LEFT + BOX_WIDTH + ARCS
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="sans-serif"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box}>',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    parts += [_arc(middle[room], middle[user], count, len(rooms)) for (user, room), count in sorted(arrows.items())]
    for room in rooms:
        top = middle[room] - BOX_HEIGHT / 2
        size = f'x="{LEFT}" y="{top:.0f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6"'
        parts.append(f'<rect {size} fill="{PALE}" stroke="{INK}"/>')
        parts.append(_text(LEFT + 12, middle[room] + 5, room, 'font-size="15" font-weight="bold"'))
        parts.append(_text(LEFT + 118, middle[room] + 4, _short(told_of(room)), 'font-size="12"'))
    for above, below in pairwise(rooms):
        way = f"M{LEFT + 40} {middle[above] + BOX_HEIGHT / 2:.0f}V{middle[below] - BOX_HEIGHT / 2:.0f}"
        parts.append(f'<path d="{way}" stroke="{INK}" fill="none"/>')
    return "\n".join([*parts, "</svg>", ""])


def _text(x: float, y: float, text: str, font: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" {font} fill="{INK}">{escape(text)}</text>'


def _short(text: str, most: int = 78) -> str:
    """Shorten a line to what fits into a box, at a word's end."""
    if len(text) <= most:
        return text
    return text[: most - 1].rpartition(" ")[0].rstrip(",;:") + " …"


def _arc(room: float, user: float, count: int, rooms: int) -> str:
    """Draw an arc from a room's height to that of one that imports it: on the right, against the order on the left."""
    with_order = user > room
    x = LEFT + BOX_WIDTH if with_order else LEFT
    reach = (1 if with_order else -1) * (ARCS if with_order else LEFT) * 1.25
    out = x + reach * abs(user - room) / (rooms * (BOX_HEIGHT + GAP)) + (15 if with_order else -15)
    shift = 4 if with_order else -4
    colour, wide = (ARC if with_order else AGAINST), next(wide for least, wide in WIDTHS if count >= least)
    return (
        f'<path d="M{x} {room + shift:.0f}C{out:.0f} {room + shift:.0f} {out:.0f} {user - shift:.0f} {x} '
        f'{user - shift:.0f}" stroke="{colour}" stroke-width="{wide:.1f}" stroke-opacity="0.55" fill="none"/>'
    )


def main() -> int:
    """Draw, or say whether the drawing is today's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="draw nothing; exit 1 where the drawing is not today's")
    given = parser.parse_args()
    today = drawing(order(), between(PACKAGE))
    if given.check:
        return 0 if DRAWING.exists() and DRAWING.read_text(encoding="utf-8") == today else 1
    DRAWING.write_text(today, encoding="utf-8")
    print(f"written: {DRAWING}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
