"""The checks of the machine, and the models that the installation brought."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from posturecam.cli import machine, system_libraries
from posturecam.cli.machine import Check, State
from posturecam.cli.system_libraries import SystemPackage
from posturecam.errors import ModelError
from posturecam.poses import model
from repository import ROOT

NETWORK = b"\x1c\0\0\0TFL3 and so on"


def bundle(path: Path, compression: int = zipfile.ZIP_STORED, **members: bytes) -> Path:
    """Write a bundle of these networks; a name stands for NAME.tflite."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.tflite", content)
    return path


def test_shipped_models_are_whole() -> None:
    """The installation's models match their record."""
    assert {one.name for one in model.shipped_models()} >= {model.POSE, model.FACE}
    for entry in model.shipped_models():
        shipped = model.shipped_model(entry.name)
        assert (shipped.sha256, len(shipped.content)) == (entry.sha256, entry.size)
        assert entry.licence == "Apache-2.0"


def test_own_model_is_read(tmp_path: Path) -> None:
    """A bundle the user names goes by its file's name and its own checksum."""
    path = bundle(tmp_path / "heavy.task", pose_detector=NETWORK, pose_landmarks_detector=NETWORK)
    found = model.pose_model(path)
    assert (found.name, len(found.sha256), found.content) == ("heavy", 64, path.read_bytes())


def test_without_a_file_the_shipped_model_is_taken() -> None:
    """No --model: the one that came with the installation."""
    assert model.pose_model() == model.shipped_model(model.POSE)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        pytest.param(lambda path: path, "No such file", id="absent"),
        pytest.param(lambda path: path.mkdir(), "directory", id="a folder"),
        pytest.param(lambda path: path.touch(), "not a model bundle", id="zero bytes"),
        pytest.param(lambda path: path.write_bytes(b"PK" * 99), "not a model bundle", id="not a zip"),
        pytest.param(lambda path: bundle(path, pose_detector=NETWORK), "without pose_landmarks", id="half a bundle"),
        pytest.param(
            lambda path: bundle(path, pose_detector=NETWORK, pose_landmarks_detector=b"hello there"),
            "not a TensorFlow Lite network",
            id="something else inside",
        ),
        pytest.param(
            lambda path: bundle(path, zipfile.ZIP_DEFLATED, pose_detector=NETWORK, pose_landmarks_detector=NETWORK),
            "compressed",
            id="compressed",
        ),
    ],
)
def test_bad_model_is_refused(tmp_path: Path, made: object, says: str) -> None:
    """Each kind of bad file gets a line with what, where, what next."""
    path = tmp_path / "bad.task"
    made(path)  # type: ignore[operator]
    with pytest.raises(ModelError, match=says) as error:
        model.pose_model(path)
    assert str(path) in str(error.value)
    assert "name a BlazePose bundle" in str(error.value)


def test_bundle_with_a_flipped_bit_is_refused(tmp_path: Path) -> None:
    """A damaged download is noticed before the engine sees it."""
    path = bundle(tmp_path / "bad.task", pose_detector=NETWORK, pose_landmarks_detector=NETWORK)
    content = bytearray(path.read_bytes())
    content[content.index(b"and so on")] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        model.pose_model(path)


def test_damaged_installation_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shipped file that changed on disk is refused, and doctor says how to mend it."""
    folder = Path(str(model._folder()))
    (tmp_path / "models.json").write_bytes((folder / "models.json").read_bytes())
    (tmp_path / "face_landmark.tflite").write_bytes(b"damaged")
    monkeypatch.setattr(model, "_folder", lambda: tmp_path)
    model.shipped_model.cache_clear()
    with pytest.raises(ModelError, match="damaged"):
        model.face_model()
    checks = {check.name: check for check in machine.check_models()}
    model.shipped_model.cache_clear()
    assert [checks[name].state for name in (model.POSE, model.FACE)] == [State.MISSING, State.MISSING]
    assert "pip install" in checks[model.FACE].remedy


def test_installation_without_models_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No record at all: one check, with the remedy."""
    monkeypatch.setattr(model, "_folder", lambda: tmp_path)
    (check,) = machine.check_models()
    assert (check.state, "models.json" in check.found, "pip install" in check.remedy) == (State.MISSING, True, True)


def test_this_machine_is_able() -> None:
    """Where the tests run, a photo can be analysed, and each package is named with its version."""
    checks = machine.check_machine()
    assert machine.is_able(checks), [check for check in checks if check.state is State.MISSING]
    assert {"Python", "posturecam", "opencv-python", "mediapipe", "numpy", "display"} <= {one.name for one in checks}


def test_missing_library_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library the loader does not find leads to the one line that mends it."""
    absent = SystemPackage("libnothing1", ("libnothing-at-all.so.7",))
    monkeypatch.setattr(system_libraries, "CV2_NEEDS", (absent,))
    monkeypatch.setattr(system_libraries.sys, "platform", "linux")
    monkeypatch.setattr(system_libraries.shutil, "which", lambda _: "/usr/bin/apt-get")
    (check,) = machine.check_libraries()
    assert check == Check("libnothing1", State.MISSING, "libnothing-at-all.so.7", "sudo apt-get install libnothing1")
    assert not machine.is_able((check,))


def test_only_linux_leaves_libraries_to_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """On macOS and Windows the wheels bring what they need."""
    monkeypatch.setattr(system_libraries, "CV2_NEEDS", (SystemPackage("x", ("libnothing-at-all.so.7",)),))
    monkeypatch.setattr(system_libraries.sys, "platform", "darwin")
    assert system_libraries.missing_libraries() == ()


def test_without_apt_the_packages_are_still_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another package manager: no command we cannot know, but what to look for."""
    monkeypatch.setattr(system_libraries.shutil, "which", lambda _: None)
    assert "libgl1" in system_libraries.remedy(("libgl1",))
    assert "apt-get" not in system_libraries.remedy(("libgl1",))


def test_missing_environment_maker_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian's Python comes without ensurepip."""
    monkeypatch.setattr(system_libraries.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(system_libraries.sys, "executable", "/usr/bin/python3")
    assert system_libraries.missing_for_environment() == ("python3-venv",)


def test_no_display_only_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server without a screen analyses photos."""
    monkeypatch.setattr(machine.sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    check = machine.check_display()
    assert check.state is State.LIMITED
    assert machine.is_able((check,))


@pytest.mark.parametrize(("state", "remedy"), [(State.OK, "do this"), (State.MISSING, "")])
def test_a_fault_has_a_remedy_and_nothing_else_has(state: State, remedy: str) -> None:
    """A check that leaves the reader alone cannot be made."""
    with pytest.raises(ValueError, match="do not go together"):
        Check("x", state, "found", remedy)


def test_libraries_are_checked_by_a_bare_python() -> None:
    """`make` asks before there is an environment: no import beyond the standard library."""
    script = ROOT / "src/posturecam/cli/system_libraries.py"
    subprocess.run([sys.executable, "-I", "-S", str(script)], check=True)
