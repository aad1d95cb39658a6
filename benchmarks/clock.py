"""Time and memory of whole commands, as the fastest of several runs: the least disturbed by whatever else runs."""

import subprocess
import sys
import time


def seconds(command: list[str], runs: int = 5) -> float:
    """Give the shortest wall time of a command over some runs, seconds."""
    return min(_once(command) for _ in range(runs))


def _once(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def peak_mb(command: list[str]) -> float:
    """Give the largest resident memory of a command, MB."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True, text=True)
    return int(done.stdout) / (1024 if sys.platform != "darwin" else 1024**2)
