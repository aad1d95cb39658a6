"""Write the lock files anew, and check that they hold on every system: ``make lock``.

    locks/all-extras.txt    posturecam with every extra that a user may want
    locks/requirements.txt  posturecam alone: the same releases, fewer of them
    locks/build.txt         what builds posturecam
    locks/tools.txt         what makes a release, looks for known weaknesses, and writes these files

Every release is pinned with the sha256 of each of its files. The bounds stay in pyproject.toml; a lock is one choice
within them, the newest on the day it was written.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "locks"
OLDEST = "3.11"
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin", "x86_64-pc-windows-msvc")
UV = (sys.executable, "-m", "uv")
WITHOUT_WHEEL = {"aarch64-manylinux_2_28": {"mediapipe"}}
"""What has no wheel for a platform within our bounds: posturecam cannot be installed there, the rest is checked."""

HEADING = (
    "# Written by `make lock` from pyproject.toml. Install with: pip install --require-hashes -r locks/{name}.txt\n"
)


def wanted(project: dict[str, Any]) -> dict[str, list[str]]:
    """Return what each lock is made from, a longer list before those that shall agree with it."""
    own, extras = project["project"]["dependencies"], project["project"]["optional-dependencies"]
    build = [
        *project["build-system"]["requires"],
        "editables",
    ]  # hatchling asks for it when it installs sources as they are
    for_users = [line for name, lines in sorted(extras.items()) if name != "dev" for line in lines]
    return {
        "all-extras": [*own, *for_users],
        "requirements": list(own),
        "build": build,
        "tools": list(project["dependency-groups"]["release"]),
    }


def compiled(name: str, lines: list[str], agree_with: str) -> None:
    """Let uv choose the releases for every system at once, and write the lock."""
    options = [
        "--universal",
        "--python-version",
        OLDEST,
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
    ]
    options += ["--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        constraint = Path(folder) / "agree.txt"
        constraint.write_text(agree_with, encoding="utf-8")
        command = [*UV, "pip", "compile", "-", *options, "--constraint", str(constraint)]
        done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"locks/{name}.txt was not written: {done.stderr.strip()}")
    (LOCKS / f"{name}.txt").write_text(HEADING.format(name=name) + done.stdout, encoding="utf-8")


def without(lock: str, packages: set[str]) -> str:
    """Return a lock's text without some of its packages; a package is one line and the hashes indented below it."""
    kept, keep = [], True
    for line in lock.splitlines(keepends=True):
        if not line.startswith(" "):
            keep = line.partition("==")[0] not in packages
        kept += [line] if keep else []
    return "".join(kept)


def check(name: str, platform: str, python: str) -> str | None:
    """Return why a lock cannot be installed from wheels on a platform, None where it can; nothing is installed."""
    missing = WITHOUT_WHEEL.get(platform, set())
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder) / "lock.txt"
        lock.write_text(without((LOCKS / f"{name}.txt").read_text(encoding="utf-8"), missing), encoding="utf-8")
        place = [
            "--python",
            sys.executable,
            "--target",
            folder,
            "--python-platform",
            platform,
            "--python-version",
            python,
        ]
        command = [*UV, "pip", "install", "--dry-run", "--quiet", "--no-build", "--no-deps", "--require-hashes"]
        done = subprocess.run([*command, *place, "-r", str(lock)], capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode else None


def main() -> None:
    """Write every lock, then try each on every platform and Python."""
    LOCKS.mkdir(exist_ok=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    agree_with = ""
    for name, lines in wanted(project).items():
        compiled(name, lines, agree_with)
        if name == "all-extras":
            agree_with = (LOCKS / f"{name}.txt").read_text(encoding="utf-8")
    faults = 0
    for platform in PLATFORMS:
        for python in PYTHONS:
            for name in ("all-extras", "requirements", "build"):
                fault = check(name, platform, python)
                faults += fault is not None
                but = "".join(f" but for {package}" for package in sorted(WITHOUT_WHEEL.get(platform, ())))
                print(f"locks/{name}.txt, Python {python}, {platform}: {fault or 'every release has a wheel' + but}")
    sys.exit(min(faults, 1))


if __name__ == "__main__":
    main()
