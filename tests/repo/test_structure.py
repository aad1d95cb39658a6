"""The rules that hold the package together: who may import whom, what stays light, what the front door promises."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from repository import SOURCE

ORDER = [
    "errors",
    "body",
    "picture",
    "poses",
    "knowledge",
    "measures",
    "patterns",
    "pipeline",
    "text",
    "storage",
    "records",
    "reports",
    "batch",
    "live",
    "page",
    "cli",
    "__main__",
]
"""The rooms in the order in which the data flows: each imports only what stands before it."""

EARLY = {
    "text.language": "knowledge is read, and findings are told, in the language that is spoken",
    "storage.strict_json": "the standard library's JSON without its liberties; needs nothing and serves every reader",
}
"""What every room may import, although it lies in a late one."""

ALLOWED = {
    ("picture.camera_scene", "pipeline.settings"): "what the user knows of the scene stands in the settings",
    ("poses.finder", "measures.estimator"): "the finder hands the picture on to the estimator's network",
    ("poses.view_probability", "measures.estimator"): "and the view is told from the same squares of the picture",
}
"""The imports against the order, by the module that imports and what it imports."""


def modules() -> list[Path]:
    """Every source file but the front door."""
    return [path for path in sorted(SOURCE.rglob("*.py")) if path != SOURCE / "__init__.py"]


def name_of(path: Path) -> str:
    """Name a source file as it is imported, without the package's own name: ``picture.lens``."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


MODULES = frozenset(name_of(path) for path in modules())


def imported(text: str, here: str, *, package: bool = False) -> set[str]:
    """Every module that the file ``here`` names in an import of any form, wherever in the file it stands.

    ``package`` marks an ``__init__.py``. What is taken from the front door itself is named as it stands there.
    """
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = f"posturecam.{here}".split(".")
            start = parts[: len(parts) - node.level + package] if node.level else []
            module = ".".join([*start, *([node.module] if node.module else [])])
            inside = {f"{module}.{alias.name}" for alias in node.names}
            names |= {one if one.removeprefix("posturecam.") in MODULES else module for one in inside}
            if module == "posturecam":
                names |= {one for one in inside if one != "posturecam.__version__"}
    return {one.removeprefix("posturecam.") for one in names if one.startswith("posturecam.")}


def lies_in(module: str, room: str) -> bool:
    """Tell whether a module is the room or lies in it."""
    return module == room or module.startswith(f"{room}.")


def against_the_order(here: str, module: str) -> bool:
    """Tell whether ``here`` may not import ``module``."""
    this, other = here.partition(".")[0], module.partition(".")[0]
    for early in EARLY:
        if lies_in(here, early):
            return not lies_in(module, early) and other != "errors"
    if any(lies_in(module, early) for early in EARLY):
        return False
    if any(here == who and lies_in(module, what) for who, what in ALLOWED):
        return False
    return other not in ORDER[: ORDER.index(this) + 1]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_modules_import_only_what_stands_before_them(path: Path) -> None:
    """The folder tells the story in the order of the data."""
    here = name_of(path)
    found = imported(path.read_text(encoding="utf-8"), here, package=path.name == "__init__.py")
    assert sorted(module for module in found if against_the_order(here, module)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "import posturecam.cli.file_options",
        "import posturecam.cli as program",
        "from posturecam import cli",
        "from posturecam import __version__, cli as program",
        "from posturecam.cli import file_options",
        "from posturecam.cli.file_options import GivenFiles",
        "from posturecam import analyze",
        "from ..cli import file_options",
        "from .. import cli",
        "def late():\n    from posturecam import cli",
    ],
)
def test_every_form_of_import_is_seen(statement: str) -> None:
    """No way of writing an import gets round the order."""
    assert [one for one in imported(statement, "measures.knees") if against_the_order("measures.knees", one)] != []
    assert imported("from posturecam import __version__\nfrom . import head", "measures.knees") == {"measures.head"}
    assert imported("from . import head", "measures", package=True) == {"measures.head"}


def test_every_exception_to_the_order_is_needed() -> None:
    """An import that is gone takes its exception with it."""
    found = {
        (name_of(path), module)
        for path in modules()
        for module in imported(path.read_text(encoding="utf-8"), name_of(path), package=path.name == "__init__.py")
    }
    rank = {room: number for number, room in enumerate(ORDER)}
    for early in EARLY:
        users = {who.partition(".")[0] for who, what in found if lies_in(what, early)}
        assert any(rank[user] < rank[early.partition(".")[0]] for user in users), early
    for who, what in ALLOWED:
        assert any(here == who and lies_in(module, what) for here, module in found), (who, what)


def loaded_by(statement: str) -> set[str]:
    """Top-level modules that a statement loads in a fresh interpreter."""
    code = f"import sys\n{statement}\nprint(' '.join(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["measures", "patterns", "patterns.chain", "patterns.plan", "pipeline.assessment"])
def test_the_core_is_pure(module: str) -> None:
    """Measuring and reading patterns needs neither pictures, nor the engine, nor the command line."""
    assert not loaded_by(f"import posturecam.{module}") & {"cv2", "mediapipe", "typer"}


def test_help_loads_no_picture_library() -> None:
    """`posturecam --help` answers at once."""
    statement = "import posturecam.cli as c\ntry:\n    c.app(['--help'])\nexcept SystemExit:\n    pass"
    assert not loaded_by(statement) & {"cv2", "mediapipe", "numpy", "scipy", "PIL"}


@pytest.mark.parametrize(
    "module", ["pipeline.exam", "poses.finder", "picture.lens.hanging", "picture.vertical.lines", "batch", "reports"]
)
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


def test_functions_stay_steps() -> None:
    """No function past 50 lines; how complex one may be is ruff's to say, how long a file is nobody's."""
    for path in modules():
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                doc = ast.get_docstring(node, clean=False) or ""
                assert node.end_lineno is not None
                assert node.end_lineno - node.lineno - doc.count("\n") <= 50, f"{path}: {node.name}"
