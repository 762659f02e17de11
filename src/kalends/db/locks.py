"""Advisory locks: what commands keep each other off, beyond the rows they write."""

from collections.abc import Sequence

from kalends.db.database import UnitOfWork
from kalends.db.rows import json_rows, only_row

# The first key of a lock says what its second key is the id of. Locks are taken in the order of both keys.
_EVENT_TYPE = 0
_HOST = 1
_FACTS = 2
_STRANGER = 5
_STAND_INS = 6
_INVITED = 7


async def lock_hosts(work: UnitOfWork, host_ids: Sequence[int], *, event_type_id: int | None = None) -> None:
    """Keep other commands that take time of these hosts waiting until this one ends.

    With `event_type_id` also those that count its bookings or seats. Locks are taken in ascending order, so
    that two commands never wait for each other.

    Raises:
        HaveToWait: another command of this process has one of them, and this one can begin anew.
    """
    locks = {(_HOST, host_id) for host_id in host_ids}
    if event_type_id is not None:
        locks.add((_EVENT_TYPE, event_type_id))
    if work.turn is not None:
        work.turn.take(locks)
    keys = [{"kind": kind, "id": number} for kind, number in locks]
    await work.connection.execute(
        """
        SELECT pg_advisory_xact_lock(kind, id) FROM (
            SELECT * FROM json_to_recordset(%s::json) AS key (kind int, id int) ORDER BY kind, id) AS ordered
        """,
        (json_rows(keys),),
    )


async def lock_stranger(work: UnitOfWork, address: str) -> None:
    """Keep other commands that count what this address holds waiting until this one ends."""
    await work.connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_STRANGER, address))


async def lock_stand_ins(work: UnitOfWork) -> None:
    """Keep other commands that say who stands in for whom waiting until this one ends."""
    await work.connection.execute("SELECT pg_advisory_xact_lock(%s, 0)", (_STAND_INS,))


async def lock_invited(work: UnitOfWork, address: str) -> None:
    """Keep other commands that mail invitations to this address waiting until this one ends."""
    await work.connection.execute(
        "SELECT pg_advisory_xact_lock(%s, hashtext(lower(%s)))", (_INVITED, address)
    )


async def try_lock_facts(work: UnitOfWork) -> bool:
    """Become the one worker that hands facts to their consumers until this transaction ends.

    Facts are handed on in their order, which two workers at once could not promise. False: another does it.
    """
    (is_locked,) = await only_row(work.connection, "SELECT pg_try_advisory_xact_lock(%s, 0)", (_FACTS,))
    return bool(is_locked)
