"""Measure what a hanging marker tells of roll and size, and what perspective fakes: docs/perspective.md.

    python -m calibration.board_check ../shared/phantoms             # the marker alone, printed
    python -m calibration.board_check ../shared/phantoms --docs      # both, and write the page (some minutes)

A plumb marker is put beside every rendered person as that photo's own camera sees it: twisted by up to 30°, hanging up
to 0.2 m before or behind the body. Nothing else is told to the program but, in one line, the focal length.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from calibration.hung_board import Hanging, hung_in
from calibration.perspective_check import measured_table
from posturecam.picture.lens.hanging import find_board
from posturecam.picture.photo import read

PAGE = Path(__file__).resolve().parents[1] / "docs" / "perspective.md"
HEAD = """\
| focal length | photos | found | roll MAE | most | inside ± | mean ± | mirrored exactly | scale | inside ± | mean ± |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"""


@dataclass(frozen=True, slots=True)
class Row:
    """One photo: errors and 95 % half-widths of the roll (degrees) and of the scale (relative); mirrored to the bit."""

    roll: float
    roll_half: float
    scale: float
    scale_half: float
    mirrored: bool


def hanging_of(image: dict[str, Any], draw: np.random.Generator) -> Hanging:
    """Hang a marker beside the person, on the side with more room."""
    camera = image["camera"]
    up = np.array(camera["rotation_rows"]) @ np.array([0.0, 1.0, 0.0])
    far = camera["position"][2] + draw.uniform(-0.2, 0.2)
    side = -0.55 if image["points2d"]["hip.L"][0] > camera["cx"] else 0.55
    aside = side * min(1.0, 0.8 * camera["cx"] / camera["f_px"] * far / 0.63)
    at = (aside, 1.1 - camera["position"][1], far)
    return Hanging(camera["roll_deg"], float(np.degrees(np.arcsin(up[2]))), draw.uniform(-30, 30), at, camera["f_px"])


def rows_of(folder: Path, *, known: bool) -> tuple[list[Row], int]:
    """Measure every photo; and how many there were."""
    draw = np.random.default_rng(5)
    images = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    rows = []
    for image in images:
        hanging = hanging_of(image, draw)
        photo = hung_in(read(folder / image["file"]), hanging)
        focal = hanging.focal_px if known else None
        found, there = find_board(photo, focal), find_board(photo.mirrored(), focal)
        if found is None or found.vertical is None:
            continue
        same = there is not None and (there.standing.value * [-1, 1, 1, 1] == found.standing.value).all()
        rows.append(
            Row(
                abs(found.vertical.roll_deg - hanging.roll),
                1.96 * found.vertical.sigma_deg,
                abs(found.scale.mm_per_px / body_mm_per_px(image) - 1.0),
                1.96 * found.scale.sigma,
                bool(same),
            )
        )
    return rows, len(images)


def body_mm_per_px(image: dict[str, Any]) -> float:
    """Give the true scale at the middle of the hips."""
    camera = image["camera"]
    middle = np.mean([image["points3d_world"][f"hip.{side}"] for side in "LR"], axis=0)
    back = np.array(camera["rotation_rows"])[2] @ (np.array(camera["position"]) - middle)
    return 1000.0 * float(back) / float(camera["f_px"])


def line(name: str, rows: list[Row], photos: int) -> str:
    """Write one line of the table."""
    roll, half, scale, scale_half = (
        np.array([getattr(row, part) for row in rows]) for part in ("roll", "roll_half", "scale", "scale_half")
    )
    told = f"{roll.mean():.2f} | {roll.max():.2f} | {(roll <= half).mean():.0%} | {half.mean():.2f}"
    size = f"{scale.mean():.1%} | {(scale <= scale_half).mean():.0%} | {scale_half.mean():.1%}"
    mirrored = sum(row.mirrored for row in rows)
    return f"| {name} | {photos} | {len(rows)} | {told} | {mirrored} of {len(rows)} | {size} |"


def marker_table(folder: Path) -> str:
    """Measure the marker with a known and with an unknown focal length."""
    lines = [line("known", *rows_of(folder, known=True)), line("unknown", *rows_of(folder, known=False))]
    return "\n".join([HEAD, *lines])


def page(folder: Path) -> str:
    """Write the page."""
    return f"""\
# A marker that hangs in the photo, and perspective

Written by `python -m calibration.board_check ../shared/{folder.name} --docs`.

## The hanging marker

`posturecam calibrate board --large --out marker.pdf` prints one marker of 154 mm. Hung by a thread beside the person,
as far from the camera, it is found without being asked for, and tells which way is up and how many millimetres a pixel
is. A plumb marker was put into every photo of `{folder.name}`, twisted by up to 30° and up to 0.2 m before or behind
the body. Errors of the roll in degrees, of the scale relative; the roll's ± allows for a hole and edges half a
millimetre off, which the drawn marker has not.

{marker_table(folder)}

## Perspective

A level line of a body that is turned seems tilted: tan(tilt) = height over the camera / distance × tan(turn). Where the
camera is known (a profile, EXIF, `--distance`), what turn, place and the camera's look downwards may fake goes into the
± of every measure: of those from the network's points, from placed points and stickers, and from the outline, whose
body is taken as flat. The table is of the network's. "Truly faked" is
how the tilt in the picture, its roll removed, differs from that in the body's own plane; "inside" counts the latter.

{measured_table(folder)}
"""


def main() -> None:
    """Measure a folder and print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json")
    parser.add_argument("--docs", action="store_true", help="measure perspective too, and write docs/perspective.md")
    given = parser.parse_args()
    if not given.docs:
        print(marker_table(given.folder))
        return
    text = page(given.folder)
    print(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
