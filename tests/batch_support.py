"""Folders as clinics have them, and ways to run over them, for the tests of ``posturecam.batch``."""

import contextlib
import csv
import hashlib
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from posturecam.batch import Job, RunPlan, Summary, Wanted, run_batch
from posturecam.batch.job import AssessOne, guarded
from posturecam.batch.tasks import Outcome, Task
from posturecam.pipeline.assessment import Settings

SYNTHETIC = Job(Settings(passes=2), finder="synthetic")


def photo(path: Path, seed: int, side: int = 96, **saving: object) -> Path:
    """Write a small picture that no other seed gives."""
    pixels = np.random.default_rng(seed).integers(0, 255, (8, 6, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((side * 3 // 4, side)).save(path, **saving)
    return path


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def photos(folder: Path, count: int) -> Path:
    """Write a folder of pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        photo(folder / f"p{number:04d}.jpg", number)
    return folder


def bomb(path: Path, width: int = 20000, height: int = 11000) -> Path:
    """Write a PNG of a few kilobytes that says it has 220 megapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 4000)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b""))
    return path


def broken(folder: Path) -> list[str]:
    """Write twelve kinds of files that are no photos although their names say so; give their names."""
    whole = {
        kind: photo(folder / f"source.{kind}", 9, 200).read_bytes() for kind in ("jpg", "png", "webp", "tiff", "bmp")
    }
    files = {
        "cut.jpg": whole["jpg"][: len(whole["jpg"]) // 3],
        "cut.png": whole["png"][: len(whole["png"]) // 2],
        "cut.webp": whole["webp"][: len(whole["webp"]) // 2],
        "cut.tiff": whole["tiff"][:60],
        "cut.bmp": whole["bmp"][:200],
        "empty.jpg": b"",
        "text.jpg": b"this is a note about a photo",
        "page.jpg": b"<html><body>404 not found</body></html>",
        "zeros.jpg": b"\0" * 5000,
        "head.jpg": b"\xff\xd8\xff\xe0" + b"\xff" * 900,
        "cut.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100,
    }
    for kind in whole:
        (folder / f"source.{kind}").unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    bomb(folder / "bomb.png")
    return sorted([*files, "bomb.png"])


ODD_NAMES = [
    "new\nline.jpg",
    "smile 😀.jpg",
    "quo\"te's, comma.jpg",
    "=1+2.jpg",
    "-minus.jpg",
    os.fsdecode(b"odd\xff\xfe.jpg"),
]


@dataclass
class Clinic:
    """A folder with everything in it: what must end as a result, and what as a failure (paths below the folder)."""

    folder: Path
    good: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)

    @property
    def inputs(self) -> list[str]:
        """All paths that must be accounted for."""
        return sorted(self.good + self.bad)


def clinic(folder: Path, count: int) -> Clinic:
    """Make a folder of ``count`` good photos and everything bad."""
    made = Clinic(photos(folder, count))
    made.good += [f"p{number:04d}.jpg" for number in range(count)]
    made.bad += broken(folder)
    for number, name in enumerate(ODD_NAMES):
        photo(folder / name, 5000 + number)
        made.good.append(name)
    (folder / "copy.jpg").write_bytes((folder / "p0000.jpg").read_bytes())
    _heic(folder / "phone.heic")
    (folder / "named.jpg").mkdir()
    photo(folder / "named.jpg" / "inside.jpg", 6000)
    made.good += ["copy.jpg", "phone.heic", "named.jpg/inside.jpg"]
    _links_and_pipes(made)
    (folder / "._p0000.jpg").write_bytes(b"\0\5\x16\7")
    (folder / ".hidden.jpg").write_bytes(b"hidden")
    (folder / "notes.txt").write_text("no photo")
    return made


def _heic(path: Path) -> None:
    """Heic."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    photo(path, 7000, 200)


def _links_and_pipes(made: Clinic) -> None:
    """Links and pipes."""
    (made.folder / "loop_a.jpg").symlink_to("loop_b.jpg")
    (made.folder / "loop_b.jpg").symlink_to("loop_a.jpg")
    (made.folder / "named.jpg" / "round").symlink_to("..")
    (made.folder / "gone.jpg").symlink_to("nowhere.jpg")
    os.mkfifo(made.folder / "pipe.jpg")
    made.bad += ["loop_a.jpg", "loop_b.jpg", "gone.jpg", "pipe.jpg"]


def run_here(
    folder: Path | str, out: Path, job: Job = SYNTHETIC, *, rescore: bool = False, names: bool = False, **wanted: object
) -> Summary:
    """Run in this process, without workers."""
    plan = RunPlan(Wanted((str(folder),), out=str(out), **wanted), out, job, 1, "here", names)  # type: ignore[arg-type]
    return run_batch(plan, rescore=rescore)


def command(folder: Path | str, out: Path, *more: str) -> list[str]:
    """The command line of a run with the synthetic finder."""
    always = ["--out", str(out), "--finder", "synthetic", "--passes", "2", "--workers", "2", "--quiet", "--recursive"]
    return [sys.executable, "-m", "posturecam", "batch", str(folder), *always, *more]


def started(*line: str, **options: object) -> subprocess.Popen[str]:
    """Start a run in a process group of its own."""
    return subprocess.Popen(line, stderr=subprocess.PIPE, text=True, start_new_session=True, **options)  # type: ignore[call-overload]


def finished(*line: str) -> subprocess.CompletedProcess[str]:
    """Run to the end."""
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)


def rows(path: Path) -> list[dict[str, str]]:
    """Read a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def accounted(out: Path) -> list[str]:
    """All paths in results and failures, sorted, spelled as in the tables."""
    return sorted(
        [row["path"] for row in rows(out / "results.csv")] + [row["file"] for row in rows(out / "failures.csv")]
    )


def spelled(folder: Path, names: list[str]) -> list[str]:
    """How the tables spell these paths."""
    return sorted(str(folder / name).encode("utf-8", "backslashreplace").decode() for name in names)


class BadPhotosJob(Job):
    """A job on whose photos a worker does what their names say.

    stop   its process is stopped by a signal
    spin   a decoder that never ends, and lets no other Python run
    hang   a decoder that never ends, and does
    eat    takes memory without end
    """

    @contextlib.contextmanager
    def opened(self) -> Iterator[AssessOne]:
        """Give a function that ends for good photos only."""
        yield lambda task: guarded(task, lambda: self._met(task))

    def _met(self, task: Task) -> Outcome:
        kind = Path(task.path).name[:4]
        if kind == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        if kind == "spin":
            re.match(r"(a|aa)+$", "a" * 200 + "b")
        if kind == "hang":
            hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)
        if kind == "eat-":
            eaten = [np.zeros(2**27, np.uint8)]
            while eaten:
                eaten.append(np.zeros(2**27, np.uint8))
        return Outcome(task, f"{Path(task.path).name}\n".encode())


class CrashingJob(Job):
    """A job whose worker dies of some photos: those called ``crash`` always, those called ``once`` the first time."""

    @contextlib.contextmanager
    def opened(self) -> Iterator[AssessOne]:
        """Give a function that may kill its own process."""

        def assess_one(task: Task) -> Outcome:
            path = Path(task.path)
            marker = path.with_suffix(".tried")
            if "crash" in path.name or ("once" in path.name and not marker.exists()):
                marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return Outcome(task, f"{path.name}\n".encode())

        yield assess_one
