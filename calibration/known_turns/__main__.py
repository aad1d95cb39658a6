"""The command: print how much of each known bend is read. See the package."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
from rich.progress import track

from calibration import known_turns
from calibration.known_turns.readings import (
    KINDS,
    Reader,
    TurnedPhoto,
    as_markdown,
    as_sorted_markdown,
    ask,
    bendable,
    summarised,
)
from calibration.known_turns.warps import PARTS, Body, bent, parts_of
from posturecam.body import View
from posturecam.errors import PosturecamError
from posturecam.knowledge import load
from posturecam.picture.photo import Pixels, read
from posturecam.pipeline.settings import Settings
from posturecam.poses.detection import DEFAULT_PASSES
from posturecam.poses.finder import Finder

CELL_PX = 360
"""Width of one picture on the contact sheet."""

VIEWS = (View.FRONT, View.BACK, View.LEFT, View.RIGHT)


def main() -> int:
    """Read the command line, ask every photo, print and write what they answered."""
    given = _parser().parse_args()
    turned: list[TurnedPhoto] = []
    pictures: list[Pixels] = []
    with Finder() as finder:
        reader = Reader(finder, load(), Settings(passes=given.passes))
        for path, view in track(given.photos, description="bending"):
            try:
                turned.append(ask(read(path), view, reader, given.parts))
                pictures += _pictures(path, view, reader, given.parts) if given.sheet else ()
            except PosturecamError as error:
                print(f"{path.name}: {error}", file=sys.stderr)
    for photo in turned:
        print(_line(photo))
    print(f"\n{as_markdown(summarised(turned))}")
    for by in given.by:
        print(f"\nBy {by}: answer ± half of the 95 % interval, differences inside of photos\n")
        print(as_sorted_markdown(turned, by))
    if given.json:
        given.json.write_text(json.dumps([asdict(photo) for photo in turned], indent=1), encoding="utf-8")
    if given.sheet and pictures:
        cv2.imwrite(str(given.sheet), cv2.cvtColor(_sheet(pictures), cv2.COLOR_RGB2BGR))
    return 0 if turned else 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=known_turns.__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("photos", nargs="+", type=_photo, metavar="PHOTO=VIEW", help="view: front, back, left, right")
    parser.add_argument("--parts", type=_parts, default=(), help=", ".join(part.key for part in PARTS))
    parser.add_argument("--passes", type=int, default=DEFAULT_PASSES)
    parser.add_argument("--by", nargs="*", choices=KINDS, default=(), help="tables by kind of photo too")
    parser.add_argument("--json", type=Path, help="write everything that was read")
    parser.add_argument("--sheet", type=Path, help="write a contact sheet of the bent photos")
    return parser


def _photo(text: str) -> tuple[Path, View]:
    name, _, view = text.rpartition("=")
    if view not in VIEWS or not name:
        msg = f"{text!r}: write PHOTO=VIEW with a view of {', '.join(VIEWS)}"
        raise argparse.ArgumentTypeError(msg)
    return Path(name), View(view)


def _parts(text: str) -> tuple[str, ...]:
    wanted, known = tuple(text.split(",")), {part.key for part in PARTS}
    unknown = [part for part in wanted if part not in known]
    if unknown:
        msg = f"no such part: {', '.join(unknown)}; there are {', '.join(known)}"
        raise argparse.ArgumentTypeError(msg)
    return wanted


def _line(photo: TurnedPhoto) -> str:
    said = [f"{one.part} {one.answer:.2f} (±{one.half_width:.1f})" for one in photo.answers]
    silent = [f"{one.part} - ({one.reason})" for one in photo.unanswered]
    return f"{photo.name[:30]:30} {photo.view:6} {'  '.join(said + silent)}"


def _pictures(path: Path, view: View, reader: Reader, wanted: tuple[str, ...]) -> Iterator[Pixels]:
    """Give each part bent both ways, as small pictures."""
    photo = bendable(read(path))
    body = Body.of(reader.read(photo, view).pose, photo.pixels.shape[:2])
    for part in parts_of(view, wanted):
        for amount in (-part.amount, part.amount):
            picture = bent(photo.pixels, body, part, amount)
            height = round(CELL_PX * picture.shape[0] / picture.shape[1])
            yield np.asarray(cv2.resize(picture, (CELL_PX, height), interpolation=cv2.INTER_AREA))


def _sheet(pictures: list[Pixels], columns: int = 4) -> Pixels:
    """Lay pictures of one width out in rows, black below the shorter ones."""
    height = max(picture.shape[0] for picture in pictures)
    cells = np.zeros((-(-len(pictures) // columns) * columns, height, CELL_PX, 3), np.uint8)
    for cell, picture in zip(cells, pictures, strict=False):
        cell[: picture.shape[0]] = picture
    return np.vstack([np.hstack(list(row)) for row in cells.reshape(-1, columns, *cells.shape[1:])])


if __name__ == "__main__":
    sys.exit(main())
