"""A place for one thing between two threads: the latest wins, or, for films read fast, each waits for the other."""

import threading
import time
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Mailbox(Generic[Item]):
    """Holds one item. ``patient``: a new item waits until the one before it was taken, so that none is lost."""

    def __init__(self, *, patient: bool = False) -> None:
        """Start empty and open."""
        self.patient = patient
        self.dropped = 0
        self._changed = threading.Condition()
        self._item: Item | None = None
        self._closed = False

    def put(self, item: Item) -> bool:
        """Lay an item in, in place of one that nobody took; False when the box is closed."""
        with self._changed:
            if self.patient:
                self._changed.wait_for(lambda: self._closed or self._item is None)
            if self._closed:
                return False
            self.dropped += self._item is not None
            self._item = item
            self._changed.notify_all()
            return True

    def take(self, timeout_s: float | None = None) -> Item | None:
        """Take the item, waiting for it; None when the time is over, or the box is closed and empty."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        with self._changed:
            while self._item is None and not self._closed:
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    return None
                self._changed.wait(left)
            item, self._item = self._item, None
            self._changed.notify_all()
            return item

    def peek(self) -> Item | None:
        """Look at what lies there, and leave it."""
        with self._changed:
            return self._item

    def close(self) -> None:
        """Let nothing more in; what lies there can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def over(self) -> bool:
        """Whether the box is closed and empty."""
        with self._changed:
            return self._closed and self._item is None
