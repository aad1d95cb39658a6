"""The border of a thread: what is raised there has nowhere to go by itself, so it is kept for whoever waits for it."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(slots=True)
class Border:
    """A block whose error is kept in ``error`` instead of passed on; only what ends the program itself gets out."""

    error: Exception | None = None

    def __enter__(self) -> Self:
        """Begin with no error."""
        self.error = None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        """Keep the error."""
        if isinstance(error, Exception):
            self.error = error
        return self.error is not None
