"""The whole story of one photo: who stands how, how sure that is, what it is consistent with, what to try first."""

from dataclasses import dataclass

from posturecam.body import Pose
from posturecam.measurement import Measurement, Unmeasured
from posturecam.patterns import Finding
from posturecam.plan import Conclusion
from posturecam.vertical import Vertical

SCHEMA = "posturecam/assessment/1"


@dataclass(frozen=True, slots=True)
class PhotoInfo:
    """Which photo was measured. ``width`` and ``height`` are pixels of the upright photo."""

    name: str
    sha256: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """One photo, measured and read. ``notes`` are sentences for the user, the most important first."""

    photo: PhotoInfo
    pose: Pose
    vertical: Vertical
    measurements: tuple[Measurement, ...]
    unmeasured: tuple[Unmeasured, ...]
    conclusion: Conclusion
    notes: tuple[str, ...]
    versions: dict[str, str]
    mirrored: bool = False
    people: int = 1

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the numbers are consistent with, the strongest first."""
        return self.conclusion.findings

    def __getitem__(self, key: str) -> Measurement:
        """The measurement of that key; KeyError when it was not measured."""
        return {one.key: one for one in self.measurements}[key]
