"""Get the mediapipe wheel: from a file the user names, from the user's cache, or with pip."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ModelBuildError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .manifest import Manifest

VARIABLE = "POSTURECAM_MEDIAPIPE_WHEEL"
# Constraints speak of what is installed. This wheel never is, and a constraint on mediapipe would forbid it.
NOT_FOR_PIP = ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT", "PIP_REQUIRE_HASHES", "PIP_TARGET", "PIP_REQUIRE_VIRTUALENV")


def wheel_bytes(manifest: Manifest, environment: Mapping[str, str] = os.environ) -> bytes:
    """Return the checked wheel of the manifest; raise ModelBuildError with the way out in one line."""
    named = environment.get(VARIABLE)
    if named:
        return _named_wheel(Path(named), manifest)
    kept = cache_folder(environment) / manifest.wheel.name
    if kept.is_file():
        try:
            return manifest.wheel.check(kept.read_bytes(), str(kept))
        except (ModelBuildError, OSError):
            pass  # A download that was cut short is no reason to stop: fetch it again.
    return _download(manifest, kept, environment)


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where this system keeps what can be fetched again, for this user and posturecam."""
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "posturecam" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/posturecam"
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "posturecam"


def _named_wheel(path: Path, manifest: Manifest) -> bytes:
    """Return the wheel that the user named."""
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"{VARIABLE}={path}: {error.strerror}; name the file {manifest.wheel.name}, or unset the variable"
        raise ModelBuildError(message) from error
    try:
        return manifest.wheel.check(content, str(path))
    except ModelBuildError as error:
        message = f"{error}; let {VARIABLE} name {manifest.wheel.name}, or unset it"
        raise ModelBuildError(message) from error


def _download(manifest: Manifest, kept: Path, environment: Mapping[str, str]) -> bytes:
    """Return the wheel that pip fetches, and keep a copy for the next build."""
    with tempfile.TemporaryDirectory(prefix="posturecam-") as folder:
        said = _run_pip(manifest, folder, environment)
        found = Path(folder) / manifest.wheel.name
        if not found.is_file():
            raise ModelBuildError(_no_wheel(manifest, said))
        content = found.read_bytes()
    try:
        manifest.wheel.check(content, f"{manifest.wheel.name} as downloaded")
    except ModelBuildError as error:
        message = f"{error}; try again, or set {VARIABLE} to a good copy"
        raise ModelBuildError(message) from error
    _keep(content, kept)
    return content


def _run_pip(manifest: Manifest, folder: str, environment: Mapping[str, str]) -> str:
    """Let pip put the wheel into the folder; return the last line it said."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += [*manifest.download, "--dest", folder, manifest.requirement]
    passed_on = {name: value for name, value in environment.items() if name not in NOT_FOR_PIP}
    done = subprocess.run(command, env=passed_on, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines() or [""]
    return said[-1].removeprefix("ERROR: ")


def _no_wheel(manifest: Manifest, said: str) -> str:
    """Return the line that says that the wheel could not be had, and what to do."""
    words = " ".join(["pip download", *manifest.download, manifest.requirement])
    return (
        f"pip could not download {manifest.wheel.name} ({said or 'no reason given'}); connect to the network and "
        f"build again, or fetch it elsewhere with `{words}` and set {VARIABLE} to that file"
    )


def _keep(content: bytes, path: Path) -> None:
    """Put the wheel into the cache, whole or not at all; a cache that cannot be written costs only time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content)
    except OSError:
        return


def replace_file(path: Path, content: bytes) -> None:
    """Write beside the file and rename, so that nobody ever sees half of it."""
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
