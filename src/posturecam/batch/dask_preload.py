"""What a worker process of a cluster that is started here runs first."""

import signal

from posturecam.pipeline.limits import limit_memory


def dask_setup(_worker: object) -> None:
    """Leave Ctrl-C, which reaches the whole group, to the one who started it, and bound the memory; Dask calls this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory()
