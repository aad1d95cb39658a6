"""The page on the architecture tells what there is: the rooms in their order, files and functions by their names."""

import ast
import re

import pytest
from tools.architecture import PAGE, between, drawing, order, told_of
from tools.house import PACKAGE

from test_structure import ORDER

NAMED = re.compile(r"`([a-z_/]+\.py)(?::(\w+))?`")
TEXT = PAGE.read_text(encoding="utf-8")
PLACES = sorted(
    {place for place in NAMED.findall(TEXT) if "/" in place[0] and not place[0].startswith(("tests/", "tools/"))}
)


def test_the_rooms_stand_in_the_order_of_the_imports() -> None:
    """The table, from top to bottom, is the order that the imports keep."""
    assert order() == [room for room in ORDER if room != "__main__"]


@pytest.mark.parametrize(("file", "function"), PLACES, ids=[":".join(place).rstrip(":") for place in PLACES])
def test_what_the_page_names_is_there(file: str, function: str) -> None:
    """Each step of the way is where the page says."""
    names = {
        node.name
        for node in ast.walk(ast.parse((PACKAGE / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert not function or function in names


def test_the_drawing_shows_every_room_with_what_it_says_of_itself() -> None:
    """Names and first lines; an arrow for each pair of rooms of which one imports the other."""
    arrows = between(PACKAGE)
    text = drawing(order(), arrows)
    assert all(f">{room}</text>" in text for room in order())
    assert "The photo, and what it tells beside the body." in text
    assert told_of("picture") == "The photo, and what it tells beside the body."
    assert arrows["measures", "body"] > 0
    assert text.count("stroke-opacity") == len(arrows)
