"""How many pages statements read, by the plans that PostgreSQL makes of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from kalends.db.database import SESSION_OPTIONS
from tests.plans.recording import Statement
from tests.support.postgres import SharedServer

TIMES = 3
"""How often a statement is measured: a session that others' migrations make forget what it knew of the
catalogs looks it up anew in the middle of a statement, and those pages are counted with its own."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a request sent, in order."""

    name: str
    statements: Sequence[Statement]

    def names(self) -> list[str]:
        """Return a name for each of its statements."""
        return [f"{self.name} {place}: {one.sender}" for place, one in enumerate(self.statements)]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Scenarios one after another, and the rows and sequences that they began with.

    The rows are those of a database that clones are made of.
    """

    before: SharedServer
    scenarios: Sequence[Scenario]
    sequences: Sequence[tuple[str, int]]


@contextmanager
def session(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Lend a connection whose session plans as those of the server do.

    Psycopg prepares nothing by itself there: a rollback would let it forget all that is prepared.
    """
    with psycopg.connect(url, autocommit=True, options=SESSION_OPTIONS, prepare_threshold=None) as connection:
        yield connection


def prepare(connection: psycopg.Connection[Any], scenarios: Sequence[Scenario], prefix: str) -> None:
    """Have all statements prepared and planned now."""
    for number, scenario in enumerate(scenarios):
        for place, statement in enumerate(scenario.statements):
            if statement.is_prepared:
                name = f"{prefix}_{number}_{place}"
                statement.prepare(connection, name)
                connection.execute(f"EXPLAIN {statement.execution(connection, name)}".encode())


def measure(connection: psycopg.Connection[Any], recorded: Recorded, prefix: str) -> dict[str, int]:
    """Run what is prepared and return the pages that each statement read at least; nothing stays."""
    found = [_measure_once(connection, recorded, prefix) for _ in range(TIMES)]
    return {name: min(pages[name] for pages in found) for name in found[0]}


def _measure_once(connection: psycopg.Connection[Any], recorded: Recorded, prefix: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for sequence, value in recorded.sequences:
        connection.execute("SELECT setval(%s::regclass, %s)", (sequence, value))
    with connection.transaction(force_rollback=True):
        for number, scenario in enumerate(recorded.scenarios):
            for place, (statement, name) in enumerate(
                zip(scenario.statements, scenario.names(), strict=True)
            ):
                execution = statement.execution(connection, f"{prefix}_{number}_{place}")
                explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {execution}"
                row = connection.execute(explain.encode()).fetchone()
                assert row is not None
                plan = row[0][0]["Plan"]
                found[name] = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return found
