"""Photos with exactly known posture: a folder with a ``truth.json``, read into cases with the truth under our own keys.

The truth for a photo is taken against gravity: the camera's roll is known and handed to the program.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from posturecam.body import Array, View
from posturecam.body.geometry import bend, lean, subject_frame
from posturecam.measures.outline import CONTOUR
from posturecam.measures.side_view import PLAIN

SAME_KEY = {
    "shoulder_tilt": "shoulder_tilt",
    "hip_tilt": "hip_tilt",
    "head_tilt": "head_tilt",
    "trunk_lean": "trunk_lean",
    "trunk_shift": "c7_shift_pct_height",
    "pelvic_shift": "pelvis_shift_pct_height",
    "spinal_curve": "spine_curve_pct",
    "knee_angle_left": "knee_frontal_L",
    "knee_angle_right": "knee_frontal_R",
}
"""Our key → the key in the truth files, for frontal measures."""

SIDE_KEYS = (*PLAIN, *CONTOUR)
"""Side measures of which the truth is known."""


@dataclass(frozen=True, slots=True)
class Case:
    """One photo and the truth about it; ``truth`` in the units and signs of ``norms.toml``."""

    name: str
    path: Path
    view: View
    roll_deg: float
    person: str
    clothing: str
    background: str
    group: str
    truth: dict[str, float]


def read_cases(folder: Path) -> list[Case]:
    """Read every case of a folder."""
    images = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    return [_case(folder, image) for image in images]


def _case(folder: Path, image: dict[str, Any]) -> Case:
    view = View(image["view"])
    return Case(
        name=image["id"],
        path=folder / image["file"],
        view=view,
        roll_deg=image["camera"]["roll_deg"],
        person=image["id"] if image["person"] == "x" else image["person"],
        clothing=" + ".join(image["clothes"]) or "none",
        background=image["background"],
        group=image["group"],
        truth=frontal_truth(image, view) if view.frontal else {key: side_truth(image)[key] for key in SIDE_KEYS},
    )


def side_truth(image: dict[str, Any]) -> dict[str, float]:
    """Take the truth of a side view under our keys, against gravity; what the file does not state is derived."""
    view = View(image["view"])
    letter = "L" if view is View.LEFT else "R"
    points = {
        name: subject_frame(np.array(point), view, image["camera"]["roll_deg"])
        for name, point in image["points2d"].items()
    }
    ear, eye, shoulder, hip, knee, ankle = (
        points[f"{part}.{letter}"] for part in ("ear", "eye", "shoulder", "hip", "knee", "ankle")
    )
    neck, sight = points["C7"], eye - ear
    at_hip = (shoulder - ankle)[0] * (hip - ankle)[1] / (shoulder - ankle)[1]
    angles: dict[str, float] = image["angles"]["gravity"]
    return angles | {
        "craniovertebral_proxy": angles["craniovertebral_angle"],
        "ear_trunk_angle": angles["ear_shoulder_angle"] - angles["trunk_lean_side"],
        "head_pitch": float(-np.degrees(np.arctan2(sight[1], sight[0]))),
        "hip_angle": float(bend(shoulder, hip, knee)),
        "pelvic_sway": float(((hip - ankle)[0] - at_hip) / (eye - ankle)[1] * 100.0),
        "shoulder_protraction": float(lean(shoulder * [1.0, -1.0], neck * [1.0, -1.0])),
    }


def frontal_truth(image: dict[str, Any], view: View) -> dict[str, float]:
    """Take the frontal truth under our keys, and derive what the file does not state."""
    angles = image["angles"]["gravity"]
    truth = {ours: float(angles[theirs]) for ours, theirs in SAME_KEY.items()}
    truth["trunk_bend"] = truth["hip_tilt"] - truth["shoulder_tilt"]
    truth["neck_bend"] = truth["shoulder_tilt"] - truth["head_tilt"]
    points = {
        name: subject_frame(np.array(point), view, image["camera"]["roll_deg"])
        for name, point in image["points2d"].items()
    }
    return truth | _from_points(points, truth["hip_tilt"]) | _from_pose(image)


def _from_points(points: dict[str, Array], hip_tilt: float) -> dict[str, float]:
    """Derive hip adduction and head shift from the true points."""

    def middle(part: str) -> Array:
        return np.asarray((points[f"{part}.L"] + points[f"{part}.R"]) / 2)

    height = (middle("eye") - middle("ankle"))[1]
    return {
        "hip_adduction_left": hip_tilt + float(lean(points["hip.L"], points["knee.L"])),
        "hip_adduction_right": -hip_tilt - float(lean(points["hip.R"], points["knee.R"])),
        "head_shift": float((middle("ear") - middle("shoulder"))[0] / height * 100.0),
    }


def _from_pose(image: dict[str, Any]) -> dict[str, float]:
    """Take the feet's and the head's turn from the pose that was set."""
    pose = image["pose"]
    turned = sum(pose.get(key, 0.0) for key in ("head_yaw", "thorax_yaw", "pelvis_yaw")) + image["subject_yaw_deg"]
    feet = {
        f"foot_turn_{side}": pose[f"toe_out_{side[0].upper()}"] for side in ("left", "right") if "toe_out_L" in pose
    }
    return feet | ({"head_rotation": turned} if image["view"] == "front" else {})
