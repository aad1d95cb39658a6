"""How much faster a folder goes than the loop that everyone writes, and what it costs in time and memory.

Rates leave the start out: they are of the photos after the first. Processor time is compared too, because it tells of
threads that fight for the cores even where other programs disturb the clock.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "src" / "posturecam" / "_models" / "pose_landmarker_full.task"
WORKERS = 2
MANY, FEW = 5000, 500

LOOP = """
import json, math, os, resource, sys, time, cv2, mediapipe as mp
from mediapipe.tasks.python import vision
from mediapipe.tasks.python.core.base_options import BaseOptions
kind, model, *paths = sys.argv[1:]
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
options = vision.PoseLandmarkerOptions(
    base_options=BaseOptions(model_asset_buffer=open(model, "rb").read()), output_segmentation_masks=kind == "loop")
def read(path):
    return mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB))
with vision.PoseLandmarker.create_from_options(options) as engine:
    ready = [read(path) for path in paths] if kind == "bare" else None
    engine.detect(read(paths[0]))
    began, cpu = time.perf_counter(), time.process_time()
    for number, path in enumerate(paths):
        seen = engine.detect(ready[number] if ready else read(path)).pose_landmarks[0]
        left, right = seen[11], seen[12]
        math.degrees(math.atan2(left.y - right.y, left.x - right.x))
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"rate": len(paths) / wall, "cpu": cpu / len(paths), "peak": peak}))
"""
FOLDER = """
import json, resource, sys, threading, time
from pathlib import Path
from posturecam.pipeline.assessment import Settings
from posturecam.batch import Job
from posturecam.batch.engines import processes
from posturecam.batch.tasks import Task
from posturecam.batch.ledger import content_of
if __name__ == "__main__":
    passes, workers, *paths = sys.argv[1:]
    job = Job(Settings(passes=int(passes)))
    def tasks():
        for path in paths:
            sha256 = content_of(path)
            yield Task(job.unit(sha256, None), path, sha256)
    at = []
    for outcome in processes(job, tasks(), int(workers), threading.Event()):
        assert outcome.failure is None, outcome.failure
        at.append(time.perf_counter())
    used, own = resource.getrusage(resource.RUSAGE_CHILDREN), time.process_time()
    skip = int(workers)
    rate = (len(at) - skip) / (at[-1] - at[skip - 1])
    print(json.dumps({"rate": rate, "cpu": used.ru_utime + used.ru_stime + own, "peak": used.ru_maxrss}))
"""

MAIN = """
import resource, sys
from pathlib import Path
from posturecam.pipeline.assessment import Settings
from posturecam.batch import Job, RunPlan, Wanted, run_batch
if __name__ == "__main__":
    out = Path(sys.argv[2])
    job = Job(Settings(passes=2), finder="synthetic")
    run_batch(RunPlan(Wanted((sys.argv[1],), out=str(out)), out, job, 2))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def bench() -> list[tuple[str, float, str]]:
    """Compare rates, processor time, memory and the start."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_rates(folder), *_start(folder), *_memory(folder)]


def _photos(folder: Path, count: int, size: tuple[int, int]) -> list[str]:
    """Write pictures of one person that all differ a little."""
    folder.mkdir()
    with Image.open(ROOT / "sample_images" / "front.jpg") as image:
        large = image.convert("RGB").resize(size)
    for number in range(count):
        ImageEnhance.Brightness(large).enhance(0.9 + 0.2 * number / count).save(
            folder / f"{number:03d}.jpg", quality=92
        )
    return [str(path) for path in sorted(folder.iterdir())]


def _run(folder: Path, script: str, *arguments: str) -> dict[str, Any]:
    """Run a script in a process of its own; give what it prints."""
    path = folder / "script.py"
    path.write_text(script)
    ended = subprocess.run(
        [sys.executable, str(path), *arguments], capture_output=True, text=True, check=True, cwd=ROOT
    )
    told: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return told


def _rates(folder: Path) -> list[tuple[str, float, str]]:
    large, small = _photos(folder / "large", 24, (3000, 4000)), _photos(folder / "small", 48, (866, 1155))
    loop = _run(folder, LOOP, "loop", str(MODEL), *large)
    bare = _run(folder, LOOP, "bare", str(MODEL), *small)
    script = _run(folder, LOOP, "loop", str(MODEL), large[0])
    twelve = _run(folder, FOLDER, "1", str(WORKERS), *large)
    again = _run(folder, FOLDER, "1", str(WORKERS), *large[:4])
    one = _run(folder, FOLDER, "1", str(WORKERS), *small)
    full = _run(folder, FOLDER, "8", "1", *small[:13])
    cpu = (twelve["cpu"] - again["cpu"]) / (len(large) - 4)
    return [
        (
            f"photos a second, 12 megapixels, {WORKERS} workers, 1 pass / serial loop",
            twelve["rate"] / loop["rate"],
            "≥ 3.5",
        ),
        (
            f"photos a second, 1 megapixel, {WORKERS} workers / ({WORKERS} × bare detect)",
            one["rate"] / WORKERS / bare["rate"],
            "≥ 0.85",
        ),
        ("time a photo, default passes, 1 worker / (8 × bare detect)", bare["rate"] / full["rate"] / 8, "≤ 1.25"),
        ("processor time a photo, 12 megapixels, 1 pass / serial loop", cpu / loop["cpu"], "≤ 1.15"),
        ("peak memory of a worker, 12 megapixels / bare script", twelve["peak"] / script["peak"], "≤ 1.3"),
    ]


def _start(folder: Path) -> list[tuple[str, float, str]]:
    out = folder / "out"
    line = [
        sys.executable,
        "-m",
        "posturecam",
        "batch",
        str(folder / "small"),
        "--out",
        str(out),
        "--quiet",
        "--passes",
        "1",
    ]
    began = time.perf_counter()
    with subprocess.Popen(line, cwd=ROOT) as process:
        results = out / "results.jsonl"
        while process.poll() is None and not (results.exists() and results.stat().st_size):
            time.sleep(0.01)
        took = time.perf_counter() - began
        process.wait()
    return [("seconds from the start to the first result", took, "≤ 3")]


def _memory(folder: Path) -> list[tuple[str, float, str]]:
    peaks = [_main_peak(folder, count) for count in (FEW, MANY)]
    return [(f"peak memory of the main process, {MANY} / {FEW} photos", peaks[1] / peaks[0], "≤ 1.1")]


def _main_peak(folder: Path, count: int) -> float:
    """Assess tiny pictures with the synthetic finder; give the main process's peak memory."""
    photos = folder / f"tiny{count}"
    photos.mkdir()
    for number in range(count):
        pixels = np.random.default_rng(number).integers(0, 255, (40, 40, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(photos / f"{number:05d}.jpg")
    path = folder / "main.py"
    path.write_text(MAIN)
    ended = subprocess.run(
        [sys.executable, str(path), str(photos), str(folder / f"out{count}")],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return float(ended.stdout.splitlines()[-1])
