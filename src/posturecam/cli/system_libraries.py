"""Tell which system libraries are missing, before anything that needs them is imported.

Needs nothing but the standard library, and runs by its path alone (`python src/posturecam/cli/system_libraries.py`), so
that `make` can ask it on a bare machine. Exit code: 0 all there, 2 something is missing.
"""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """A Debian package and the shared libraries of it that cv2 loads."""

    name: str
    libraries: tuple[str, ...]


CV2_NEEDS = (
    SystemPackage("libgl1", ("libGL.so.1",)),
    SystemPackage("libglib2.0-0", ("libglib-2.0.so.0", "libgthread-2.0.so.0")),
)


def missing_libraries() -> tuple[SystemPackage, ...]:
    """Return the packages whose libraries cannot be loaded; only Linux leaves them to the user."""
    if not sys.platform.startswith("linux"):
        return ()
    return tuple(package for package in CV2_NEEDS if not all(map(_loads, package.libraries)))


def _loads(library: str) -> bool:
    """Tell whether the loader finds this library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_for_environment() -> tuple[str, ...]:
    """Return the Debian package without which this Python cannot make environments, if it is missing."""
    if all(importlib.util.find_spec(module) for module in ("venv", "ensurepip")):
        return ()
    return (f"{Path(sys.executable).name or 'python3'}-venv",)


def remedy(packages: tuple[str, ...]) -> str:
    """Return the one line that says how to install these Debian packages."""
    if shutil.which("apt-get"):
        return f"sudo apt-get install {' '.join(packages)}"
    return f"install what Debian calls {', '.join(packages)} with this system's package manager"


def print_missing() -> int:
    """Print what is missing to build an environment and run posturecam; return the exit code."""
    packages = (*(package.name for package in missing_libraries()), *missing_for_environment())
    if not packages:
        return 0
    sys.stderr.write(f"posturecam needs system packages that are missing here. Run:\n    {remedy(packages)}\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(print_missing())
