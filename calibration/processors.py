"""How far a photo's numbers move from one processor to another, each in parts of its own ±.

    python -m calibration.processors                            # other instructions for OpenCV and numpy, two threads
    python -m calibration.processors --emulate Nehalem Haswell  # and whole processors, by qemu-x86_64: slow
    python -m calibration.processors --emulate Nehalem --photos sample_images/left.jpg
    python -m calibration.processors --all                      # every measure and pattern, with its value and ±
    python -m calibration.processors --reference                # record the reference photo's values anew

Each variant is a process of its own. Photos without others named are one of each view. The networks choose their code
by the processor, so only an emulated one (Debian: qemu-user) shows what another does to them.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from posturecam.batch.agreement import REFERENCE_FILE, compare_readings, measure_reference, reading_of
from posturecam.knowledge import load
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.finder import Finder

ROOT = Path(__file__).resolve().parents[1]
PHOTOS = tuple(str(ROOT / "sample_images" / f"{view}.jpg") for view in ("front", "back", "left", "right"))
EMULATOR = "qemu-x86_64"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Variant:
    """A processor, or what stands for one: environment variables, and a model for the emulator."""

    name: str
    environment: dict[str, str]
    emulated: str | None = None

    @property
    def command(self) -> list[str]:
        """Return the command that runs this Python on it."""
        before = [EMULATOR, "-cpu", self.emulated] if self.emulated else []
        return [*before, str(Path(sys.executable).resolve())]


HERE = Variant("this processor, one thread", ONE_THREAD)
VARIANTS = (
    Variant("two threads", {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}),
    Variant("OpenCV without AVX2 and FMA3", {**ONE_THREAD, "OPENCV_CPU_DISABLE": "AVX2,FMA3"}),
    Variant("numpy without AVX2 and FMA3", {**ONE_THREAD, "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3"}),
    Variant("OpenCV with SSE3 alone", {**ONE_THREAD, "OPENCV_CPU_DISABLE": "SSE4.1,SSE4.2,POPCNT,FP16,AVX,AVX2,FMA3"}),
)


def read_photos(paths: list[str]) -> dict[str, Any]:
    """Measure photos in this process: view, values with their ±, severities and verdicts, by path."""
    knowledge = load()
    with Finder() as finder:
        return {path: _facts(assess_photo(read(path), finder, Settings(), knowledge, outline=True)) for path in paths}


def _facts(assessment: Assessment) -> dict[str, Any]:
    return {
        "view": assessment.pose.view.value,
        "values": reading_of(assessment),
        "severity": {measurement.key: measurement.severity for measurement in assessment.measurements},
        "verdict": {finding.pattern: finding.verdict for finding in assessment.findings},
    }


def run(variant: Variant, paths: list[str]) -> dict[str, Any]:
    """Measure photos on a variant."""
    where = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}  # an emulated Python finds no venv
    done = subprocess.run(
        [*variant.command, "-m", "calibration.processors", "--measure", "--photos", *paths],
        env={**os.environ, **where, **variant.environment},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def rows(variant: Variant, here: dict[str, Any], there: dict[str, Any]) -> Iterator[str]:
    """Write one line of the table for each photo."""
    for path, ours in here.items():
        theirs = there[path]
        moved = compare_readings(ours["values"], theirs["values"])
        flips = [
            f"{kind} of {key}" for kind in WORDS for key, word in ours[kind].items() if theirs[kind].get(key) != word
        ]
        view = "" if ours["view"] == theirs["view"] else f"view {theirs['view']}; "
        told = view + (", ".join(flips) or "nothing")
        which = f"{variant.name} | {Path(path).name} | {len(ours['values'])}"
        yield f"| {which} | {moved.share:.4f} | {moved.key} | {told} |"


def every_row(variant: Variant, here: dict[str, Any], there: dict[str, Any]) -> Iterator[str]:
    """Write one line for each measure and each pattern of each photo, here and there."""
    for path, ours in here.items():
        theirs, photo = there[path], f"| {variant.name} | {Path(path).name}"
        for key, (value, error) in ours["values"].items():
            other, other_error = theirs["values"].get(key, (float("nan"), float("nan")))
            words = f"{ours['severity'][key]}, {theirs['severity'].get(key)}"
            share = f"{abs(other - value) / error:.4f}"
            yield f"{photo} | {key} | {value:.4f}, {other:.4f} | {error:.4f}, {other_error:.4f} | {share} | {words} |"
        for pattern, verdict in ours["verdict"].items():
            yield f"{photo} | {pattern} | – | – | – | {verdict}, {theirs['verdict'].get(pattern)} |"


WORDS = ("severity", "verdict")
"""What is told of a measure and of a pattern in a word, which must be the same everywhere."""

EVERY_HEAD = """\
| processor | photo | measure | value here, there | ± here, there | move, in ± | word here, there |
|---|---|---|--:|--:|--:|---|"""

HEAD = """\
| processor | photo | measures | largest move, in ± | of | turned |
|---|---|--:|--:|---|---|"""


def record_reference() -> None:
    """Write what the reference photo is measured as."""
    with Finder() as finder:
        measured = measure_reference(finder, load())
    lines = [
        "# What reference.jpg is measured as: value and ±, in the measure's unit.",
        "# Written by: python -m calibration.processors --reference",
        "",
        "[measures]",
        *(f"{key} = [{value:.6f}, {error:.6f}]" for key, (value, error) in measured.items()),
    ]
    REFERENCE_FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written: {REFERENCE_FILE}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How far do numbers move between processors?")
    parser.add_argument("--photos", nargs="+", default=list(PHOTOS), help="photos to measure (one of each view)")
    parser.add_argument("--emulate", nargs="+", default=[], metavar="CPU", help=f"models of {EMULATOR} -cpu help")
    parser.add_argument("--all", action="store_true", help="one line for each measure and pattern, not for each photo")
    parser.add_argument("--reference", action="store_true", help="record the reference photo's values anew")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.reference:
        record_reference()
    elif asked.measure:
        print(json.dumps(read_photos(asked.photos)))
    else:
        if asked.emulate and shutil.which(EMULATOR) is None:
            parser.error(f"{EMULATOR} is not there. Debian: apt-get install qemu-user")
        emulated = (Variant(f"{cpu}, emulated", ONE_THREAD, cpu) for cpu in asked.emulate)
        here = run(HERE, asked.photos)
        print(EVERY_HEAD if asked.all else HEAD, flush=True)
        told = every_row if asked.all else rows
        for variant in track((*VARIANTS, *emulated), description="measuring", console=Console(stderr=True)):
            print(*told(variant, here, run(variant, asked.photos)), sep="\n", flush=True)


if __name__ == "__main__":
    main()
