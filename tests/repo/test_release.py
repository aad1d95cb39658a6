"""What a release promises: NOTICE names all that is carried, locks are whole and within bounds, faults are told."""

import fnmatch
import re
import subprocess
import tomllib
from importlib import util
from pathlib import PurePosixPath
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from release import audit, lock, sbom

from repository import ROOT, SOURCE

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MANIFEST: dict[str, Any] = tomllib.loads((ROOT / "models" / "manifest.toml").read_text("utf-8"))

NOTICE = (ROOT / "NOTICE").read_text("utf-8")
LICENCES = dict(re.findall(r"^  (\S+/\S+) +(\S+)$", NOTICE, re.MULTILINE))
"""What NOTICE says: pattern of paths → licence."""

WRITTEN = {".py", ".toml", ".html", ".css", ".js"}
"""What people write, as text, may be named by its ending; everything else is named file by file."""

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".gif"}
LEFT_BEHIND = {"__pycache__", "_models", ".mypy_cache", ".ruff_cache"}


def carried() -> set[str]:
    """Return the paths of the wheel: the sources, and the models that the build puts beside them."""
    files = (path for path in SOURCE.rglob("*") if path.is_file() and LEFT_BEHIND.isdisjoint(path.parts))
    made = {
        table["file"]
        for name, table in MANIFEST.items()
        if isinstance(table, dict) and "file" in table and name != "wheel"
    }
    learned = {path.name for path in (ROOT / "models").iterdir() if path.suffix in {".onnx", ".npz"}}
    models = {f"posturecam/_models/{name}" for name in {"models.json"} | made | learned}
    return {path.relative_to(SOURCE.parent).as_posix() for path in files} | models


def matches(path: str, pattern: str) -> bool:
    """Whether a path is one of NOTICE's pattern; ``**/`` is any number of folders, none included."""
    return fnmatch.fnmatch(path, pattern.replace("**/", "*"))


def licence_of(path: str, patterns: dict[str, str] = LICENCES) -> str | None:
    """Return the licence that NOTICE states for a path of the wheel, None where it names none."""
    if path in patterns:
        return patterns[path]
    if PurePosixPath(path).suffix not in WRITTEN:
        return None
    return next((licence for pattern, licence in patterns.items() if matches(path, pattern)), None)


def test_notice_names_all() -> None:
    """Every file of the wheel has its licence in NOTICE: text by its ending, everything else by its name."""
    assert sorted(path for path in carried() if licence_of(path) is None) == []


def test_notice_is_not_stale() -> None:
    """Nothing stands in NOTICE that the wheel does not carry."""
    paths = carried()
    stated = [pattern for pattern in LICENCES if pattern.startswith("posturecam/")]
    assert [pattern for pattern in stated if not any(matches(path, pattern) for path in paths)] == []


def test_notice_agrees_with_the_manifest() -> None:
    """Licence and release of the networks are those of the manifest that they are built from."""
    taken = MANIFEST["wheel"]["licence"]
    assert LICENCES["posturecam/_models/pose_landmarker_full.task"] == taken
    assert LICENCES["posturecam/_models/face_landmark.tflite"] == taken
    assert MANIFEST["wheel"]["requirement"].replace("==", " ").replace("mediapipe", "MediaPipe") in NOTICE
    assert LICENCES["posturecam/_models/places.onnx"] == MANIFEST["learned"]["licence"]


def test_every_picture_is_rendered() -> None:
    """No picture lies in the sources that NOTICE does not name as rendered."""
    folders = ("sample_images", "calibration", "tests", "docs", "benchmarks", "models", "src")
    found = [p.relative_to(ROOT) for one in folders for p in (ROOT / one).rglob("*") if p.suffix.lower() in PICTURES]
    rendered = [pattern for pattern, licence in LICENCES.items() if licence == "CC0-1.0"]
    paths = [path.as_posix().removeprefix("src/") for path in found]
    assert paths
    assert [path for path in paths if not any(matches(path, pattern) for pattern in rendered)] == []


def test_no_foreign_notice() -> None:
    """No script, style or drawing was copied from somebody whose notice stands in it."""
    texts = (path for path in SOURCE.rglob("*") if path.suffix in WRITTEN | {".svg"})
    foreign = re.compile(r"copyright \(|©|@license|SPDX-License", re.IGNORECASE)
    assert [path.name for path in texts if foreign.search(path.read_text("utf-8"))] == []


def test_licence_and_notice_are_carried() -> None:
    """Both go into the wheel."""
    assert PROJECT["project"]["license-files"] == ["LICENSE", "NOTICE"]


def requirements() -> list[Requirement]:
    """Return every requirement that pyproject.toml states, its own extras left out."""
    extras = PROJECT["project"]["optional-dependencies"].values()
    groups = PROJECT["dependency-groups"].values()
    stated = [PROJECT["build-system"]["requires"], PROJECT["project"]["dependencies"], *extras, *groups]
    found = [Requirement(line) for lines in stated for line in lines]
    return [requirement for requirement in found if requirement.name != "posturecam"]


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_upper_bounds(requirement: Requirement) -> None:
    """What nobody has tried is not installed."""
    assert any(bound.operator in {"<", "<=", "==", "~="} for bound in requirement.specifier)


