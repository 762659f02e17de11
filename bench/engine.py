"""Measure the availability engine: `python -m bench.engine`.

Every case is timed in interleaved rounds, so that a busy moment of the machine hits all of them. Times are
of `list_slots` alone on data in memory; each round repeats a case until a twentieth of a second is spent.
"""

import gc
import platform
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from tests.scheduling import oracle

from kalends.scheduling.engine import NOTHING_TAKEN, Busy, Host, Rules, buffered, default_schedule, list_slots

SEED = 20_250_429
ROUNDS = 7
DAY = 86_400
# Saturday 2025-03-01 UTC: 31 days from here cross the changes of New York, Los Angeles and Europe.
START = 1_740_787_200
NOW = START - 7 * DAY
ONE_ZONE = ("Europe/Rome",)
FIVE_ZONES = ("Europe/Rome", "America/New_York", "Asia/Tokyo", "Europe/London", "America/Los_Angeles")
# Clocks half an hour apart, so that hosts cannot share one grid.
MIXED_ZONES = ("Europe/Rome", "America/New_York", "Asia/Kolkata", "Europe/London", "Australia/Adelaide")


@dataclass(frozen=True, slots=True)
class Case:
    """One question to the engine and the time it may take, in milliseconds."""

    name: str
    hosts: Sequence[Host]
    days: int
    goal: float | None = None
    is_given_to_oracle: bool = False

    def run(self) -> list[int]:
        """Ask the engine."""
        return list_slots(
            Rules(30), self.hosts, start=START, end=START + self.days * DAY - 1, now=NOW, zone="Europe/Rome"
        )


def busy_times(chance: random.Random, count: int, days: int) -> list[Busy]:
    """Return half-hour bookings with buffers at random quarters."""
    return [
        buffered(start, start + 1800, 5, 5, booked_before=5, booked_after=10, reference=number)
        for number in range(count)
        for start in [START + chance.randrange(days * 96) * 900]
    ]


def hosts(
    count: int, days: int = 31, busy: int = 100, zones: Sequence[str] = FIVE_ZONES, *, is_fixed: bool = False
) -> list[Host]:
    """Return hosts of weekdays 09:00-17:00 in turn in `zones`, each with `busy` bookings."""
    chance = random.Random(SEED)
    return [
        Host(number, default_schedule(zones[number % len(zones)]), busy_times(chance, busy, days), is_fixed)
        for number in range(count)
    ]


def cases() -> list[Case]:
    """Return the cases with a goal, and the pairs that show growth."""
    return [
        Case("1 host, 31 days, 100 busy", hosts(1, zones=ONE_ZONE), 31, 0.3, True),
        Case("1 host, 90 days, 300 busy", hosts(1, 90, 300, ONE_ZONE), 90, 1, True),
        Case("10 hosts round robin, 5 zones, 31 days", hosts(10), 31, 3, True),
        Case("50 hosts round robin, 5 zones, 31 days", hosts(50), 31, 15),
        Case("100 hosts round robin, 5 zones, 31 days", hosts(100), 31, 30),
        Case("1000 hosts round robin, 5 zones, 31 days", hosts(1000), 31, 300),
        Case("50 hosts round robin, half-hour zones", hosts(50, zones=MIXED_ZONES), 31, 15),
        Case("1000 hosts round robin, half-hour zones", hosts(1000, zones=MIXED_ZONES), 31, 300),
        Case("30 hosts collective, 31 days", hosts(30, zones=ONE_ZONE, is_fixed=True), 31, 10),
        Case("30 hosts collective, 31 days, 20 busy", hosts(30, 31, 20, ONE_ZONE, is_fixed=True), 31, 10),
        Case("growth base: 20 hosts, 31 days, 100 busy", hosts(20), 31),
        Case("40 hosts", hosts(40), 31),
        Case("62 days, 200 busy", hosts(20, 62, 200), 62),
        Case("200 busy", hosts(20, 31, 200), 31),
    ]


def milliseconds(run: Callable[[], object]) -> float:
    """Return the mean time of `run`, repeated for a twentieth of a second or once if longer."""
    repeats = 0
    begin = time.perf_counter()
    while repeats == 0 or time.perf_counter() - begin < 0.05:
        run()
        repeats += 1
    return (time.perf_counter() - begin) / repeats * 1000


def oracle_milliseconds(case: Case) -> float:
    """Return the time of the naive oracle, which must agree, with its clock readings already cached."""
    question = oracle.Question(Rules(30), case.hosts, NOW, "Europe/Rome", NOTHING_TAKEN)

    def ask() -> list[int]:
        return oracle.list_slots(question, START, START + case.days * DAY - 1)

    assert ask() == case.run(), case.name
    return milliseconds(ask)


def main() -> None:
    """Print the table."""
    print(
        f"Python {platform.python_version()}, {platform.machine()}, seed {SEED}, {ROUNDS} interleaved rounds"
    )
    every = cases()
    gc.freeze()  # as in the server: a full collection would look at the hosts of all cases each time
    times: dict[str, list[float]] = {case.name: [] for case in every}
    for _ in range(ROUNDS):
        for case in every:
            times[case.name].append(milliseconds(case.run))
    print(f"{'case':44} {'slots':>6} {'median ms':>10} {'range ms':>19} {'goal ms':>8} {'oracle':>9}")
    for case in every:
        spent = times[case.name]
        spread = f"{min(spent):.3f}-{max(spent):.3f}"
        goal = "" if case.goal is None else f"{case.goal:g}"
        ratio = ""
        if case.is_given_to_oracle:
            ratio = f"{oracle_milliseconds(case) / median(spent):.0f} x"
        print(f"{case.name:44} {len(case.run()):6} {median(spent):10.3f} {spread:>19} {goal:>8} {ratio:>9}")
    base, *doubled = every[-4:]
    for case in doubled:
        # Within a round, so that a busy moment of the machine hits both.
        growth = [spent / before for spent, before in zip(times[case.name], times[base.name], strict=True)]
        print(f"growth, doubled to {case.name}: {median(growth):.2f} x (goal 2.2 x)")


if __name__ == "__main__":
    main()
