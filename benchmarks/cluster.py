"""What a cluster costs beside the local engine, and what a million photos would take: `python benchmarks/cluster.py`.

The figures that docs/cluster.md calculates with come from here. Both engines measure the same photos with the real
network, the start left out: rates are of the photos after the first of each worker.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageEnhance

from posturecam.poses.detection import DEFAULT_PASSES

ROOT = Path(__file__).resolve().parents[1]
PHOTOS, FEW, ROUNDS, PASSES = 24, 8, 3, 2
MILLION = 1_000_000

SCRIPT = """
import json, resource, sys, threading, time
from posturecam.pipeline.assessment import Settings
from posturecam.batch import Job
from posturecam.batch.engines import ENGINES
from posturecam.batch.ledger import content_of
from posturecam.batch.tasks import Task
if __name__ == "__main__":
    engine, workers, passes, *paths = sys.argv[1:]
    job = Job(Settings(passes=int(passes)))
    def tasks():
        for path in paths:
            sha256 = content_of(path)
            yield Task(job.unit(sha256, None), path, sha256)
    at, lines, pictures = [], 0, 0
    for outcome in ENGINES[engine](job, tasks(), int(workers), threading.Event()):
        assert outcome.failure is None, outcome.failure
        at.append(time.perf_counter())
        lines += len(outcome.line)
        pictures += sum(len(one) for one in outcome.pictures.values())
    skip = 2 * int(workers)
    print(json.dumps({"rate": (len(at) - skip) / (at[-1] - at[skip - 1]), "line": lines / len(at),
                      "pictures": pictures / len(at), "cpu": sum(sum(resource.getrusage(who)[:2]) for who in
                      (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)),
                      "peak": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024}))
"""

NAMES = """
import os, resource, sys, threading, time
from pathlib import Path
from posturecam.pipeline.assessment import Settings
from posturecam.batch import Job, Quiet, RunPlan, Wanted, index_page, ledger, remote, run_outputs
from posturecam.batch.result_store import Store
from posturecam.batch.tasks import Outcome, PhotoFailure
kind, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
names = (f"photos/{n // 1000:05d}/{n:08d}.jpg" for n in range(count))
class Pages:
    def _strip_protocol(self, url):
        return url
    def isfile(self, path):
        return False
    def call_s3(self, method, **asked):
        page = [{"Key": name} for _, name in zip(range(1000), names)]
        return {"Contents": page, "IsTruncated": len(page) == 1000, "NextContinuationToken": "more"}
place = "s3://bucket/photos"
remote._store = lambda root: Pages()  # a server of a million names takes hours to fill
if kind == "local":
    place = str(folder / "names.txt")
    with open(place, "w") as file:
        file.writelines(f"{name}\\n" for name in names)
ledger.content_of = lambda path: f"{hash(path) & (1 << 64) - 1:064x}"
failure = PhotoFailure("nothing was read", "Read it.", lasting=True)
def nothing_read(job, tasks, workers, stop):
    yield from (Outcome(task, failure=failure) for task in tasks)
