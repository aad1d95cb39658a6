"""The rules that hold the package together: who may import whom, what stays light, what the front door promises."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import posturecam

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "posturecam"

ORDER = [
    "errors",
    "strict_json",
    "border",
    "language",
    "limits",
    "body",
    "geometry",
    "placed",
    "standing",
    "picture",
    "capture_date",
    "exif",
    "photo",
    "camera",
    "vertical",
    "scale",
    "lens",
    "system_libraries",
    "model",
    "machine",
    "poses",
    "stickers",
    "view_list",
    "settings",
    "surroundings",
    "face",
    "silhouette",
    "estimator",
    "knowledge",
    "measurement",
    "measures",
    "quality",
    "answers",
    "red_flags",
    "patterns",
    "chain",
    "plan",
    "assessment",
    "exam",
    "analysis",
    "film",
    "progress",
    "reports",
    "records",
    "batch",
    "live",
    "mirror",
    "page",
    "cli",
    "__main__",
]
"""The modules in the order in which the data flows: each imports only what stands before it."""

ALLOWED = {
    ("poses", "face"): "the finder hands the eyes on to the face mesh",
    ("poses", "estimator"): "and the picture to the estimator's network",
}


def rank(module: str) -> int:
    """Place of a module, or of the package that it belongs to, in the order."""
    return ORDER.index(module.split(".")[1])


def modules() -> list[Path]:
    """Every source file but the front door."""
    return [path for path in sorted(SOURCE.rglob("*.py")) if path != SOURCE / "__init__.py"]


def imported(path: Path) -> set[str]:
    """Every posturecam module that a file names in an import, wherever in the file it stands."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("posturecam."):
            names.add(node.module)
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names if alias.name.startswith("posturecam.")}
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_modules_import_only_what_stands_before_them(path: Path) -> None:
    """The folder tells the story in the order of the data."""
    here = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    for module in imported(path):
        there = module.split(".")[1]
        if there != here and (here, there) not in ALLOWED:
            assert rank(module) < ORDER.index(here), f"{here} imports {module}"


def loaded_by(statement: str) -> set[str]:
    """Top-level modules that a statement loads in a fresh interpreter."""
    code = f"import sys\n{statement}\nprint(' '.join(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["measures", "patterns", "chain", "plan", "assessment"])
def test_the_core_is_pure(module: str) -> None:
    """Measuring and reading patterns needs neither pictures, nor the engine, nor the command line."""
    assert not loaded_by(f"import posturecam.{module}") & {"cv2", "mediapipe", "typer"}


def test_help_loads_no_picture_library() -> None:
    """`posturecam --help` answers at once."""
    statement = "import posturecam.cli as c\ntry:\n    c.app(['--help'])\nexcept SystemExit:\n    pass"
    assert not loaded_by(statement) & {"cv2", "mediapipe", "numpy", "scipy", "PIL"}


@pytest.mark.parametrize("module", ["exam", "poses.finder", "lens.hanging", "vertical.lines", "batch", "reports"])
def test_a_photo_is_measured_without_what_takes_long_to_load(module: str) -> None:
    """Whatever needs scipy loads it when it comes to that."""
    assert not loaded_by(f"import posturecam.{module}") & {"scipy", "pyarrow", "sqlalchemy"}


def test_landmark_numbers_exist_in_one_file_only() -> None:
    """Elsewhere a landmark has a name."""
    number = re.compile(r"points\[(?:\.\.\.|:)?,?\s*(?:[2-9]|\d\d)\s*[,\]]|landmarks?\[\d+\]")
    offenders = [
        path.name for path in modules() if path.name != "mediapipe_pose.py" and number.search(path.read_text())
    ]
    assert offenders == []


def test_only_one_file_imports_the_engine() -> None:
    """Another pose network is one more file."""
    engine = re.compile(r"^\s*(?:import|from) mediapipe", re.MULTILINE)
    assert [path.name for path in modules() if engine.search(path.read_text())] == ["mediapipe_pose.py"]


def test_the_front_door_opens() -> None:
    """Every promised name is there, and the ten-line program in the docstring compiles."""
    for name in posturecam.__all__:
        assert getattr(posturecam, name) is not None
    with pytest.raises(AttributeError, match="no attribute"):
        _ = posturecam.nonsense
    program = "\n".join(line[4:] for line in (posturecam.__doc__ or "").splitlines() if line.startswith("    "))
    compile(program, "docstring", "exec")
    assert len(program.split("\n")) <= 10


def test_files_stay_rooms_not_halls() -> None:
    """No source file past 350 lines, no function past 50."""
    for path in modules():
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 350, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                doc = ast.get_docstring(node, clean=False) or ""
                assert node.end_lineno is not None
                assert node.end_lineno - node.lineno - doc.count("\n") <= 50, f"{path}: {node.name}"
