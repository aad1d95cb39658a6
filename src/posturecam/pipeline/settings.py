"""How to analyse a photo, and what the user knows of it."""

from dataclasses import dataclass, replace

from posturecam.body import PlacedPoint, View
from posturecam.picture.lens.profile import CameraProfile
from posturecam.picture.photo import LONG_SIDE_PX, QUICK_SIDE_PX
from posturecam.picture.vertical import Line
from posturecam.poses.detection import DEFAULT_PASSES, FinderOptions
from posturecam.poses.stickers.colour import Colour
from posturecam.poses.view_list import NO_VIEWS, ViewList


@dataclass(frozen=True, slots=True)
class Settings:
    """How to analyse: every default stands here and nowhere else.

    ``roll_deg`` is the camera's roll as the user knows it (> 0: the content is turned counter-clockwise), ``mirrored``
    marks a mirrored selfie, ``person`` chooses among several people. ``plumb`` is a line along something
    plumb, x1, y1, x2, y2 in pixels of the photo as it was given; ``height_cm`` the person's height, for millimetres;
    ``camera`` what is known of the lens; ``distance_m`` how far the camera stood from the person; ``placed`` points in
    pixels of the photo as it was given; ``stickers`` the colour of the stickers to look for; ``views`` the views of
    several photos by their names.
    """

    passes: int = DEFAULT_PASSES
    person: str = "largest"
    view: View | None = None
    roll_deg: float | None = None
    mirrored: bool = False
    plumb: Line | None = None
    height_cm: float | None = None
    camera: CameraProfile | None = None
    distance_m: float | None = None
    placed: tuple[PlacedPoint, ...] = ()
    stickers: Colour | None = None
    views: ViewList = NO_VIEWS

    def of_photo(self, path: str) -> "Settings":
        """Give the settings for one photo of several: its view by its name, where that was said."""
        view = self.views.of(path)
        return self if view is None else replace(self, view=view)

    @property
    def long_side_px(self) -> int:
        """How large a photo is decoded: a single pass is a quick look."""
        return QUICK_SIDE_PX if self.passes == 1 else LONG_SIDE_PX

    @property
    def sought(self) -> FinderOptions:
        """What the finder is to look for."""
        return FinderOptions(self.passes, self.person, self.view)
