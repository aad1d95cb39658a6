"""What a report shows by the user's own wish: a client's name, a note, a logo above it; faces, figures, or neither.

And how a picture is drawn over: which labels, with a grid or without, and whether it stands among others.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from PIL import Image, ImageOps

from posturecam.errors import PhotoError, SettingsError
from posturecam.picture.opening import check_budget, open_picture
from posturecam.picture.photo import Pixels
from posturecam.text.language import _


class Labels(StrEnum):
    """Which labels stand beside the body: of every measure, of what stands out and the three levels, or none."""

    ALL = "all"
    FINDINGS = "findings"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class OverlayOptions:
    """What is drawn beside the measured lines; ``brief``: large letters and only sizes, for a picture among others."""

    labels: Labels = Labels.FINDINGS
    grid: bool = False
    brief: bool = False


PLAIN = OverlayOptions()
"""A picture by itself, with its findings."""


def overlay_options(labels: str, *, grid: bool) -> OverlayOptions:
    """Read what is asked for; raises SettingsError for labels that there are not."""
    try:
        return OverlayOptions(Labels(labels), grid)
    except ValueError as error:
        msg = _("--labels {text} is unknown. Give one of: {names}.", text=labels, names=", ".join(Labels))
        raise SettingsError(msg) from error


_LONGEST_PX = 600
"""Long side of a logo inside a report."""
_MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Heading:
    """A client's name, a note, a logo as (h, w, 3) uint8 RGB on white, the exam's day; each may be missing.

    Without a ``day`` a report is of the day of its photos.
    """

    client: str = ""
    note: str = ""
    logo: Pixels | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """How the reports look: what stands above them, what of the people may be seen, and what is drawn over them."""

    heading: Heading = field(default_factory=Heading)
    hide_face: bool = False
    figure_only: bool = False
    overlay: OverlayOptions = PLAIN


def make_heading(client: str | None, note: str | None, logo: Path | None) -> Heading:
    """Take what the command line was given; of what is no text a question mark stays.

    Raises SettingsError when the logo is not a picture.
    """
    said, added = (text.encode("utf-8", "replace").decode() for text in (client or "", note or ""))
    return Heading(_line(said), added.strip(), read_logo(logo) if logo else None)


def _line(words: str) -> str:
    """Put a name on one line."""
    return " ".join(words.split())


def read_logo(path: Path) -> Pixels:
    """Read a logo, laid on white, its metadata left behind. Raises SettingsError."""
    import numpy as np  # noqa: PLC0415  (only who has a logo pays for it)

    try:
        if path.stat().st_size > _MOST_BYTES:
            msg = _("--logo {path}: this file is too large. Give a picture of less than 20 MB.", path=path)
            raise SettingsError(msg)
        opened = open_picture(path.read_bytes(), path)
        check_budget(opened, path)
        with opened.image as image:
            picture = ImageOps.exif_transpose(image).convert("RGBA")
    except (PhotoError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        reason = _("there is no such file") if isinstance(error, FileNotFoundError) else _("this is not a picture")
        msg = _("--logo {path}: {reason}. Give a PNG, JPEG or WebP file.", path=path, reason=reason)
        raise SettingsError(msg) from error
    picture.thumbnail((_LONGEST_PX, _LONGEST_PX))
    white = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(white, picture).convert("RGB")).copy()
