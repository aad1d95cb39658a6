"""How the code is built, in figures: rooms, files, lines, how deep imports go, names that stand for two things.

python tools/house.py                        # of src/posturecam
python tools/house.py OTHER/src/posturecam   # of another copy, to compare
python tools/house.py --names                # and the names behind the figures
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import tokenize
from collections import Counter
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "posturecam"
NOT_COUNTED = {"py.typed", "_models"}
NOQA = re.compile(r"#\s*noqa\b", re.IGNORECASE)
VAGUE = "one"
"""The name of a variable that says nothing of what it holds."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Figures:
    """What is counted of one package."""

    entries: int
    """Modules and packages at the top; dunder files, ``py.typed`` and ``_models`` are not counted."""
    files: int
    """Python files."""
    lines: int
    """Lines of the Python files."""
    import_depth: int
    """Modules on the longest chain of imports within the package; modules that import each other count as one step."""
    imports_in_functions: int
    """Import statements inside functions."""
    noqa: int
    """Comments that silence the linter."""
    names_twice: int
    """Public names that more than one module, package, class or function at the top of a module has."""
    vague_variables: int
    """Bindings and parameters called ``one``."""

    def __str__(self) -> str:
        """One line for each figure."""
        return "\n".join(f"{field.name.replace('_', ' '):22}{getattr(self, field.name):7}" for field in fields(self))


@dataclass(frozen=True)
class Module:
    """One source file, by the name under which it is imported (``posturecam.picture.lens``)."""

    name: str
    text: str
    is_package: bool

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed text."""
        return ast.parse(self.text)

    def imports(self, names: Iterable[str]) -> set[str]:
        """Which of the modules ``names`` are imported, wherever in the file that stands."""
        known, found = set(names), set[str]()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                home = self._home(node)
                for alias in node.names:
                    inside = f"{home}.{alias.name}"
                    found.add(inside if inside in known else home)
        return (found & known) - {self.name}

    def _home(self, node: ast.ImportFrom) -> str:
        """Name the module that an import takes names from; relative ones are resolved."""
        parts = self.name.split(".")
        start = parts[: len(parts) - node.level + self.is_package] if node.level else []
        return ".".join([*start, *([node.module] if node.module else [])])

    def public_names(self) -> Iterator[str]:
        """Yield the module's own last name, and its public classes and functions; dunder modules have none."""
        own = [self.name.rpartition(".")[2]] if "." in self.name else []
        defined = [node.name for node in self.tree.body if isinstance(node, ast.ClassDef | Function)]
        yield from (name for name in {*own, *defined} if not name.startswith("_"))

    def imports_in_functions(self) -> int:
        """Count the import statements inside functions."""
        inside = {
            id(node)
            for function in ast.walk(self.tree)
            if isinstance(function, Function)
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        return len(inside)

    def noqa(self) -> int:
        """Count the comments that silence the linter."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return sum(token.type == tokenize.COMMENT and NOQA.search(token.string) is not None for token in tokens)

    def vague_variables(self) -> int:
        """Count the bindings and parameters called ``one``."""
        nodes = list(ast.walk(self.tree))
        bound = sum(
            isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == VAGUE for node in nodes
        )
        return bound + sum(isinstance(node, ast.arg) and node.arg == VAGUE for node in nodes)


def modules_of(package: Path) -> tuple[Module, ...]:
    """Read every source file of a package, in the order of their paths."""
    found = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(Module(name, path.read_text(encoding="utf-8"), is_package))
    return tuple(found)


def entries(package: Path) -> list[str]:
    """List the modules and packages at the top."""
    shown = (path for path in package.iterdir() if path.name not in NOT_COUNTED and not path.name.startswith("__"))
    return sorted(path.stem for path in shown if path.suffix == ".py" or (path / "__init__.py").exists())


def circles(arrows: Mapping[str, set[str]]) -> list[set[str]]:
    """Group the modules that import each other (Tarjan); what is imported stands before who imports it."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[set[str]] = []

    def visit(module: str) -> None:
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in sorted(arrows[module]):
            if other not in number:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], number[other])
        if low[module] == number[module]:
            place = stack.index(module)
            groups.append(set(stack[place:]))
            del stack[place:]

    for module in sorted(arrows):
        if module not in number:
            visit(module)
    return groups


def longest_chain(arrows: Mapping[str, set[str]]) -> list[str]:
    """Give the longest chain of imports, the module that imports first; of each circle one module."""
    best: dict[str, list[str]] = {}
    for group in circles(arrows):
        beyond = {other for module in group for other in arrows[module]} - group
        after = max((best[other] for other in sorted(beyond)), key=len, default=[])
        best |= {module: [min(group), *after] for module in group}
    return max(best.values(), key=len, default=[])


def arrows_of(modules: Iterable[Module]) -> dict[str, set[str]]:
    """Give for each module what it imports of the package."""
    known = {module.name: module for module in modules}
    return {name: module.imports(known) for name, module in known.items()}


def names_twice(modules: Iterable[Module]) -> dict[str, int]:
    """Give the public names that stand for more than one thing, each with how many."""
    counted = Counter(name for module in modules for name in module.public_names())
    return {name: count for name, count in sorted(counted.items()) if count > 1}


def figures(package: Path) -> Figures:
    """Count a package."""
    modules = modules_of(package)
    return Figures(
        entries=len(entries(package)),
        files=len(modules),
        lines=sum(module.text.count("\n") for module in modules),
        import_depth=len(longest_chain(arrows_of(modules))),
        imports_in_functions=sum(module.imports_in_functions() for module in modules),
        noqa=sum(module.noqa() for module in modules),
        names_twice=len(names_twice(modules)),
        vague_variables=sum(module.vague_variables() for module in modules),
    )


def main() -> None:
    """Print the figures of a package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", nargs="?", type=Path, default=PACKAGE, help="the package's folder")
    parser.add_argument(
        "--names", action="store_true", help="print the entries, the longest chain, the names used twice"
    )
    given = parser.parse_args()
    package: Path = given.package.resolve()
    if not (package / "__init__.py").exists():
        parser.error(f"{given.package} is no package: give a folder with an __init__.py, such as src/posturecam")
    print(figures(package))
    if given.names:
        modules = modules_of(package)
        print("\nentries:", *entries(package))
        print("\nlongest chain:", *longest_chain(arrows_of(modules)), sep="\n  ")
        print("\nnames used twice:", *(f"{name} ({count})" for name, count in names_twice(modules).items()), sep="\n  ")


if __name__ == "__main__":
    main()
