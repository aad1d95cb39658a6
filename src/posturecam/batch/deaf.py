"""What a worker process of a cluster that is started here runs first: Ctrl-C is left to the one who started it."""

import signal


def dask_setup(_worker: object) -> None:
    """Ignore the interrupt, which reaches the whole group; Dask calls this by its name."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
