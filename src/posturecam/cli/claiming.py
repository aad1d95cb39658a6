"""Ask before anything is measured whether the results of photos may be written where the user wants them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from posturecam.cli.saying import say
from posturecam.text.language import _

if TYPE_CHECKING:
    from posturecam.cli.exam_command import Outputs
    from posturecam.storage.outputs import Photos


def claimed(
    outputs: "Outputs", photos: Sequence[Path], inputs: Iterable[Path | None], knowledge: Path | None
) -> "Outputs":
    """Give the outputs with the folder that they really go to; ``inputs`` is all else that is read.

    Raises OutputError.
    """
    from posturecam.storage.outputs import RESULTS, claim, claim_folder, inside

    read = [*photos, outputs.points, *inputs, *inside(knowledge)]
    json = Path(outputs.json) if outputs.json and outputs.json != "-" else None
    claim([json, outputs.overlay, outputs.csv, outputs.parquet, outputs.fhir], read)
    if outputs.out is None or not photos:
        return outputs
    folder = claim_folder(outputs.out, RESULTS, read, photos_of(photos), own_name(photos))
    tell_moved(outputs.out, folder)
    return replace(outputs, out=folder)


def tell_moved(asked: Path, folder: Path) -> None:
    """Say where results go when that is not where they were asked to go."""
    if folder != asked:
        msg = _("posturecam: {asked} is a folder of photos; the results go to {folder}", asked=asked, folder=folder)
        say(msg, err=True)


def tell_network(database: str | None) -> None:
    """Say where records lie that more than one machine can reach."""
    from posturecam.records import network_advice, record_files

    advice = network_advice(next(iter(record_files(database)), None))
    if advice is not None:
        say(f"posturecam: {advice}", err=True)


def own_name(photos: Sequence[Path]) -> str:
    """Name the folder that results get among photos: after the photo; an exam's after none of its photos."""
    return f"{photos[0].stem}_posturecam" if len(photos) == 1 else "posturecam"


def photos_of(paths: Iterable[Path]) -> "Photos":
    """Know photos again by what is in them; a film by its name."""
    from posturecam.picture.camera import is_film
    from posturecam.picture.photo import shown_name
    from posturecam.storage.outputs import Photos

    found = [path for path in paths if path.is_file()]
    films = frozenset(shown_name(path) for path in found if is_film(path))
    return Photos(frozenset(filter(None, map(_sha256, found))), films)


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None  # the reader says why
