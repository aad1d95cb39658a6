"""Every measure, in the order in which a person reads a body: head to feet.

The registry is a plain tuple written in this one place; how each number is named, graded and worded stands in
``knowledge/norms.toml`` under the same key.
"""

from posturecam.measures import feet, head, knees, pelvis, shoulders, side_view, trunk
from posturecam.measures.measurement import Measure

MEASURES: tuple[Measure, ...] = (
    *head.MEASURES,
    *shoulders.MEASURES,
    *trunk.MEASURES,
    *pelvis.MEASURES,
    *knees.MEASURES,
    *feet.MEASURES,
    *side_view.MEASURES,
)

__all__ = ["MEASURES"]
