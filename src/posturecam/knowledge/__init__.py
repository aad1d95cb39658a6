"""What is known, as data: TOML tables with a source on every number, and the loader that reports every fault at once.

from posturecam.knowledge import load

knowledge = load()
print(knowledge.norm("hip_tilt").words(-2.1, "mild"))
"""

from posturecam.knowledge.loading import Knowledge, load
from posturecam.knowledge.norms import Norm

__all__ = ["Knowledge", "Norm", "load"]