ledger.engine_of = lambda *_: nothing_read
out = folder / f"out-{kind}"
plan = RunPlan(Wanted((place,), within=True, out=str(out)), out, Job(Settings(passes=2), finder="synthetic"))
plan.job.tables, Quiet()
def peak():
    status = Path("/proc/self/status")  # getrusage would begin with the peak of the process that started this one
    if status.exists():
        return next(int(row.split()[1]) for row in status.read_text().splitlines() if row.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
with Store(out) as store:
    before = peak()
    found = ledger.measure_all(plan, store, Quiet(), threading.Event())
    counts = found.counts(store)
    run_outputs._write_inputs(out / "inputs.jsonl", found, store)
    run_outputs._clear_pictures(plan, found)
assert counts.failures == count, counts
print(peak() - before)
"""


def measured(folder: Path, engine: str, workers: int, paths: list[str], passes: int = PASSES) -> dict[str, float]:
    """Run an engine over the photos in a process of its own."""
    script = folder / "engine.py"
    script.write_text(SCRIPT)
    line = [sys.executable, str(script), engine, str(workers), str(passes), *paths]
    ended = subprocess.run(line, capture_output=True, text=True, check=True, cwd=ROOT)
    told: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return told


def photos(folder: Path) -> list[str]:
    """Write pictures of one person, 12 megapixels each, that all differ a little."""
    folder.mkdir()
    with Image.open(ROOT / "sample_images" / "front.jpg") as image:
        large = image.convert("RGB").resize((3000, 4000))
    for number in range(PHOTOS):
        bright = ImageEnhance.Brightness(large).enhance(0.9 + 0.2 * number / PHOTOS)
        bright.save(folder / f"{number:03d}.jpg", quality=90)
    return [str(path) for path in sorted(folder.iterdir())]


def compared(folder: Path, paths: list[str], workers: int) -> float:
    """Give the ratio of the engines' rates: of each the quickest of some runs, taken in turn, for others disturb."""
    rates: dict[str, list[float]] = {"processes": [], "dask": []}
    for _ in range(ROUNDS):
        for engine, found in rates.items():
            found.append(measured(folder, engine, workers, paths)["rate"])
    return max(rates["dask"]) / max(rates["processes"])


def processor_s(folder: Path, engine: str, paths: list[str], passes: int) -> float:
    """Give the processor time of one more photo, main process included: the start is in many and in few alike."""
    many, few = (measured(folder, engine, 1, some, passes)["cpu"] for some in (paths, paths[:FEW]))
    return (many - few) / (len(paths) - FEW)


def memory_of_names(folder: Path, kind: str) -> float:
    """Give the megabytes by which a process grows that lists, hashes, counts and tells of a million made-up names."""
    script = folder / "names.py"
    script.write_text(NAMES)
    ended = subprocess.run(
        [sys.executable, str(script), kind, str(folder), str(MILLION)], capture_output=True, text=True, check=True
    )
    return float(ended.stdout.splitlines()[-1])


def bench() -> list[tuple[str, float, str]]:
    """Compare throughput, and the memory of a long list."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = photos(folder / "photos")
        one, two = (compared(folder, paths, workers) for workers in (1, 2))
        each = {passes: processor_s(folder, "processes", paths, passes) for passes in (PASSES, DEFAULT_PASSES)}
        cpu = processor_s(folder, "dask", paths, PASSES) / each[PASSES]
        _tell_million(each, measured(folder, "processes", 1, paths[:FEW]), statistics.mean(map(_size, paths)))
        grown = {kind: memory_of_names(folder, kind) for kind in ("local", "s3")}
    return [
        ("throughput, dask / local engine, 1 worker", one, "≥ 0.9"),
        ("throughput, dask / local engine, 2 workers", two, "≥ 0.9"),
        ("processor time of a photo, dask / local engine", cpu, "≤ 1.1"),
        *(
            (f"memory that a million photos add to the main process, {kind}, MB", mb, "≤ 150")
            for kind, mb in grown.items()
        ),
    ]


def _size(path: str) -> int:
    return Path(path).stat().st_size


def _tell_million(each: dict[int, float], told: dict[str, float], photo_bytes: float) -> None:
    """Print the arithmetic of a million photos, from what was measured here: seconds of a core by passes."""
    mb = photo_bytes / 1e6
    for passes, seconds in each.items():
        hours = MILLION * seconds / 3600
        print(f"{passes} passes: {seconds:.2f} s of a core for a photo of 12 megapixels ({mb:.1f} MB)")
        print(f"  {MILLION} × {seconds:.2f} s / 3600 = {hours:.0f} core-hours; at 90 % of the time busy:")
        print("  " + ", ".join(f"{hours / cores / 0.9:.1f} h on {cores} cores" for cores in (16, 128, 1024)))
    lines, pictures = (MILLION * told[name] / 1e9 for name in ("line", "pictures"))
    print(f"a result has {told['line'] / 1e3:.1f} kB, its thumbnail {told['pictures'] / 1e3:.1f} kB:")
    print(f"  a million: results.jsonl {lines:.0f} GB, thumbnails {pictures:.0f} GB")
    print(f"a worker takes {told['peak']:.0f} MB at its peak")
    print(f"photos read twice: 2 × {MILLION} × {mb:.1f} MB = {2 * MILLION * photo_bytes / 1e12:.1f} TB")


if __name__ == "__main__":
    began = time.perf_counter()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    for what, value, aim in bench():
        print(f"{what:60s} {value:8.2f}   {aim}")
    with contextlib.suppress(OSError):
        print(f"({cores} cores, load {os.getloadavg()[0]:.1f}, {time.perf_counter() - began:.0f} s)")
