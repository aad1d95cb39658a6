"""Few pictures out of many: spread over the whole time, however long it gets."""

from collections import deque

import numpy as np
import pytest

from posturecam.live.balance_test import MOST_FRAMES, RECENT_S, FrameBuffer, keep_recent
from posturecam.picture.camera import TimedFrame

PIXELS = np.zeros((2, 2, 3), np.uint8)


@pytest.mark.parametrize("seconds", [1.0, 3.0, 10.0, 45.0])
def test_an_album_spreads_over_the_whole_time(seconds: float) -> None:
    """Never more than a few, the first one kept, the last not older than one distance."""
    frame_buffer = FrameBuffer()
    for number in range(round(seconds * 30)):
        frame_buffer.add(TimedFrame(PIXELS, number / 30, number))
        assert len(frame_buffer.frames) <= MOST_FRAMES
    times = [one.at_s for one in frame_buffer.frames]
    assert times[0] == 0.0
    assert seconds - times[-1] <= 2 * frame_buffer.every_s
    assert np.ptp(np.diff(times)) < 0.1 * np.mean(np.diff(times))


def test_recent_pictures_are_recent_and_few() -> None:
    """Those of the last two seconds."""
    kept: deque[TimedFrame] = deque()
    for number in range(300):
        keep_recent(kept, TimedFrame(PIXELS, number / 30, number))
    assert len(kept) <= 6
    assert kept[-1].at_s - kept[0].at_s <= RECENT_S
    assert kept[-1].at_s > 9.5
