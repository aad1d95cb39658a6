"""What the mirror leaves behind when it is told to: assessments, the exam, the balance test, a recording."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from posturecam.errors import OutputError
from posturecam.knowledge import Knowledge, load
from posturecam.live.balance_test import BalanceTest, balance_json, balance_measured
from posturecam.live.frame_detection import FrameDetection
from posturecam.live.view import Privacy, shielded
from posturecam.picture.photo import Photo, Pixels
from posturecam.pipeline.exam import Exam
from posturecam.pipeline.film import FilmAssessment
from posturecam.reports import REPORTS
from posturecam.reports.bundle import pdf_file
from posturecam.reports.drawing.photo_overlay import draw, encode
from posturecam.reports.drawing.privacy import hide_faces
from posturecam.reports.html.report_page import exam_page
from posturecam.reports.report_options import ReportOptions
from posturecam.storage import exam_json
from posturecam.storage.assessment_json import plain_value
from posturecam.storage.files import write_all, write_file
from posturecam.storage.origin import sign_film
from posturecam.text.exam_telling import together
from posturecam.text.language import _


def written_names(*, exam: bool, measured: bool, balance: bool) -> re.Pattern[str]:
    """Name the files that a run of such a kind may write."""
    names = [r"exam\.json|overlay_[a-z]+\.png|report\.(?:html|pdf)"] if exam else []
    names += [r"(?:assessment|report|overlay)(?:-\d+)?\.(?:json|html|pdf|png)"] if measured and not exam else []
    return re.compile("|".join([*names, *([r"balance\.json"] if balance else [])]))


def write_capture(folder: Path, measured: FilmAssessment, number: int, privacy: Privacy) -> list[Path]:
    """Write the reports of one measurement; from the second on their names carry its number. Raises OutputError."""
    picture, told = shown_picture(measured, privacy), measured.assessment
    files = {report.file_name: report.make(told, picture) for report in REPORTS.values()}
    files |= pdf_file(told, [draw(told, picture)], ReportOptions(), load())
    suffix = "" if number == 1 else f"-{number}"
    return write_all(folder, {_numbered(name, suffix): data for name, data in files.items()})


def _numbered(name: str, suffix: str) -> str:
    path = Path(name)
    return f"{path.stem}{suffix}{path.suffix}"


def shown_picture(measured: FilmAssessment, privacy: Privacy) -> Photo | None:
    """Give the picture as it may be kept: with the face hidden, or none at all when only a figure may be shown."""
    if privacy.figure_only:
        return None
    photo = measured.picture
    if not privacy.hide_face:
        return photo
    return replace(photo, pixels=hide_faces(photo.pixels, measured.assessment, photo.scale))


def write_exam(folder: Path, exam: Exam, pictures: Mapping[str, Photo | None]) -> list[Path]:
    """Write the exam's data, one picture for each view, the page and the PDF. Raises OutputError.

    pictures  by view; None: a plain figure stands for the picture
    """
    drawn = [draw(photo, pictures.get(photo.pose.view.value)) for photo in exam.photos]
    overlays = {
        f"overlay_{photo.pose.view.value}.png": encode(pixels, ".png")
        for photo, pixels in zip(exam.photos, drawn, strict=True)
    }
    reports = {
        "report.html": exam_page(exam, drawn).encode(),
        **pdf_file(together(exam), drawn, ReportOptions(), load()),
    }
    return write_all(folder, {"exam.json": exam_json.exam_bytes(exam), **overlays, **reports})


def write_balance(folder: Path, test: BalanceTest, knowledge: Knowledge) -> list[Path]:
    """Write balance.json: the test, and its numbers with their intervals. Raises OutputError."""
    told = {
        **balance_json(test, knowledge),
        "measurements": plain_value(balance_measured(test, knowledge).measurements),
    }
    return write_all(folder, {"balance.json": _bytes(told)})


def _bytes(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n").encode()


class Recorder:
    """Writes the camera's own pictures, unmirrored, so that the film can be measured again.

    What may not be seen is not recorded either. The film keeps the pictures' own pace: one that came late is repeated.
    """

    def __init__(self, path: Path, size_px: tuple[int, int], rate: float, privacy: Privacy) -> None:
        """Open the film; raises OutputError before a picture is taken."""
        if path.suffix.lower() not in (".mp4", ".avi", ".mov", ".mkv"):
            msg = _("--record {path}: the ending is unknown. Give .mp4, .avi, .mov or .mkv.", path=path)
            raise OutputError(msg)
        write_file(path, b"")
        code = cv2.VideoWriter.fourcc(*("MJPG" if path.suffix.lower() == ".avi" else "mp4v"))
        self._writer = cv2.VideoWriter(str(path), code, rate, size_px)
        if not self._writer.isOpened():
            msg = _("{path} cannot be recorded: no suitable encoder here. Try --record clip.avi", path=path)
            raise OutputError(msg)
        self._path = path
        self._size, self._rate, self._privacy = size_px, rate, privacy
        self._written = 0

    def write(self, detection: FrameDetection) -> None:
        """Write a picture, as often as its time asks for."""
        due = round(detection.frame.at_s * self._rate) + 1 - self._written
        if due <= 0:
            return
        picture = self._sized(shielded(detection.frame.pixels, detection.points, self._privacy, detection.heads))
        for _picture in range(min(due, round(self._rate))):
            self._writer.write(picture)
        self._written += due

    def close(self) -> None:
        """Finish the film."""
        self._writer.release()
        sign_film(self._path)

    def _sized(self, pixels: Pixels) -> Pixels:
        picture = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8)
        if picture.shape[1::-1] != self._size:
            picture = np.asarray(cv2.resize(picture, self._size), np.uint8)
        return picture
