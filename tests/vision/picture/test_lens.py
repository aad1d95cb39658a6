"""Distance, perspective, light and sharpness; the lens itself and its board."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from posturecam.cli import app
from posturecam.cli.live_command import told_cameras
from posturecam.errors import PhotoError, SettingsError
from posturecam.knowledge import load
from posturecam.page.app_state import AppState
from posturecam.page.requests import settings_asked
from posturecam.picture.lens import distance_m, too_near
from posturecam.picture.lens.board import PAPERS_MM, board_picture
from posturecam.picture.lens.calibration import calibrate, find_corners
from posturecam.picture.lens.hanging import find_board
from posturecam.picture.lens.profile import CameraProfile, profile_bytes, read_profile, straightened
from posturecam.picture.photo import Photo, from_pixels, read
from posturecam.picture.scale import SPAN
from posturecam.pipeline.assessment import Settings, assess
from posturecam.poses.detection import FinderOptions, PoseResult
from posturecam.poses.quality import check_picture, faults_of
from posturecam.poses.synthetic import Figure, pose_of_figure

if TYPE_CHECKING:
    from pathlib import Path

FIGURE = Figure(height_px=700.0)


class Drawn:
    """A finder that finds the figure in every photo."""

    def find(self, photo: Photo, sought: FinderOptions | None = None) -> PoseResult:  # noqa: ARG002
        """Find it."""
        return PoseResult(pose_of_figure(FIGURE), np.array([[100.0, 50.0, 600.0, 1000.0]]), 0)


def textured(mean: float = 120.0, spread: float = 60.0) -> Photo:
    """A picture with sharp edges all over the body."""
    board = np.indices((1024, 768)).sum(axis=0) // 16 % 2
    return from_pixels(np.clip(mean + spread * (board - 0.5), 0, 255).astype(np.uint8)[..., None].repeat(3, axis=2))


def test_the_distance_follows_from_the_focal_length() -> None:
    """A person of 170 cm, 700 pixels from ankles to eyes."""
    pose = pose_of_figure(FIGURE)
    far = distance_m(1400.0, pose, 170.0)
    assert far is not None
    span_m = next(iter(SPAN.values())) * 1.70
    assert far[0] == pytest.approx(2.0 * span_m)
    assert distance_m(None, pose) is None
    usual = distance_m(1400.0, pose)
    assert usual is not None
    assert usual[1] > far[1]


def test_a_photo_from_too_near_is_warned_about() -> None:
    """From 1.2 m, and not from 3 m, and not where the focal length is unknown."""
    pose = pose_of_figure(FIGURE)
    assert "m away" in str(too_near(600.0, pose))
    assert too_near(1500.0, pose) is None
    assert too_near(None, pose) is None


def test_the_note_reaches_the_story() -> None:
    """What is wrong with the photo stands among the notes."""
    told = assess(replace(textured(), focal_px=600.0), Drawn(), Settings(), load())
    assert any("Step back" in str(note) for note in told.notes)


def test_exif_gives_the_focal_length_upright_or_not(tmp_path: Path) -> None:
    """26 mm on film: 26/43.27 of the diagonal, whatever the orientation; nonsense is ignored."""
    image = Image.new("RGB", (400, 300), "grey")
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA405] = 26
    exif[0x0112] = 6
    image.save(tmp_path / "phone.jpg", exif=exif)
    photo = read(tmp_path / "phone.jpg")
    assert photo.size_px == (300, 400)
    assert photo.focal_px == pytest.approx(26 / 43.27 * 500)
    assert photo.mirrored().focal_px == photo.focal_px
    exif.get_ifd(0x8769)[0xA405] = 0
    image.save(tmp_path / "none.jpg", exif=exif)
    assert read(tmp_path / "none.jpg").focal_px is None


WHOLE, FULL = (4000, 3000), 26 / 43.27 * 5000
EXIF_SIZES: dict[str, tuple[tuple[int, int], tuple[int, int], float | None]] = {
    "the whole picture": (WHOLE, WHOLE, FULL),
    "made smaller": ((1200, 1600), WHOLE, FULL * 0.4),
    "cut to the person": ((1500, 2900), WHOLE, FULL),
    "cut on one side": ((3000, 3000), WHOLE, FULL),
    "cut, and the size in EXIF written anew": ((1250, 2900), (1250, 2900), None),
    "cut, and no size in EXIF": ((1250, 2900), (0, 0), None),
    "of a usual shape, and no size in EXIF": ((1600, 1200), (0, 0), FULL * 0.4),
    "larger than the camera's and of another shape": ((9000, 3000), WHOLE, None),
}


@pytest.mark.parametrize(("size", "named", "focal"), EXIF_SIZES.values(), ids=EXIF_SIZES)
def test_exif_that_no_longer_fits_the_picture(
    tmp_path: Path, size: tuple[int, int], named: tuple[int, int], focal: float | None
) -> None:
    """A picture cut out of a photo keeps the photo's focal length in pixels, or has none that is known."""
    exif = Image.Exif()
    taken = exif.get_ifd(0x8769)
    taken[0xA405] = 26
    if min(named):
        taken[0xA002], taken[0xA003] = named
    Image.new("L", size, "grey").save(tmp_path / "phone.jpg", exif=exif)
    assert read(tmp_path / "phone.jpg").focal_px == (None if focal is None else pytest.approx(focal))


