"""Points set by hand in a real Chromium: the number changes by the known amount, at once; undo and reset undo it."""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from calibration.covers import COVERS, head_of
from PIL import Image

from page_support import Served, chromium, measured, serving, tab
from posturecam.body import View
from posturecam.picture.photo import read
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder
from repository import ROOT, SAMPLES

pytestmark = pytest.mark.slow
STICKERS = ROOT / "calibration" / "stickers" / "photos"
ASIS = ("left_asis", "right_asis")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for all tests."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests."""
    with serving(tmp_path_factory.mktemp("page")) as found:
        yield found


@pytest.fixture
def page(browser: Any, served: Served) -> Iterator[Any]:
    """The report of a photo, its points ready to be moved."""
    with tab(browser, served, viewport={"width": 1280, "height": 1000}) as found:
        measured(found, served, SAMPLES / "front.jpg")
        found.click("#edit")
        found.wait_for_selector(".handle")
        yield found


def truth(name: str) -> tuple[float, float]:
    """Where a point of the sample really lies, pixels."""
    images = json.loads((SAMPLES / "truth.json").read_text())["images"]
    side, _, part = name.partition("_")
    x, y = next(one for one in images if one["file"] == "front.jpg")["points2d"][f"{part}.{side[0].upper()}"]
    return float(x), float(y)


def on_screen(page: Any, at: tuple[float, float]) -> tuple[float, float]:
    """Where a point of the photo lies in the window."""
    x, y = page.evaluate(
        """([x, y]) => {
            const matrix = document.querySelector('.canvas').getScreenCTM();
            const at = new DOMPoint(x, y).matrixTransform(matrix);
            return [at.x, at.y];
        }""",
        list(at),
    )
    return float(x), float(y)


def placed(page: Any, name: str) -> tuple[float, float]:
    """Where a handle lies, pixels of the photo."""
    handle = page.locator(f".handle[data-name={name}]")
    return float(handle.get_attribute("data-x")), float(handle.get_attribute("data-y"))


def set_point(page: Any, name: str, at: tuple[float, float]) -> None:
    """Choose a further point and click where it lies."""
    page.select_option("#spot", name)
    page.click("#set")
    page.mouse.move(*on_screen(page, at))
    assert page.locator(".loupe").is_visible()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_selector(f".handle.hand[data-name={name}]")


def tilt(page: Any) -> float:
    """What plain geometry says of the two front pelvic points, degrees, + = left higher."""
    left, right = (placed(page, name) for name in ASIS)
    return math.degrees(math.atan2(right[1] - left[1], left[0] - right[0]))


def shown_tilt(page: Any) -> float:
    """What the table says of them."""
    words = " ".join(page.inner_text("section.numbers").split())
    told = re.search(r"(left|right) side of the pelvis ([\d.]+)° higher, placed by hand", words)
    assert told, words
    return float(told[2]) * (1 if told[1] == "left" else -1)


def test_a_dragged_point_changes_the_number_by_the_known_amount(page: Any) -> None:
    """Front pelvic points, where they are, give the true obliquity; one dragged up by 12 pixels adds atan(12 / d)."""
    for name in ASIS:
        set_point(page, name, truth(name))
    page.wait_for_selector("#changes:has-text('could not be measured before')")
    before = tilt(page)
    assert shown_tilt(page) == pytest.approx(before, abs=0.06)
    assert before == pytest.approx(4.94, abs=0.4)
    start = placed(page, "left_asis")
    page.mouse.move(*on_screen(page, start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, (start[0], start[1] - 6)), steps=3)
    page.mouse.move(*on_screen(page, (start[0], start[1] - 12)), steps=3)
    page.mouse.up()
    after = tilt(page)
    assert after - before == pytest.approx(
        math.degrees(math.atan2(12, start[0] - placed(page, "right_asis")[0])), abs=0.6
    )
    settle(page)
    assert shown_tilt(page) == pytest.approx(after, abs=0.06)
    page.click("#undo")
    settle(page)
    assert shown_tilt(page) == pytest.approx(before, abs=0.06)


