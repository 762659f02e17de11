"""SQL of the pages: how a booking came to its time, and where it went."""

from dataclasses import dataclass
from datetime import datetime

from kalends.db.database import Connection
from kalends.db.rows import first_row

_LONGEST_TRAIL = 20


@dataclass(frozen=True, slots=True)
class FormerTime:
    """When a booking was to take place before it was moved."""

    start: datetime
    end: datetime


async def find_former_times(connection: Connection, from_uid: str) -> list[FormerTime]:
    """Return the times of a booking that was replaced, and of those that it replaced itself, latest first."""
    cursor = await connection.execute(
        """
        WITH RECURSIVE former AS (
            SELECT start_time, end_time, rescheduled_from_uid, 1 AS step FROM bookings WHERE uid = %(uid)s
             UNION ALL
            SELECT b.start_time, b.end_time, b.rescheduled_from_uid, former.step + 1
              FROM former JOIN bookings b ON b.uid = former.rescheduled_from_uid
             WHERE former.step < %(longest)s)
        SELECT start_time, end_time FROM former ORDER BY step
        """,
        {"uid": from_uid, "longest": _LONGEST_TRAIL},
    )
    return [FormerTime(*row) for row in await cursor.fetchall()]


async def find_latest_uid(connection: Connection, uid: str) -> str | None:
    """Return the uid of the booking that replaced a moved one after all its moves; None: it was not moved."""
    row = await first_row(
        connection,
        """
        WITH RECURSIVE later AS (
            SELECT uid, id, 1 AS step FROM bookings WHERE rescheduled_from_uid = %(uid)s
             UNION ALL
            SELECT b.uid, b.id, later.step + 1
              FROM later JOIN bookings b ON b.rescheduled_from_uid = later.uid
             WHERE later.step < %(longest)s)
        SELECT uid FROM later ORDER BY step DESC, id DESC LIMIT 1
        """,
        {"uid": uid, "longest": _LONGEST_TRAIL},
    )
    return None if row is None else str(row[0])
