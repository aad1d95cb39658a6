"""The pictures of a run: a small one of every photo with its lines, and a large one on request.

They are drawn anew from pixels, so nothing of a photo's own metadata (place, time, camera) is in them.
"""

from dataclasses import replace

from posturecam.batch.job import Pictures
from posturecam.batch.result_store import overlay, thumbnail
from posturecam.picture.photo import Photo, Pixels
from posturecam.pipeline.assessment import Assessment
from posturecam.reports.drawing.photo_overlay import draw_figure, draw_overlay, encode
from posturecam.reports.report_options import OverlayOptions

THUMBNAIL_PX = 480
"""Long side of a thumbnail: the page shows it at half of that, sharp on fine screens."""

OVERLAY_PX = 1600


def drawn_pictures(picture: str, assessment: Assessment, photo: Photo, wanted: Pictures) -> dict[str, bytes]:
    """Draw the pictures of one photo: name below the out folder → bytes. The small one says little, and that large."""
    small = replace(wanted.drawn, brief=True)
    files = {thumbnail(picture): encode(_one(assessment, photo, wanted, small, THUMBNAIL_PX), ".jpg")}
    if wanted.overlays:
        files[overlay(picture)] = encode(_one(assessment, photo, wanted, wanted.drawn, OVERLAY_PX), ".jpg")
    return files


def _one(assessment: Assessment, photo: Photo, wanted: Pictures, options: OverlayOptions, long_side_px: int) -> Pixels:
    if wanted.figure_only:
        return draw_figure(assessment, long_side_px, options)
    pixels = photo.pixels
    if wanted.hide_face:
        from posturecam.reports.drawing.privacy import headless, hide_faces  # noqa: PLC0415  (only who asks for it pays)

        pixels, assessment = hide_faces(pixels, assessment, photo.scale), headless(assessment)
    return draw_overlay(pixels, assessment, photo.scale, options, longest_px=long_side_px)