def settle(page: Any) -> None:
    """Wait until what was sent last is answered and shown."""
    page.wait_for_selector("figure.shot:not([aria-busy]):not([hidden])")


def test_points_are_moved_by_keys_and_given_back(page: Any) -> None:
    """Arrows move by one pixel, with Shift by ten; Delete, undo and reset bring the program's own numbers back."""
    before = page.inner_text("#rest")
    start = placed(page, "left_hip")
    page.focus(".handle[data-name=left_hip]")
    assert page.locator(".loupe").is_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert placed(page, "left_hip") == pytest.approx((start[0] - 1, start[1] - 11))
    settle(page)
    assert "partly placed by hand" in page.inner_text("section.numbers")
    assert "placed by hand" in page.get_attribute(".handle[data-name=left_hip]", "aria-label")
    page.keyboard.press("Delete")
    settle(page)
    assert page.inner_text("#rest") == before
    page.keyboard.press("Control+z")
    settle(page)
    assert "partly placed by hand" in page.inner_text("section.numbers")
    page.click("#reset")
    settle(page)
    assert page.inner_text("#rest") == before
    assert page.locator("#reset").is_disabled()


def test_a_further_point_is_set_by_keys_alone(page: Any) -> None:
    """It waits, not counted, until Enter sets it; Escape lets it go."""
    before = page.inner_text("#rest")
    for key, count in (("Escape", 0), ("Enter", 1)):
        page.select_option("#spot", "left_acromion")
        page.focus("#set")
        page.keyboard.press("Enter")
        page.wait_for_selector(".handle.pending")
        page.keyboard.press("Shift+ArrowRight")
        settle(page)
        assert page.inner_text("#rest") == before
        page.keyboard.press(key)
        assert page.locator(".handle.hand").count() == count
    settle(page)
    assert page.inner_text("#rest") != before


def test_placed_points_are_kept_and_come_back(page: Any, served: Served) -> None:
    """In the records, in the report that is taken home, and when the exam is opened again."""
    for name in ASIS:
        set_point(page, name, truth(name))
    settle(page)
    told = shown_tilt(page)
    page.click("#edit")
    page.wait_for_selector("g.lines text:has-text('by hand')", state="attached")
    page.click("#keep-open")
    page.fill("#keep-person", "Placed")
    page.click("#keep-do")
    page.wait_for_selector("#said:not([hidden])")
    page.click("#whose a")
    page.wait_for_url("**/person?*")
    page.click(".exams a")
    page.wait_for_url("**/exams/record-*")
    assert shown_tilt(page) == told
    page.click("#edit")
    page.wait_for_selector(".handle.hand")
    assert page.locator(".handle.hand").count() == 2
    report = served.ask(f"{page.url.removeprefix(served.origin)}/files/report.html")[2].decode()
    assert "placed by hand" in report


BAD = (
    [{"name": "left_tail", "x": 1, "y": 1}],
    [{"name": "left_hip", "x": "far", "y": 1}],
    [{"name": "left_hip", "x": 1e9, "y": 1}],
    [{"name": "left_hip", "x": 1, "y": 1, "error_px": 0}],
    [{"name": "left_hip", "x": 1, "y": 1}] * 2,
    [{"name": "left_hip", "x": 1, "y": 1}] * 999,
    {"left_hip": [1, 1]},
    [7],
)


def test_points_that_cannot_be_are_refused(page: Any, served: Served) -> None:
    """In words, and nothing of the report changes."""
    address = f"{page.url.removeprefix(served.origin)}/photos/1/points"
    before = served.ask(address)[2]
    for points in BAD:
        status, _, body = served.ask(address, "PUT", json.dumps({"points": points}).encode())
        assert status == 400
        assert json.loads(body)["error"]
    assert served.ask(address)[2] == before
    assert served.ask(address.replace("photos/1", "photos/9"))[0] == 404


