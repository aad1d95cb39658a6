"""The outline: sub-pixel edges along rays, exact mirror images, and knowing when not to trust itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posturecam.picture.photo import from_pixels, read
from posturecam.poses.finder import Finder
from posturecam.poses.masks import PersonMask
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.cutting import cut_out, sharpened

STRAIGHT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def bar(left: float, right: float, width: int = 40, height: int = 30) -> Silhouette:
    """Cover an upright bar between two places, pixels, its edges shared out over their pixels."""
    edges = np.arange(width + 1, dtype=np.float64)
    inside = np.clip(np.minimum(edges[1:], right) - np.maximum(edges[:-1], left), 0.0, 1.0)
    return Silhouette(np.tile(inside, (height, 1)), STRAIGHT, 1.0)


def test_a_ray_finds_the_edge_between_pixels() -> None:
    """Both edges of a bar, from its middle."""
    starts = np.array([[20.0, 5.0], [20.0, 15.5]])
    outline = bar(12.0, 27.0)
    np.testing.assert_allclose(outline.reach(starts, np.array([-1.0, 0.0]), 20.0), 8.0, atol=0.05)
    np.testing.assert_allclose(outline.reach(starts, np.array([1.0, 0.0]), 20.0), 7.0, atol=0.05)


def test_rays_without_an_edge_find_nothing() -> None:
    """A start beside the body, and a body that goes on too long."""
    outline = bar(12.0, 27.0)
    assert np.isnan(outline.reach(np.array([[5.0, 5.0]]), np.array([1.0, 0.0]), 20.0)).all()
    assert np.isnan(outline.reach(np.array([[20.0, 5.0]]), np.array([1.0, 0.0]), 3.0)).all()


def test_outside_the_crop_nobody_stands() -> None:
    """Cover is 0 there, and the scale to the photo counts."""
    outline = replace(bar(0.0, 40.0), to_photo=np.array([[2.0, 0.0, 100.0], [0.0, 2.0, 50.0]]))
    assert outline.at(np.array([[140.0, 80.0], [99.0, 80.0], [140.0, 111.0]])).tolist() == [1.0, 0.0, 0.0]


def test_an_unclear_outline_says_so() -> None:
    """When the sharpened mask is another than the network's, neither is believed."""
    assert bar(1.0, 2.0).untrusted is None
    assert "not clear" in str(replace(bar(1.0, 2.0), agreement=0.6).untrusted)


@pytest.mark.parametrize("light", [1.0, 0.6])
def test_less_light_hides_no_edge(light: float) -> None:
    """Body and wall differ by a part of the picture's light, however much that is; the same colour stays faint."""
    chance = np.zeros((80, 60))
    chance[:, 20:40] = 0.97
    edges = np.array([[20.0, 40.0], [40.0, 30.0]])
    for body, faint in ((178.0, 0.0), (194.0, 1.0)):
        picture = np.where(chance[..., None] > 0.5, body, 200.0) * light * np.ones(3)
        assert sharpened(picture.round().astype(np.uint8), chance, STRAIGHT).faint(edges) == faint


@pytest.mark.parametrize("name", ["front", "back", "left"])
def test_the_mirror_image_has_exactly_the_mirrored_outline(finder: Finder, samples: Path, name: str) -> None:
    """Through the network and the sharpening."""
    photo = read(samples / f"{name}.jpg")
    here, there = (cut_out_of(finder, one) for one in (photo, photo.mirrored()))
    again = there.mirrored(photo.size_px[0])
    np.testing.assert_array_equal(again.cover, here.cover)
    np.testing.assert_allclose(again.to_photo, here.to_photo, atol=1e-9)
    assert here.agreement == there.agreement > 0.9


def cut_out_of(finder: Finder, photo: object) -> Silhouette:
    """Find, and cut out."""
    pose = finder.find(photo).pose
    mask = finder.mask_of(photo, pose)
    assert mask is not None
    return cut_out(mask)


def test_the_outline_ends_where_the_person_does(finder: Finder, samples: Path) -> None:
    """Top of the head and soles, against the rendered truth of the sample (a body between them, nothing above)."""
    photo = read(samples / "left.jpg")
    outline = cut_out_of(finder, photo)
    rows = np.flatnonzero((outline.cover > 0.5).any(axis=1))
    top, bottom = (outline.to_photo[1, 1] * row + outline.to_photo[1, 2] for row in (rows[0], rows[-1] + 1))
    points = finder.find(photo).pose.mean
    assert top < points[:, 1].min() < bottom
    assert abs(bottom - points[:, 1].max()) < 0.03 * (bottom - top)


def test_nobody_gives_no_mask(finder: Finder, samples: Path) -> None:
    """A pose looked for on a bare wall."""
    pose = finder.find(read(samples / "level.jpg")).pose
    assert finder.mask_of(from_pixels(np.full((1024, 768, 3), 128, np.uint8)), pose) is None


def test_a_mask_without_a_sure_part_is_taken_as_it_is() -> None:
    """Nothing to learn colours from."""
    grey = PersonMask(np.full((64, 32, 3), 128, np.uint8), np.full((64, 32), 0.6), STRAIGHT)
    assert (cut_out(grey).cover > 0.99).all()
