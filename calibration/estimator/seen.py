"""Photos of rendered people and bent copies of them, with what the networks see in each, found once and kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from calibration.estimator.bend import Bend
from calibration.estimator.dataset import ANGLES, folds_of
from calibration.estimator.passes import filled_points, kept_eyes, kept_pose, truth_rows
from posturecam.body import Array, HeatmapKeypoints, Pose, View
from posturecam.body.geometry import subject_frame
from posturecam.errors import NobodyFound
from posturecam.measures.estimator.place_network import PlaceNetwork
from posturecam.measures.spine_line import PARTS
from posturecam.picture.photo import Photo, from_pixels, read
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder


@dataclass(frozen=True, slots=True)
class SeenPhoto:
    """One photo or bent copy: the pose (without keypoints), what each network saw, and the truth.

    photo    name of the photo that this is a bent copy of, or its own
    members  (M, 3, 29, 4) what each of the networks in the file sees; sharp (3,) the squares' sharpness
    angles   (9,) see ``dataset.ANGLES``
    line     (9,) how far the spine lies beside its chord at ``PARTS``, % of the chord, + = towards the left
    """

    name: str
    photo: str
    pose: Pose
    members: Array
    sharp: Array
    angles: Array
    line: Array

    @property
    def copied(self) -> bool:
        """Whether this is a bent copy."""
        return self.name != self.photo

    def keypoints(self, *, left_out: bool) -> HeatmapKeypoints:
        """Give what all networks see together, or the one alone that never saw a person ``left_out`` of its fold."""
        fold = int(folds_of([self.name], len(self.members))[0])
        return HeatmapKeypoints(self.members[fold] if left_out else self.members.mean(axis=0), self.sharp)


def spine_beside_chord(points: dict[str, Any], view: View) -> Array:
    """(9,) how far the true spine, sacrum to C7, lies beside its chord at ``PARTS``, % of the chord, + = left."""
    names = sorted(name for name in points if name.startswith("spine_"))
    line = np.array([subject_frame(np.array(points[name], dtype=np.float64), view) for name in names])
    chord, from_low = line[-1] - line[0], line - line[0]
    along, left = from_low @ chord, from_low @ np.array([chord[1], -chord[0]])
    return np.asarray(np.interp(PARTS, along / (chord @ chord), left / (chord @ chord) * 100.0))


def seen_photos(folder: Path, kept: Path, passes: int, copies: int) -> list[SeenPhoto]:
    """Look at every front and back view of a folder and at its bent copies, or read what was seen before."""
    if not kept.exists():
        network = PlaceNetwork.shipped()
        with Finder() as finder:
            rows = track(truth_rows(folder), description=folder.name)
            save(kept, [seen for row in rows for seen in _seen(folder, row, (finder, network), passes, copies)])
    return load(kept)


def _seen(
    folder: Path, row: dict[str, Any], networks: tuple[Finder, PlaceNetwork], passes: int, copies: int
) -> Iterator[SeenPhoto]:
    photo = read(folder / row["file"])
    bends = [Bend.of(row, number) for number in range(1, copies + 1)]
    pictures = [
        (photo, row),
        *((from_pixels(bend.whole(photo.pixels), bend.name), bend.truth(row)) for bend in bends if bend.chosen),
    ]
    for picture, truth in pictures:
        try:
            yield from _look(picture, truth, str(row["id"]), networks, passes)
        except NobodyFound as error:
            print(f"{truth['id']}: {error}")


def _look(
    photo: Photo, truth: dict[str, Any], of: str, networks: tuple[Finder, PlaceNetwork], passes: int
) -> Iterator[SeenPhoto]:
    finder, network = networks
    view = View(truth["view"])
    pose = finder.find(photo, FinderOptions(passes, view=view)).pose
    if np.isfinite(pose.points).all():
        members, sharp = network.members(photo, pose)
        angles = np.array([truth["angles"]["image"][key] for key in ANGLES])
        line = spine_beside_chord(truth["points2d"], view)
        yield SeenPhoto(str(truth["id"]), of, pose, members, sharp, angles, line)


def save(path: Path, seen: list[SeenPhoto]) -> None:
    """Keep what was seen."""
    poses = [one.pose for one in seen]
    np.savez_compressed(
        path,
        names=[one.name for one in seen],
        photos=[one.photo for one in seen],
        views=[pose.view.value for pose in poses],
        points=filled_points(poses),
        network_eyes=kept_eyes(poses),
        sizes=[pose.size_px for pose in poses],
        **{key: np.array([getattr(one, key) for one in seen]) for key in ("members", "sharp", "angles", "line")},
    )


def load(path: Path) -> list[SeenPhoto]:
    """Read what was kept."""
    with np.load(path) as stored:
        kept = {key: stored[key] for key in stored.files}
    found = zip(kept["points"], kept["network_eyes"], kept["sizes"], kept["views"], strict=True)
    poses = [kept_pose(points, eyes, size, View(str(view))) for points, eyes, size, view in found]
    rest = zip(poses, *(kept[key] for key in ("members", "sharp", "angles", "line")), strict=True)
    named = zip(kept["names"], kept["photos"], rest, strict=True)
    return [SeenPhoto(str(name), str(photo), *row) for name, photo, row in named]