def test_a_cropped_phone_photo_is_not_told_to_step_back(tmp_path: Path) -> None:
    """Taken from 3 m, then cut to the person: not "only about 1.3 m away"."""
    exif = Image.Exif()
    taken = exif.get_ifd(0x8769)
    taken[0xA405], taken[0xA002], taken[0xA003] = 26, 4032, 3024
    Image.new("L", (720, 1500), "grey").save(tmp_path / "cut.jpg", exif=exif)
    photo = read(tmp_path / "cut.jpg")
    pose = pose_of_figure(Figure(size_px=(720, 1500), height_px=1400.0))
    far = distance_m(photo.focal_px, pose)
    assert far is not None
    assert far[0] == pytest.approx(3.25, abs=0.1)
    assert too_near(photo.focal_px, pose) is None


PICTURES: dict[str, tuple[Any, str]] = {
    "dark": (textured(20.0, 15.0), "dark"),
    "overexposed": (textured(250.0, 20.0), "overexposed"),
    "flat": (textured(120.0, 4.0), "stands out"),
    "blurred": (from_pixels(cv2.GaussianBlur(textured().pixels, (0, 0), 5.0)), "blurred"),
}


@pytest.mark.parametrize(("photo", "word"), PICTURES.values(), ids=PICTURES)
def test_bad_light_and_blur_are_said(photo: Photo, word: str) -> None:
    """One sentence that says what to change."""
    (said,) = faults_of(photo, pose_of_figure(FIGURE))
    assert word in str(said)


def test_a_good_picture_is_left_alone() -> None:
    """Sharp and well lit; and no verdict where there is next to nothing of the body."""
    assert faults_of(textured(), pose_of_figure(FIGURE)) == ()
    assert check_picture(textured(), pose_of_figure(replace(FIGURE, height_px=5.0))) == ()


def test_doctor_checks_a_photo(samples: Path) -> None:
    """One line for each thing; a photo that is not there is one line too."""
    done = CliRunner().invoke(app, ["doctor", "--photo", str(samples / "front.jpg")])
    assert done.exit_code == 0, done.output
    for name in ("people", "frame", "size", "turn", "level", "distance", "light", "sharpness", "outline"):
        assert f"  {name}: " in done.output
    assert CliRunner().invoke(app, ["doctor", "--photo", "nowhere.jpg"]).exit_code == 2


TRUE = CameraProfile((1600, 1200), 1500.0, (812.0, 590.0), -0.12, 0.05)


def distorted(camera: CameraProfile, points: Any) -> Any:
    """Where the lens shows ideal points (..., 2), pixels: the other way round than straighten."""
    ideal = (points - np.array(camera.center_px)) / camera.focal_px
    square = (ideal**2).sum(axis=-1, keepdims=True)
    return ideal * (1 + camera.k1 * square + camera.k2 * square**2) * camera.focal_px + np.array(camera.center_px)


