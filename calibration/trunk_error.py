"""How much of what the trunk's outline measures follows from the posture: the rest is taken as its error.

    python -m calibration.trunk_error ../shared/phantoms_train

The truth files know nothing of waists and armpits. But these follow the side curve of the spine and the tilts of hips
and shoulders: what a linear fit on the three leaves over is more than the error (bodies differ), never less.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from rich.progress import track

from posturecam.body import Array, View
from posturecam.knowledge import load
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.finder import Finder

KEYS = ("axilla_tilt", "waist_height_angle", "waist_asymmetry")
CAUSES = ("spine_curve_pct", "hip_tilt", "shoulder_tilt")


def read_rows(folder: Path) -> tuple[Array, Array]:
    """(n, 3) what was measured, and (n, 3) the true causes, of every front and back photo that shows its waist."""
    images = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    values, causes = [], []
    with Finder() as finder:
        for image in track([one for one in images if View(one["view"]).frontal], description=folder.name):
            settings = Settings(roll_deg=image["camera"]["roll_deg"])
            assessment = assess_photo(read(folder / image["file"]), finder, settings, load(), outline=True)
            taken = {one.key: one.value for one in assessment.measurements}
            if all(key in taken for key in KEYS):
                values.append([taken[key] for key in KEYS])
                causes.append([image["angles"]["gravity"][cause] for cause in CAUSES])
    return np.array(values), np.array(causes)


def explained(value: Array, causes: Array) -> tuple[float, float, Array]:
    """Give what is left over (SD), the share explained, and what each unit of each cause makes (3,)."""
    makes, *_ = np.linalg.lstsq(causes, value, rcond=None)
    left = float((value - causes @ makes).std())
    return left, 1.0 - left**2 / float(value.var()), makes


def main() -> None:
    """Print one line for each measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json")
    values, causes = read_rows(parser.parse_args().folder)
    for key, value in zip(KEYS, values.T, strict=True):
        left, share, makes = explained(value, causes)
        told = ", ".join(f"{one:+.1f} for each unit of {cause}" for one, cause in zip(makes, CAUSES, strict=True))
        print(f"{key}: {len(value)} photos, left over {left:.1f}, explained {share:.0%}: {told}")


if __name__ == "__main__":
    main()
