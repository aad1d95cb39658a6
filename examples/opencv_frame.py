"""Measure a frame that OpenCV has read, such as one of a camera: its colours stand blue first and are exchanged.

python examples/opencv_frame.py sample_images/front.jpg
"""

import sys

import cv2

from posturecam import Settings, View, analyze


def main(path: str) -> int:
    """Read a frame, measure it in four passes as a front view, print the tilt of shoulders and pelvis."""
    frame = cv2.imread(path)
    if frame is None:
        print(f"{path} is no picture that OpenCV reads", file=sys.stderr)
        return 2
    assessment = analyze(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), view=View.FRONT, settings=Settings(passes=4))
    for key in ("shoulder_tilt", "hip_tilt"):
        print(f"{key}: {assessment[key].value:+.1f}° (+ = the person's left side is higher)")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or ["sample_images/front.jpg"]))