def photographed(camera: CameraProfile, turn: tuple[float, float, float], at_mm: tuple[float, float, float]) -> Photo:
    """A photo of the board, rendered pixel by pixel through the distorted lens."""
    width, height = camera.size_px
    grid = np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1)
    rays = (camera.straighten(grid) - np.array(camera.center_px)) / camera.focal_px
    rays = np.concatenate([rays, np.ones((*rays.shape[:2], 1))], axis=-1)
    rotation, middle = cv2.Rodrigues(np.radians(turn))[0], np.array([87.5, 112.5, 0.0])
    shift = np.array(at_mm) - rotation @ middle
    depth = (rotation[:, 2] @ shift) / (rays @ rotation[:, 2])
    on_board = (rays * depth[..., None] - shift) @ rotation
    board = cv2.copyMakeBorder(board_picture(), 100, 100, 100, 100, cv2.BORDER_CONSTANT, value=255)
    board = cv2.GaussianBlur(board, (0, 0), 2.5)
    maps = (on_board[..., :2] * 10.0 + 99.5).astype(np.float32)
    seen = cv2.remap(board, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderValue=150)
    return from_pixels(np.repeat(seen[..., None], 3, axis=2), f"board {turn}")


PLACES = [
    ((25, 0, 0), (0, 0, 520)),
    ((-28, 5, 3), (60, 20, 540)),
    ((0, 30, -4), (-90, 30, 560)),
    ((3, -32, 90), (120, -30, 560)),
    ((20, 20, 45), (-110, -60, 560)),
    ((-20, 25, 88), (-120, 75, 580)),
    ((22, -24, -80), (110, 80, 600)),
    ((-15, -20, 10), (150, 20, 620)),
]


@pytest.fixture(scope="module")
def board_photos() -> list[Photo]:
    """Eight photos of the board, tilted every way."""
    return [photographed(TRUE, turn, at) for turn, at in PLACES]


@pytest.mark.slow
def test_the_camera_is_found_again(board_photos: list[Photo]) -> None:
    """Focal length within 1 %, straightened points within half a pixel over the frame, reprojection within 0.3."""
    made = calibrate(board_photos)
    assert made.without == ()
    assert made.profile.focal_px == pytest.approx(TRUE.focal_px, rel=0.01)
    assert made.profile.error_px < 0.3
    grid = np.stack(np.meshgrid(np.linspace(0, 1600, 17), np.linspace(0, 1200, 13)), axis=-1)
    rays = [(one.straighten(grid) - np.array(one.center_px)) / one.focal_px for one in (made.profile, TRUE)]
    apart = np.linalg.norm(_aligned(*rays), axis=-1) * TRUE.focal_px
    assert apart.max() < 0.5
    assert "#" in made.map


def _aligned(here: Any, there: Any) -> Any:
    """Difference of two fields of rays but for a small turn of the whole camera and a scale, which no photo shows."""
    x, y = there[..., 0].ravel(), there[..., 1].ravel()
    one, none = np.ones_like(x), np.zeros_like(x)
    columns = [np.r_[one, none], np.r_[none, one], np.r_[x, y], np.r_[-y, x], np.r_[x * x, x * y], np.r_[x * y, y * y]]
    difference = np.r_[(here - there)[..., 0].ravel(), (here - there)[..., 1].ravel()]
    known = np.stack(columns, axis=1)
    left = difference - known @ np.linalg.lstsq(known, difference, rcond=None)[0]
    return left.reshape(2, *here.shape[:2]).transpose(1, 2, 0)


@pytest.mark.slow
def test_too_few_or_blurred_or_no_boards_are_refused_with_advice(board_photos: list[Photo]) -> None:
    """What is missing is said."""
    blurred = [from_pixels(cv2.GaussianBlur(one.pixels, (0, 0), 25.0)) for one in board_photos]
    for photos in (board_photos[:3], blurred, [textured()] * 8):
        with pytest.raises(SettingsError, match="Take 8 to 12 sharp ones"):
            calibrate(photos)


