"""How a picture is drawn over: which labels, with a grid or without, and whether it stands among others."""

from dataclasses import dataclass
from enum import StrEnum

from posturecam.errors import SettingsError
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