def stuck() -> dict[str, tuple[float, float]]:
    """Where the stickers of a rendered person are, by the name of their point."""
    found = json.loads((STICKERS / "truth.json").read_text())["images"]
    return {name: (at[0], at[1]) for name, at in found[0]["stickers2d"].items()}


def test_one_click_finds_all_stickers(browser: Any, served: Served) -> None:
    """Named, with a small error of their own; a wrong one is dragged or deleted; undo takes all of them back."""
    with tab(browser, served, viewport={"width": 1280, "height": 1000}) as page:
        measured(page, served, STICKERS / "sticker_00_front.jpg")
        page.click("#edit")
        page.wait_for_selector(".handle")
        true = stuck()
        page.click("#stickers")
        page.mouse.click(*on_screen(page, true["left_asis"]))
        page.wait_for_selector(".handle.sticker")
        settle(page)
        names = page.evaluate("[...document.querySelectorAll('.handle.sticker')].map((one) => one.dataset.name)")
        assert len(names) >= 0.6 * len(true)
        assert set(ASIS) <= set(names)
        for name in names:
            assert placed(page, name) == pytest.approx(true[name], abs=2.0)
        assert f"{len(names)} stickers found and named" in page.inner_text("#point-said")
        assert "side of the pelvis" in page.inner_text("section.numbers")
        assert "higher, sticker" in page.inner_text("section.numbers")
        page.focus(".handle[data-name=left_asis]")
        page.keyboard.press("ArrowUp")
        settle(page)
        assert page.locator(".handle.sticker").count() + page.locator(".handle.hand").count() == len(names)
        page.focus(".handle[data-name=right_asis]")
        page.keyboard.press("Delete")
        assert page.locator(".handle.sticker[data-name=right_asis]").count() == 0
        for _ in range(3):
            page.click("#undo")
        settle(page)
        assert page.locator(".handle.sticker, .handle.hand").count() == 0
        assert "sticker" not in page.inner_text("section.numbers")


def test_a_click_beside_the_stickers_says_so(page: Any) -> None:
    """Nothing is found and nothing changes; a grey spot is refused in words."""
    before = page.inner_text("#rest")
    page.click("#stickers")
    page.keyboard.press("Escape")
    assert page.locator(".handle.pending").count() == 0
    page.click("#stickers")
    page.mouse.click(*on_screen(page, (20.0, 20.0)))
    page.wait_for_selector("#point-said:has-text('No round stickers'), #point-trouble:not([hidden])")
    assert page.inner_text("#rest") == before


def test_a_view_that_is_not_sure_is_asked_with_two_buttons(
    browser: Any, served: Served, finder: Finder, tmp_path: Path
) -> None:
    """A back in a bright gown, a box over its head: no side is named until the button is pressed."""
    photo = read(SAMPLES / "back.jpg")
    points = finder.find(photo, FinderOptions(passes=2)).pose.mean
    pixels = COVERS["boxed"](photo.pixels, head_of(points), View.BACK, np.random.default_rng(4))
    shoulders, knees = points[[12, 11]].astype(int), points[[25, 26]].mean(axis=0).astype(int)
    left, right = sorted(shoulders[:, 0])
    pixels[shoulders[1, 1] : knees[1], left - 5 : right + 5] = (200, 60, 160)
    Image.fromarray(pixels).save(tmp_path / "boxed.png")
    with tab(browser, served, viewport={"width": 1280, "height": 1000}) as page:
        measured(page, served, tmp_path / "boxed.png")
        assert [button.inner_text() for button in page.locator("[data-called]").all()] == [
            "Seen from the front",
            "Seen from behind",
        ]
        assert "Say which it is" in page.inner_text("main")
        assert "--view" not in page.inner_text("body")
        page.click("[data-called=back]")
        page.wait_for_selector("[data-called]", state="detached")
        assert "seen from behind" in page.inner_text("figcaption")
