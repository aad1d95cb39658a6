"""Score stored assessments again with the tables of today, without pictures: one JSON object, or JSON lines.

from posturecam.knowledge import load
from posturecam.storage.rescoring import renewed

renewed({"view": "front", "measurements": [{"key": "hip_tilt", "value": 4.0, "sem": 0.8}]}, load())
"""

from posturecam.storage.rescoring.line_scoring import Rescorer, rescore_lines
from posturecam.storage.rescoring.stored_object import StoredReading, StoredScore, read_object, renewed

__all__ = ["Rescorer", "StoredReading", "StoredScore", "read_object", "renewed", "rescore_lines"]