@pytest.mark.slow
def test_photos_that_are_alike_or_of_several_sizes_are_refused(board_photos: list[Photo]) -> None:
    """Eight times the same photo knows nothing of the lens."""
    with pytest.raises(SettingsError, match=r"corners were seen|too alike"):
        calibrate(board_photos[:1] * 8)
    with pytest.raises(SettingsError, match="different sizes"):
        calibrate([*board_photos, textured()])


def test_straightening_undoes_the_lens() -> None:
    """To a thousandth of a pixel, over the whole frame."""
    grid = np.stack(np.meshgrid(np.linspace(0, 1600, 9), np.linspace(0, 1200, 7)), axis=-1)
    assert np.abs(TRUE.straighten(distorted(TRUE, grid)) - grid).max() < 1e-3


def test_a_profile_is_scaled_to_the_same_shape_and_refused_for_another() -> None:
    """Half the pixels, half the focal length; a photo held upright is another shape."""
    half = TRUE.fitted((800, 600))
    assert half.focal_px == 750.0
    np.testing.assert_allclose(half.straighten(np.array([100.0, 80.0])) * 2, TRUE.straighten(np.array([200.0, 160.0])))
    with pytest.raises(PhotoError, match="another shape"):
        TRUE.fitted((1200, 1600))


def test_straightened_poses_mirror_exactly() -> None:
    """The mirror image through the mirrored profile."""
    pose, lens = pose_of_figure(FIGURE), replace(TRUE, size_px=(768, 1024), center_px=(380.0, 520.0))
    here, there = straightened(pose, lens).mirrored(), straightened(pose.mirrored(), lens.mirrored())
    np.testing.assert_allclose(here.points, there.points, atol=1e-9)


def test_a_profile_comes_back_from_its_file(tmp_path: Path) -> None:
    """As it was; anything else is refused in one line."""
    (tmp_path / "phone.json").write_bytes(profile_bytes(TRUE))
    assert read_profile(tmp_path / "phone.json") == TRUE
    for wrong in ("", "[]", "{}", '{"schema": "posturecam/camera/1", "size_px": [1]}'):
        (tmp_path / "wrong.json").write_text(wrong)
        with pytest.raises(SettingsError, match="not a camera profile"):
            read_profile(tmp_path / "wrong.json")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_profile(tmp_path / "nowhere.json")


def test_a_profile_takes_the_distortion_out_of_the_story() -> None:
    """The points that are measured are the straightened ones; a profile of another shape is refused."""
    lens = replace(TRUE, size_px=(768, 1024), center_px=(380.0, 520.0))
    told = assess(textured(), Drawn(), Settings(camera=lens), load())
    np.testing.assert_allclose(told.pose.points, lens.straighten(pose_of_figure(FIGURE).points))
    mirrored = assess(textured(), Drawn(), Settings(camera=lens, mirrored=True), load())
    np.testing.assert_allclose(mirrored.pose.points, lens.mirrored().straighten(pose_of_figure(FIGURE).points))
    with pytest.raises(PhotoError, match="another shape"):
        assess(textured(), Drawn(), Settings(camera=TRUE), load())


@pytest.mark.parametrize("paper", PAPERS_MM)
def test_the_board_is_true_to_size(paper: str, tmp_path: Path) -> None:
    """The page's own size in millimetres, as PNG and as PDF, and the board on it can be found."""
    width, height = PAPERS_MM[paper]
    for name in ("board.png", "board.pdf"):
        done = CliRunner().invoke(app, ["calibrate", "board", "--out", str(tmp_path / name), "--paper", paper])
        assert done.exit_code == 0, done.output
    with Image.open(tmp_path / "board.png") as page:
        assert page.width / page.info["dpi"][0] * 25.4 == pytest.approx(width, abs=0.05)
        assert page.height / page.info["dpi"][1] * 25.4 == pytest.approx(height, abs=0.05)
        seen = find_corners(from_pixels(np.array(page.convert("RGB"))))
    assert seen is not None
    assert len(seen.numbers) == 48
    box = re.search(rb"/MediaBox \[ ?0 0 ([0-9.]+) ([0-9.]+)", (tmp_path / "board.pdf").read_bytes())
    assert box is not None
    assert float(box[1]) / 72 * 25.4 == pytest.approx(width, abs=0.1)


