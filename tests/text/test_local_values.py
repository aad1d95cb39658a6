"""Numbers, views and days as they are written in German."""

from collections.abc import Iterator

import pytest

from posturecam.batch.path_template import compiled
from posturecam.body import View
from posturecam.cli.spoken_help import plain_values
from posturecam.text.language import choose


@pytest.fixture
def german() -> Iterator[None]:
    """Speak German for the length of a test."""
    choose("de")
    yield
    choose("en")


LINE = ["--height", "172,5", "--roll=-1,5", "--view", "vorne", "--date", "5.3.2024", "--", "--height", "1,5"]


@pytest.mark.usefixtures("german")
def test_german_values_are_read() -> None:
    """Wherever an option takes a number, a view or a day; and only there."""
    plain = ["--height", "172.5", "--roll=-1.5", "--view", "front", "--date", "2024-03-05", "--", "--height", "1,5"]
    assert plain_values(LINE) == plain
    assert plain_values(["--view=Hinten", "--view", "links", "--since", "31.12.2023"]) == [
        "--view=back", "--view", "left", "--since", "2023-12-31",
    ]  # fmt: skip
    for odd in (
        ["--height"],
        ["--height", "1.234,5"],
        ["--view", "oben"],
        ["--plumb", "1,2,3,4"],
        ["--note", "5.3.2024"],
    ):
        assert plain_values(odd) == odd


def test_english_values_stay() -> None:
    """There 172,5 may be anything."""
    choose("en")
    assert plain_values(LINE) == LINE


@pytest.mark.usefixtures("german")
def test_paths_in_german_are_read() -> None:
    """Days without leading zeros, views in German words; English ones still."""
    pattern = compiled("{person}/{date}_{view}")
    said = pattern.read("Anna/5.3.2024_vorne.jpg")
    assert said is not None
    assert (said.person, said.date, said.view) == ("Anna", "2024-03-05", View.FRONT)
    other = pattern.read("Anna/2024-03-05_BACK.jpg")
    assert other is not None
    assert other.view is View.BACK
    assert pattern.read("Anna/5.13.2024_vorne.jpg") is None
