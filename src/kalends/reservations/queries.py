"""SQL of reservations."""

from datetime import datetime
from uuid import UUID

from psycopg.rows import TupleRow

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row, only_row
from kalends.reservations.reservation import Reservation

_RESERVATION = "uid::text, event_type_id, start_time, end_time, release_at, is_seat, is_binding"


async def find(connection: Connection, uid: UUID) -> Reservation | None:
    """Return a reservation, expired or not."""
    row = await first_row(connection, f"SELECT {_RESERVATION} FROM slot_reservations WHERE uid = %s", (uid,))
    return None if row is None else _reservation(row)


async def insert(
    work: UnitOfWork,
    *,
    event_type_id: int,
    host_id: int,
    start: datetime,
    end: datetime,
    release_at: datetime,
    is_seat: bool,
    is_binding: bool,
) -> Reservation:
    """Store a reservation."""
    row = await only_row(
        work.connection,
        f"""
        INSERT INTO slot_reservations (
            event_type_id, host_id, start_time, end_time, release_at, is_seat, is_binding)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        RETURNING {_RESERVATION}
        """,
        (event_type_id, host_id, start, end, release_at, is_seat, is_binding),
    )
    return _reservation(row)


async def update(
    work: UnitOfWork,
    uid: UUID,
    *,
    event_type_id: int,
    host_id: int,
    start: datetime,
    end: datetime,
    release_at: datetime,
    is_seat: bool,
    is_binding: bool,
) -> Reservation | None:
    """Write a reservation anew; None when it is gone."""
    row = await first_row(
        work.connection,
        f"""
        UPDATE slot_reservations
           SET event_type_id = %s, host_id = %s, start_time = %s, end_time = %s, release_at = %s,
               is_seat = %s, is_binding = %s
         WHERE uid = %s
        RETURNING {_RESERVATION}
        """,
        (event_type_id, host_id, start, end, release_at, is_seat, is_binding, uid),
    )
    return None if row is None else _reservation(row)


async def delete(work: UnitOfWork, uid: UUID) -> None:
    """Delete a reservation if it is there."""
    await work.connection.execute("DELETE FROM slot_reservations WHERE uid = %s", (uid,))


async def delete_expired(work: UnitOfWork, before: datetime, at_most: int) -> None:
    """Delete some reservations that were released before an instant."""
    await work.connection.execute(
        """
        DELETE FROM slot_reservations WHERE uid IN (
            SELECT uid FROM slot_reservations WHERE release_at < %s LIMIT %s FOR UPDATE SKIP LOCKED)
        """,
        (before, at_most),
    )


def _reservation(row: TupleRow) -> Reservation:
    return Reservation(*row)
