"""The figures of how the code is built: counted right on a small package, and held on ours."""

import subprocess
import sys
from pathlib import Path

from tools.house import PACKAGE, arrows_of, entries, figures, longest_chain, modules_of, names_twice

from repository import ROOT

SCRIPT = ROOT / "tools" / "house.py"

SMALL = {
    "__init__.py": "",
    "__main__.py": "from small.cli import main\n",
    "py.typed": "",
    "notes.md": "no module",
    "_models/weights.py": "",
    "errors.py": "class Fault(Exception): ...\n",
    "cli.py": "from small import errors\nfrom small.rooms import first\n\n\ndef main(one):\n    import os  # noqa\n",
    "rooms/__init__.py": "",
    "rooms/first.py": "from . import second\n\n\ndef main(): ...\ndef _main(): ...\n",
    "rooms/second.py": "from small.rooms import first\nimport small.errors\ntext = '# noqa'\n[one for one in text]\n",
    "folder/readme.txt": "no package",
}


def small(folder: Path) -> Path:
    """Write the small package."""
    for name, text in SMALL.items():
        path = folder / "small" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "small"


def test_a_small_package_is_counted(tmp_path: Path) -> None:
    """Every figure, against what can be counted by hand."""
    package = small(tmp_path)
    assert entries(package) == ["cli", "errors", "rooms"]
    found = figures(package)
    assert (found.entries, found.files, found.lines) == (
        3,
        8,
        sum(t.count("\n") for n, t in SMALL.items() if ".py" in n),
    )
    assert (found.imports_in_functions, found.noqa, found.vague_variables) == (1, 1, 2)
    assert names_twice(modules_of(package)) == {"main": 2}


def test_modules_that_import_each_other_are_one_step(tmp_path: Path) -> None:
    """The longest way goes through the circle once, and ends."""
    arrows = arrows_of(modules_of(small(tmp_path)))
    assert arrows["small.rooms.first"] == {"small.rooms.second"}
    assert arrows["small.rooms.second"] == {"small.rooms.first", "small.errors"}
    assert longest_chain(arrows) == ["small.__main__", "small.cli", "small.rooms.first", "small.errors"]


def test_the_top_of_the_package_is_taken_in_at_a_glance() -> None:
    """No more than sixteen modules and packages at the top."""
    assert len(entries(PACKAGE)) <= 16, entries(PACKAGE)


def test_a_name_stands_for_one_thing() -> None:
    """No module, package, public class or function has another's name, and every variable says what it holds."""
    assert names_twice(modules_of(PACKAGE)) == {}
    assert figures(PACKAGE).vague_variables == 0


def test_the_script_prints_the_figures_and_refuses_what_is_no_package(tmp_path: Path) -> None:
    """As it is called: with no argument, with --names, for help, and on a folder without a package."""
    runs = [["--names"], ["--help"], [str(tmp_path)]]
    named, told, refused = (
        subprocess.run([sys.executable, SCRIPT, *given], capture_output=True, text=True) for given in runs
    )
    assert f"entries{len(entries(PACKAGE)):22}" in named.stdout
    assert "longest chain:\n  posturecam." in named.stdout
    assert (named.returncode, told.returncode, refused.returncode) == (0, 0, 2)
    assert "--names" in told.stdout
    assert "is no package: give a folder with an __init__.py" in refused.stderr
    assert "Traceback" not in refused.stderr
