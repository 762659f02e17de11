"""How long the server takes to start, and what it holds while idle: `python -m bench.start`."""

import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from bench.servers import kalends

ROUNDS = 5


def main() -> None:
    """Print the time from the command to a 200 on `/health`, and the memory of server and database."""
    print(f"Start: {ROUNDS} rounds of `kalends serve` to a 200 on /health")
    cold: list[float] = []
    warm: list[float] = []
    memory: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            for found in (cold, warm):
                begin = time.perf_counter()
                with kalends(Path(folder)) as server:
                    found.append(time.perf_counter() - begin)
                    if found is warm:
                        memory.append(_memory_megabytes(server.process_id, folder))
    print(f"  empty data folder   {_spread(cold)} s   (goal 5)")
    print(f"  later               {_spread(warm)} s   (goal 1.5)")
    print(f"  idle, server and database together {_spread(memory)} MB   (goal 250)")


def _memory_megabytes(server: int, folder: str) -> float:
    """Return the memory of the server and of its database, each shared page counted once (PSS)."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    processes = [line.split(None, 2) for line in listed.stdout.splitlines()]
    postmasters = {pid for pid, _, arguments in processes if "postgres" in arguments and folder in arguments}
    family = {str(server)} | postmasters
    family |= {pid for pid, parent, _ in processes if parent in family}
    return sum(_pss_kilobytes(pid) for pid in family) / 1024


def _pss_kilobytes(pid: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("Pss:")))


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


if __name__ == "__main__":
    main()