def locked(name: str) -> dict[str, list[Version]]:
    """Return the releases that a lock pins; numpy has one for older Pythons and one for newer."""
    found: dict[str, list[Version]] = {}
    for line in lock_lines(name):
        pinned = Requirement(line.partition(" --hash")[0])
        (release,) = pinned.specifier
        assert release.operator == "=="
        found.setdefault(canonicalize_name(pinned.name), []).append(Version(release.version))
    return found


def lock_lines(name: str) -> list[str]:
    """Return a lock's requirements, each on one line with its hashes."""
    text = (ROOT / "locks" / f"{name}.txt").read_text("utf-8")
    joined = re.sub(r"\s*\\\n\s*", " ", text).splitlines()
    return [line for line in joined if line and not line.startswith("#")]


LOCKS = tuple(lock.wanted(PROJECT))


@pytest.mark.parametrize("name", LOCKS)
def test_locks_have_hashes(name: str) -> None:
    """Every release in a lock is pinned by the hashes of its files, and nothing says where to get it."""
    for line in lock_lines(name):
        hashes = line.split(" --hash=")[1:]
        assert hashes, line
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", stated) for stated in hashes), line
    text = (ROOT / "locks" / f"{name}.txt").read_text("utf-8")
    assert not re.search(r"://|index-url|find-links| @ ", text)


@pytest.mark.parametrize("name", LOCKS)
def test_locks_keep_bounds(name: str) -> None:
    """A lock holds what pyproject.toml asks for, within its bounds."""
    pinned = locked(name)
    for requirement in map(Requirement, lock.wanted(PROJECT)[name]):
        releases = pinned[canonicalize_name(requirement.name)]
        outside = [release for release in releases if release not in requirement.specifier]
        assert not outside, f"{requirement} is locked as {outside}: run make lock"


def test_locks_agree() -> None:
    """Locks that are installed together pin the same releases."""
    everything = locked("all-extras")
    for name in ("requirements", "build"):
        for package, releases in locked(name).items():
            assert everything.get(package, releases) == releases
    tools, build = locked("tools"), locked("build")
    assert {package: tools[package] for package in tools.keys() & build} == {
        package: build[package] for package in tools.keys() & build
    }


def test_left_out_of_a_lock() -> None:
    """A package goes with its hashes."""
    text = (
        "# a\nnumpy==1 \\\n    --hash=sha256:1\nmediapipe==2 \\\n    --hash=sha256:2\nrich==3 \\\n    --hash=sha256:3\n"
    )
    assert (
        lock.without(text, {"mediapipe"}) == "# a\nnumpy==1 \\\n    --hash=sha256:1\nrich==3 \\\n    --hash=sha256:3\n"
    )


KNOWN_WEAK = {"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}
SOUND = {"name": "b", "version": "1", "vulns": []}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        pytest.param([SOUND], audit.CLEAN, "1 releases asked about, 0 weaknesses known", id="clean"),
        pytest.param([SOUND, KNOWN_WEAK, SKIPPED], audit.KNOWN, "a 1: CVE-1, mended in 2", id="a weakness"),
        pytest.param([SOUND, SKIPPED], audit.NOT_ASKED, "NOT CHECKED, the index does not say: c", id="one unanswered"),
        pytest.param([SKIPPED], audit.NOT_ASKED, "NOTHING WAS CHECKED", id="nothing answered is not clean"),
        pytest.param([], audit.NOT_ASKED, "NOTHING WAS CHECKED: no route", id="nobody reached"),
    ],
)
def test_audit_says_what_it_did_not_check(
    packages: list[dict[str, Any]], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the index does not answer for is not called clean."""
    assert audit.tell("lock.txt", packages, "" if packages else "no route") == code
    assert said in "".join(capsys.readouterr())


def test_audit_without_a_network(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a network one line says that nothing was checked."""
    said = "Traceback (most recent call last):\nrequests.exceptions.ProxyError: Max retries exceeded\n"
    monkeypatch.setattr(audit.subprocess, "run", lambda *_a, **_k: subprocess.CompletedProcess([], 1, "", said))
    assert audit.tell("lock.txt", *audit.audited(ROOT / "locks" / "build.txt")) == audit.NOT_ASKED
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "cannot be reached from here" in told


def test_list_of_contents() -> None:
    """The list's subject is posturecam, and the models are parts of it."""
    own = {"bom-ref": "posturecam==1", "name": "posturecam", "type": "library", "version": "1"}
    rich = {"bom-ref": "rich==2", "name": "rich", "type": "library", "version": "2"}
    listed = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {},
        "components": [own, rich],
        "dependencies": [{"ref": "posturecam==1", "dependsOn": ["rich==2"]}, {"ref": "rich==2"}],
    }
    model = {"file": "a.onnx", "sha256": "0" * 64, "licence": "Apache-2.0", "source": "here"}
    whole = sbom.with_models(listed, [model])
    assert whole["metadata"]["component"]["name"] == "posturecam"
    assert [component["name"] for component in whole["components"]] == ["rich", "a.onnx"]
    assert whole["dependencies"][0] == {"ref": "posturecam==1", "dependsOn": ["model:a.onnx", "rich==2"]}
    if util.find_spec("cyclonedx"):  # a tool of the release alone; there everything that is written is validated
        assert sbom.fault_of(whole) is None
