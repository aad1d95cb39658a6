"""The pictures of a run: a small one of every photo with its lines, and a large one on request.

They are drawn anew from pixels, so nothing of a photo's own metadata (place, time, camera) is in them.
"""

from posturecam.assessment import Assessment
from posturecam.batch.job import Pictures
from posturecam.batch.store import overlay, thumbnail
from posturecam.photo import Photo, Pixels, reduced
from posturecam.reports.picture import draw_figure, draw_overlay, encode

THUMBNAIL_PX = 480
"""Long side of a thumbnail: the page shows it at half of that, sharp on fine screens."""

OVERLAY_PX = 1600


def drawn(picture: str, assessment: Assessment, photo: Photo, wanted: Pictures) -> dict[str, bytes]:
    """Draw the pictures of one photo: name below the out folder → bytes."""
    files = {thumbnail(picture): encode(_one(assessment, photo, wanted, THUMBNAIL_PX), ".jpg")}
    if wanted.overlays:
        files[overlay(picture)] = encode(_one(assessment, photo, wanted, OVERLAY_PX), ".jpg")
    return files


def _one(assessment: Assessment, photo: Photo, wanted: Pictures, long_side_px: int) -> Pixels:
    """Draw one picture, reduced before anything is drawn on it."""
    if wanted.figure_only:
        return draw_figure(assessment, long_side_px)
    pixels = _reduced(photo.pixels, long_side_px)
    scale = pixels.shape[1] / photo.size_px[0]
    if wanted.hide_face:
        from posturecam.reports.privacy import headless, hide_faces  # noqa: PLC0415  (only who asks for it pays)

        pixels, assessment = hide_faces(pixels, assessment, scale), headless(assessment)
    return draw_overlay(pixels, assessment, scale)


def _reduced(pixels: Pixels, long_side_px: int) -> Pixels:
    """Shrink to a long side; what is smaller already stays as it is."""
    height, width = pixels.shape[:2]
    factor = max(height, width) / long_side_px
    return pixels if factor <= 1.0 else reduced(pixels, (max(1, round(width / factor)), max(1, round(height / factor))))
