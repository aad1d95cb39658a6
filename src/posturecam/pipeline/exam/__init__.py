"""Several photos of one person: front, back, left, right, or the same view again, read together.

from posturecam.pipeline.exam import analyze_exam

exam = analyze_exam(["front.jpg", "back.jpg", "left.jpg", "right.jpg"])
for one in exam.measurements:
    print(one.measurement.words, "from", ", ".join(one.views))
"""

from posturecam.pipeline.exam.combining import Combined, Conflict, combine
from posturecam.pipeline.exam.one_photo import assess_photo, breadth_of, view_confidence, with_balance, with_contour
from posturecam.pipeline.exam.session import READABLE, SCHEMA, Exam, Failure, analyze_exam, assess_exam, exam_of

__all__ = [
    "READABLE",
    "SCHEMA",
    "Combined",
    "Conflict",
    "Exam",
    "Failure",
    "analyze_exam",
    "assess_exam",
    "assess_photo",
    "breadth_of",
    "combine",
    "exam_of",
    "view_confidence",
    "with_balance",
    "with_contour",
]
