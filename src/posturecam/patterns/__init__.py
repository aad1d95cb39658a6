"""What the numbers are consistent with: patterns, scored in the light of the measurements' own noise.

from posturecam.knowledge import load
from posturecam.patterns import score

findings = score(assessment.measurements, {assessment.pose.view}, load())
print(findings[0].explanation)
"""

from posturecam.patterns.evidence import Evidence
from posturecam.patterns.findings import Finding, MuscleSide, hinted, not_scored, score

__all__ = ["Evidence", "Finding", "MuscleSide", "hinted", "not_scored", "score"]