def test_unknown_papers_and_endings_are_refused(tmp_path: Path) -> None:
    """Exit code 2 and one line."""
    for wrong in (["--out", str(tmp_path / "b.doc")], ["--out", str(tmp_path / "b.pdf"), "--paper", "a5"]):
        assert CliRunner().invoke(app, ["calibrate", "board", *wrong]).exit_code == 2


@pytest.mark.slow
def test_the_command_writes_profile_and_coverage(board_photos: list[Photo], tmp_path: Path) -> None:
    """A picture of where corners were seen stands beside the profile; too few photos write neither."""
    names = []
    for number, photo in enumerate(board_photos):
        names.append(str(tmp_path / f"board_{number}.png"))
        Image.fromarray(photo.pixels).save(names[-1])
    out = ["--out", str(tmp_path / "phone.json"), "--coverage", str(tmp_path / "seen.png")]
    assert CliRunner().invoke(app, ["calibrate", "camera", *names[:3], *out]).exit_code == 2
    assert not (tmp_path / "phone.json").exists()
    done = CliRunner().invoke(app, ["calibrate", "camera", *names, *out])
    assert done.exit_code == 0, done.output
    assert read_profile(tmp_path / "phone.json").focal_px == pytest.approx(TRUE.focal_px, rel=0.01)
    with Image.open(tmp_path / "seen.png") as seen:
        assert seen.size == (800, 600)
        colours = np.unique(np.array(seen).reshape(-1, 3), axis=0)
        assert [20, 90, 160] in colours.tolist()


@pytest.mark.parametrize("paper", PAPERS_MM)
def test_the_large_marker_is_true_to_size_and_found_on_its_page(paper: str, tmp_path: Path) -> None:
    """154 mm of ten dots each; hung as it is it stands plumb."""
    name = str(tmp_path / "marker.png")
    done = CliRunner().invoke(app, ["calibrate", "board", "--large", "--out", name, "--paper", paper])
    assert done.exit_code == 0, done.output
    photo = read(name)
    hung = find_board(photo, 2.0 * max(photo.size_px))
    assert hung is not None
    assert hung.standing.value[0] == pytest.approx(0.0, abs=0.05)
    assert np.exp(hung.standing.value[2]) == pytest.approx(0.1, rel=0.005)


def test_one_photo_of_another_camera_does_not_end_a_folder(tmp_path: Path) -> None:
    """It is one failure; the others are measured."""
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    for number, size in enumerate(((768, 1024), (1024, 768))):
        Image.fromarray(np.full((size[1], size[0], 3), 120 + number, np.uint8)).save(photos / f"{number}.png")
    profile = replace(TRUE, size_px=(768, 1024), center_px=(384.0, 512.0))
    (tmp_path / "phone.json").write_bytes(profile_bytes(profile))
    told = ["batch", str(photos), "--out", str(out), "--camera", str(tmp_path / "phone.json")]
    done = CliRunner().invoke(app, [*told, "--finder", "synthetic", "--engine", "here", "--quiet"])
    assert done.exit_code == 3, done.output
    assert "another shape" in (out / "failures.csv").read_text()
    assert len((out / "results.jsonl").read_text().splitlines()) == 1


def test_the_mirror_takes_a_webcam_and_its_profile_together(tmp_path: Path) -> None:
    """One of each; two of a kind are refused."""
    (tmp_path / "webcam.json").write_bytes(profile_bytes(TRUE))
    webcam = str(tmp_path / "webcam.json")
    assert told_cameras(["1", webcam]) == ("1", TRUE)
    assert told_cameras([]) == (None, None)
    for wrong in (["1", "2"], [webcam, webcam]):
        with pytest.raises(SettingsError, match="one webcam"):
            told_cameras(wrong)


def test_the_page_measures_photos_with_the_profile_it_was_started_with() -> None:
    """Given once to serve, it holds for every photo; without one there is none."""
    asked = {"mirrored": True, "height_cm": 172}
    told = settings_asked(asked, AppState(load(), camera=TRUE))
    assert (told.camera, told.mirrored, told.height_cm) == (TRUE, True, 172.0)
    assert settings_asked(asked, AppState(load())).camera is None
