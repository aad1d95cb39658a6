"""How much `posturecam` adds to what must be done anyway: import, decode, one detection."""

import sys
import tempfile
from pathlib import Path

from PIL import Image

from benchmarks.clock import peak_mb, seconds

ROOT = Path(__file__).resolve().parents[1]
BARE = """
import sys, cv2, mediapipe as mp
from mediapipe.tasks.python import vision
from mediapipe.tasks.python.core.base_options import BaseOptions
model = open(sys.argv[2], "rb").read()
pixels = cv2.cvtColor(cv2.imread(sys.argv[1]), cv2.COLOR_BGR2RGB)
options = vision.PoseLandmarkerOptions(base_options=BaseOptions(model_asset_buffer=model))
with vision.PoseLandmarker.create_from_options(options) as engine:
    print(engine.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=pixels)).pose_landmarks[0][0].x)
"""


def bench() -> list[tuple[str, float, str]]:
    """Compare whole processes on a 12-megapixel JPEG."""
    python, program = sys.executable, str(Path(sys.executable).with_name("posturecam"))
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "twelve.jpg"
        Image.open(ROOT / "sample_images" / "front.jpg").resize((3000, 4000)).save(photo, quality=92)
        model = ROOT / "src" / "posturecam" / "_models" / "pose_landmarker_full.task"
        bare = [python, "-c", BARE, str(photo), str(model)]
        one = [program, "analyze", str(photo), "--passes", "1", "--json", "-"]
        many = [program, "analyze", str(photo), "--json", "-"]
        floor = seconds(bare)
        return [
            (
                "posturecam --help / import typer",
                seconds([program, "--help"]) / seconds([python, "-c", "import typer"]),
                "≤ 4",
            ),
            ("analyze --passes 1 / bare script, 12 megapixels", seconds(one) / floor, "≤ 1.5"),
            ("analyze, default passes / bare script, 12 megapixels", seconds(many) / floor, "≤ 4"),
            ("peak memory of analyze / bare script, 12 megapixels", peak_mb(many) / peak_mb(bare), "≤ 1.3"),
        ]
