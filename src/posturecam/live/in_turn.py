"""One session after the other: somebody is measured first, then stands on one leg, and both count together."""

from posturecam.live.hold import Phase
from posturecam.live.seeing import Glimpse
from posturecam.live.session import BalanceSession, MeasureSession, Status


class InTurn:
    """A measurement, or a guided exam, and the balance test after it."""

    def __init__(self, measuring: MeasureSession, balancing: BalanceSession) -> None:
        """Begin with the measurement; the first session that ends by itself gives way to the second."""
        self.measuring, self.balancing = measuring, balancing
        self._phase = Phase.CHECKS

    @property
    def finished(self) -> bool:
        """Whether both are over."""
        return self.measuring.finished and self.balancing.finished

    @property
    def due(self) -> bool:
        """Whether a capture waits to be measured."""
        return not self.measuring.finished and self.measuring.due

    def step(self, glimpse: Glimpse) -> Status:
        """Take the next glimpse.

        Whoever stands still to be measured is watched for the first lift of a foot too: it ends the hold.
        """
        if self.measuring.finished:
            return self.balancing.step(glimpse)
        if self._phase in (Phase.HOLD, Phase.COUNTDOWN, Phase.CAPTURE):
            self.balancing.step(glimpse)
        status = self.measuring.step(glimpse)
        self._phase = status.phase
        return status

    def measure(self) -> Status:
        """Make the measurement that is due."""
        return self.measuring.measure()

    def command(self, key: str) -> None:
        """Take a key: it is for the measurement."""
        if not self.measuring.finished:
            self.measuring.command(key)

    def finish(self) -> bool:
        """End with the pictures; True when a measurement is due."""
        self.balancing.finish()
        return not self.measuring.finished and self.measuring.finish()
