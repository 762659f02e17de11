"""Plans cannot go wrong: what a statement reads does not hang on what PostgreSQL knew when it planned it.

Statistics are taken while others have so many bookings, and only then do they get all theirs.
"""

import pytest

from tests.plans.filling import fill
from tests.plans.pages import Recorded, measure, prepare, session
from tests.support.postgres import clone_database

OTHERS = 20_000
MANY_OTHERS = 100_000

EACH = 5
"""How many bookings each of the others has."""

ALLOWED = 1.5
FEW = 32
"""What the same few rows may cost more, found in another order; what is read whole has more pages."""

KNOWN = [None, 0, 1, 10, 100, 200, 1_000]
"""How many bookings others had when statistics were taken; None: they never were."""


@pytest.mark.parametrize("known", KNOWN)
async def test_no_statement_reads_more_than_with_true_statistics(
    recorded: Recorded, worker_id: str, known: int | None
) -> None:
    assert await _worse(recorded, worker_id, (known, EACH), (OTHERS, EACH)) == {}


@pytest.mark.parametrize("known", [80, 100, 1_000])
async def test_what_one_host_had_first_does_not_mislead(
    recorded: Recorded, worker_id: str, known: int
) -> None:
    assert await _worse(recorded, worker_id, (known, known), (OTHERS, 20)) == {}


@pytest.mark.full
@pytest.mark.parametrize("known", KNOWN)
async def test_no_statement_reads_more_among_many_others(
    recorded: Recorded, worker_id: str, known: int | None
) -> None:
    assert await _worse(recorded, worker_id, (known, EACH), (MANY_OTHERS, EACH)) == {}


async def _worse(
    recorded: Recorded, worker_id: str, before: tuple[int | None, int], after: tuple[int, int]
) -> dict[str, tuple[int, ...]]:
    """Return the statements that some plan lets read too much.

    `before` and `after` say how many bookings the others have, and how many each of them.

    With them the pages by a plan made before the others had theirs, by one made with the same statistics
    later, and by one made with true statistics.
    """
    found = []
    (known, each), (others, later_each) = before, after
    with clone_database(recorded.before, f"plans_{worker_id}") as url, session(url) as connection:
        if known is not None:
            if known:
                fill(connection, 0, known, each=each)
            connection.execute("ANALYZE")
        prepare(connection, recorded.scenarios, "early")
        fill(connection, known or 0, others, each=later_each)
        found.append(measure(connection, recorded, "early"))
        prepare(connection, recorded.scenarios, "late")
        found.append(measure(connection, recorded, "late"))
        connection.execute("ANALYZE")
        prepare(connection, recorded.scenarios, "true")
        found.append(measure(connection, recorded, "true"))
    pages = {name: tuple(one[name] for one in found) for name in found[0]}
    return {name: read for name, read in pages.items() if max(read) > ALLOWED * min(read) + FEW}
