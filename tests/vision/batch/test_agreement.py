"""The same numbers on every processor: what rounding may do to them, and how a machine that differs is told."""

import dataclasses
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from calibration.processors import HERE, VARIANTS, run

from posturecam.batch import agreement, cluster_worker
from posturecam.batch.agreement import AGREED, Agreement, check_agreement, compare_readings, processor_name
from posturecam.batch.job import Job
from posturecam.batch.tasks import ClusterAccess, Machine, Task
from posturecam.body import Array
from posturecam.knowledge import load
from posturecam.measures.trunk_outline import find_trunk
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.finder import Finder
from posturecam.poses.masks import PersonMask
from posturecam.poses.silhouette.cutting import FINE_HEIGHT_PX, cut_out
from repository import ROOT


def test_readings_are_compared_by_their_own_error() -> None:
    """Half a degree is a tenth of ± 5° and a quarter of ± 2°; a measure that is missing is no agreement."""
    one = {"hip_tilt": (1.0, 5.0), "trunk_lean": (1.0, 2.0)}
    assert compare_readings(one, one) == Agreement("", 0.0)
    assert compare_readings(one, {"hip_tilt": (1.5, 5.0), "trunk_lean": (0.5, 2.0)}) == Agreement("trunk_lean", 0.25)
    assert compare_readings(one, {"hip_tilt": (1.0, 5.0)}).share == float("inf")
    assert compare_readings(one, {"hip_tilt": (1.0, 5.0), "trunk_lean": (1.0 + 1.9 * AGREED, 2.0)}).same


def test_this_machine_reads_the_reference_photo_as_recorded(finder: Finder) -> None:
    """Where this fails after measuring was changed on purpose: python -m calibration.processors --reference."""
    found = check_agreement(finder, load())
    assert found.same, f"{found.key} moved by {found.share:.3f} of its ± (allowed: {AGREED})"


@pytest.mark.slow
@pytest.mark.skipif(not os.uname().machine.startswith("x86"), reason="other instruction sets than x86's")
def test_other_instructions_give_the_same_numbers() -> None:
    """OpenCV without its newest instructions moves nothing by more than 0.03 of its ±, and turns no word round."""
    photos = [str(ROOT / "sample_images" / "back.jpg"), str(ROOT / "sample_images" / "left.jpg")]
    here = run(HERE, photos)
    there = run(next(variant for variant in VARIANTS if "OPENCV_CPU_DISABLE" in variant.environment), photos)
    for path in photos:
        moved = compare_readings(here[path]["values"], there[path]["values"])
        assert moved.same, f"{path}: {moved.key} moved by {moved.share:.3f} of its ±"
        for kind in ("view", "severity", "verdict"):
            assert here[path][kind] == there[path][kind]


def rounded(picture: Array, draw: np.random.Generator) -> Array:
    """Give a picture of which one pixel in fifty is one grey level off."""
    off = (draw.random(picture.shape) < 0.02) * draw.choice([-1, 1], picture.shape)
    return np.clip(picture.astype(int) + off, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", ["level", "left"])
def test_the_outline_does_not_jump_when_pixels_round_otherwise(finder: Finder, samples: Path, name: str) -> None:
    """A grey level here and there moves a few pixels of the outline at most: a start by chance moved 56 to 381."""
    photo = read(samples / f"{name}.jpg")
    mask = finder.mask_of(photo, finder.find(photo).pose)
    assert mask is not None
    outline = cut_out(mask, FINE_HEIGHT_PX)
    draw = np.random.default_rng(0)
    for _round in range(3):
        pixels, chance = rounded(mask.pixels, draw), mask.chance + draw.normal(0.0, 1e-4, mask.chance.shape)
        other = cut_out(PersonMask(pixels, np.clip(chance, 0.0, 1.0), mask.to_photo), FINE_HEIGHT_PX)
        assert np.count_nonzero(np.abs(other.cover - outline.cover) > 0.2) <= 30


def test_armpits_are_found_between_rows(finder: Finder, samples: Path) -> None:
    """An outline that lies half a pixel lower has its armpits half a pixel lower, not a whole row or none."""
    photo = read(samples / "front.jpg")
    assessment = assess_photo(photo, finder, Settings(), load(), outline=True)
    outline = assessment.outline
    assert outline is not None
    frame = frame_of_front(assessment)
    heights = []
    for shift in np.linspace(0.0, 3.0, 7):
        moved = outline.to_photo + np.array([[0.0, 0.0, 0.0], [0.0, 0.0, shift]])
        trunk = find_trunk(frame, dataclasses.replace(outline, to_photo=moved), 0.0)
        assert not isinstance(trunk, str)
        heights.append(trunk.left.ends[1])
    steps = -np.diff(heights)
    assert (steps > 0).all()
    assert steps.max() < 2.5 * steps.min()


def frame_of_front(assessment: object) -> object:
    """Give the frame of an assessment's pose."""
    from posturecam.measures.measurement import frame_of

    return frame_of(assessment.pose, 0.0)  # type: ignore[attr-defined]


def test_a_worker_that_differs_says_so_in_its_results(monkeypatch: pytest.MonkeyPatch) -> None:
    """And tells the run which machine it is; one that agrees tells that and notes nothing."""
    told: list[Machine] = []
    monkeypatch.setattr(cluster_worker, "_log", lambda _topic, message: told.append(Machine(**message)))
    monkeypatch.setattr(cluster_worker, "_here", lambda: "the worker tcp://1 on far")
    job = Job(language="en")
    for share, noted in ((0.004, False), (0.2, True)):
        monkeypatch.setattr(agreement, "check_agreement", lambda *_: Agreement("hip_tilt", share))  # noqa: B023
        note = cluster_worker._machine_note(job)
        assert ("hip_tilt by 0.20 of its ±" in note) is noted
        assert told[-1] == Machine("the worker tcp://1 on far", processor_name(), "hip_tilt", share, not noted)
    assert cluster_worker._machine_note(Job(finder="synthetic")) == ""
    assert len(told) == 2


@pytest.mark.slow
def test_a_cluster_s_machines_are_heard(samples: Path) -> None:
    """Each worker measures the reference photo once, and the run hears of it."""
    from posturecam.batch.cluster import on_cluster

    heard: list[Machine] = []
    path = samples / "level.jpg"
    job = Job(Settings(passes=2))
    photo = read(path)
    task = Task(job.unit(photo.sha256, None), str(path), photo.sha256)
    done = list(on_cluster(ClusterAccess(None, heard.append), job, iter([task]), 1, threading.Event()))
    assert done[0].failure is None
    assert not any("reference photo" in str(note) for note in json.loads(done[0].line)["notes"])
    assert [machine.same for machine in heard] == [True]


def test_doctor_says_that_the_numbers_agree() -> None:
    """In one line."""
    run_of = subprocess.run(
        [sys.executable, "-m", "posturecam", "--language", "en", "doctor"], capture_output=True, text=True
    )
    assert "numbers: the reference photo is read as elsewhere" in run_of.stdout
