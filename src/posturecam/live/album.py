"""A few pictures out of many, spread over a time that nobody knows in advance."""

from collections import deque
from dataclasses import dataclass, field

from posturecam.picture.camera import TimedFrame

MOST = 6
"""Pictures kept at most."""

EVERY_S, RECENT_S = 0.4, 2.0
"""First distance between pictures, and how far back the recent ones reach."""


@dataclass(slots=True)
class Album:
    """Keeps pictures at equal distances; when it is full, every second one goes and the distance doubles."""

    frames: list[TimedFrame] = field(default_factory=list)
    every_s: float = EVERY_S

    def add(self, frame: TimedFrame) -> None:
        """Take a picture when its time has come."""
        if self.frames and frame.at_s - self.frames[-1].at_s < self.every_s:
            return
        self.frames.append(frame)
        if len(self.frames) > MOST:
            self.frames = self.frames[::2]
            self.every_s *= 2.0


def recent(frames: deque[TimedFrame], frame: TimedFrame) -> None:
    """Keep the pictures of the last seconds, a few of them."""
    if not frames or frame.at_s - frames[-1].at_s >= EVERY_S:
        frames.append(frame)
    while frame.at_s - frames[0].at_s > RECENT_S:
        frames.popleft()
