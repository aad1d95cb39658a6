"""Measure how far side measures move when half of the body lies outside the picture: what the network guesses then.

    python -m calibration.cut_pictures ../shared/phantoms_train

Prints what ``GUESSED_SD`` of ``measures/side_view.py`` is taken from: the root mean square of cut minus whole, for each
measure the largest of the cuts that leave it in most photos.
"""

import argparse
from pathlib import Path

import numpy as np
from rich.progress import track

from calibration.truth import read_cases
from posturecam.body import ORDER, Landmark
from posturecam.errors import NobodyFound
from posturecam.knowledge import load
from posturecam.picture.photo import Pixels, from_pixels, read
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import assess_photo
from posturecam.pipeline.settings import Settings
from posturecam.poses.finder import Finder

SETTINGS = Settings(passes=4, roll_deg=0.0)


def cuts(pixels: Pixels, whole: Assessment) -> dict[str, Pixels]:
    """Cut a picture below the hips, below the waist, and above the neck."""
    scale = pixels.shape[0] / whole.pose.size_px[1]
    ear, shoulder, hip = (
        scale * float(np.mean([whole.pose.mean[ORDER[Landmark[f"{side}_{part}"]], 1] for side in ("LEFT", "RIGHT")]))
        for part in ("EAR", "SHOULDER", "HIP")
    )
    trunk = hip - shoulder
    return {
        "from the hips up": pixels[: int(hip + 0.15 * trunk)],
        "from the waist up": pixels[: int(hip - 0.25 * trunk)],
        "from the neck down": pixels[int(shoulder - 0.35 * (shoulder - ear)) :],
    }


def main() -> None:
    """Measure a folder's side views whole and cut, and print how far each measure moves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json")
    knowledge, moved = load(), dict[tuple[str, str], list[float]]()
    cases = [case for case in read_cases(parser.parse_args().folder) if not case.view.frontal]
    with Finder() as finder:
        for case in track(cases, description="cutting"):
            photo = read(case.path)
            whole = assess_photo(photo, finder, SETTINGS, knowledge)
            values = {one.key: one.value for one in whole.measurements}
            for name, part in cuts(photo.pixels, whole).items():
                try:
                    cut = assess_photo(from_pixels(np.ascontiguousarray(part)), finder, SETTINGS, knowledge)
                except NobodyFound:
                    continue
                for one in cut.measurements if cut.pose.view is whole.pose.view else ():
                    moved.setdefault((one.key, name), []).append(one.value - values.get(one.key, np.nan))
    for (key, name), differences in sorted(moved.items()):
        rms = float(np.sqrt(np.nanmean(np.square(differences))))
        print(f"{key:24} {name:20} n={len(differences):3}  bias {np.nanmean(differences):5.1f}  rms {rms:5.1f}")


if __name__ == "__main__":
    main()
