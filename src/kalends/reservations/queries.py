"""SQL of reservations."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, first_row, named_row, only_row
from kalends.reservations.reservation import Reservation

_RESERVATION = Columns(
    Reservation, "r", stored_as={"uid": "uid::text", "start": "start_time", "end": "end_time"}
)


async def find(connection: Connection, uid: UUID) -> Reservation | None:
    """Return a reservation, expired or not."""
    row = await named_row(
        connection,
        f"SELECT {_RESERVATION.selected} FROM slot_reservations r WHERE r.uid = %s LIMIT 1",
        (uid,),
    )
    return None if row is None else _RESERVATION.read(row)


async def count_binding_seats(
    connection: Connection, event_type_id: int, start: datetime, now: datetime
) -> int:
    """Return how many seats of a start binding reservations keep."""
    (count,) = await only_row(
        connection,
        """
        SELECT count(DISTINCT uid) FROM slot_reservations
         WHERE event_type_id = %s AND start_time = %s AND is_seat AND is_binding AND release_at > %s
        """,
        (event_type_id, start, now),
    )
    return int(count)


async def lock(work: UnitOfWork, uid: UUID) -> bool:
    """Lock a reservation, and tell whether it is there."""
    return (
        await first_row(work.connection, "SELECT FROM slot_reservations WHERE uid = %s FOR UPDATE", (uid,))
        is not None
    )


async def save(work: UnitOfWork, reservation: Reservation, host_ids: Sequence[int]) -> None:
    """Store a reservation, new or changed, of the time of these hosts and no others."""
    await work.connection.execute(
        """
        INSERT INTO slot_reservations (
            uid, host_id, event_type_id, start_time, end_time, release_at, is_seat, is_binding, stranger,
            held_since)
        SELECT %s, host_id, %s, %s, %s, %s, %s, %s, %s, %s FROM unnest(%s::int[]) AS host_id
            ON CONFLICT (uid, host_id) DO UPDATE
           SET event_type_id = excluded.event_type_id, start_time = excluded.start_time,
               end_time = excluded.end_time, release_at = excluded.release_at,
               is_seat = excluded.is_seat, is_binding = excluded.is_binding, stranger = excluded.stranger,
               held_since = excluded.held_since
        """,
        (
            reservation.uid,
            reservation.event_type_id,
            reservation.start,
            reservation.end,
            reservation.release_at,
            reservation.is_seat,
            reservation.is_binding,
            reservation.stranger,
            reservation.held_since,
            list(host_ids),
        ),
    )
    await work.connection.execute(
        "DELETE FROM slot_reservations WHERE uid = %s AND host_id <> ALL(%s)",
        (reservation.uid, list(host_ids)),
    )


async def count_of_stranger(
    work: UnitOfWork, stranger: str, event_type_id: int, *, without: UUID | None, now: datetime
) -> tuple[int, int]:
    """Return how many binding reservations strangers hold from an address: of an event type, and in all."""
    of_event_type, in_all = await only_row(
        work.connection,
        """
        SELECT count(DISTINCT uid) FILTER (WHERE event_type_id = %s), count(DISTINCT uid)
          FROM slot_reservations WHERE stranger = %s AND release_at > %s AND uid IS DISTINCT FROM %s
        """,
        (event_type_id, stranger, now, without),
    )
    return of_event_type, in_all


async def delete_of_strangers(
    work: UnitOfWork, host_id: int, starts: Sequence[datetime], ends: Sequence[datetime], now: datetime
) -> None:
    """Delete what strangers hold of a host's time in these periods, with the buffers that it keeps."""
    await work.connection.execute(
        """
        DELETE FROM slot_reservations WHERE uid IN (
            SELECT r.uid
              FROM slot_reservations r
              JOIN event_types held ON held.id = r.event_type_id
              JOIN unnest(%s::timestamptz[], %s::timestamptz[]) AS period (starts, ends)
                ON r.start_time - make_interval(mins => held.before_event_buffer) < period.ends
               AND r.end_time + make_interval(mins => held.after_event_buffer) > period.starts
             WHERE r.host_id = %s AND r.release_at > %s AND r.stranger IS NOT NULL)
        """,
        (list(starts), list(ends), host_id, now),
    )


async def find_reserved_hosts(work: UnitOfWork, reservation: Reservation, now: datetime) -> set[int]:
    """Return the hosts whose time other reservations of the event type take at the same time."""
    cursor = await work.connection.execute(
        """
        SELECT host_id FROM slot_reservations
         WHERE event_type_id = %s AND start_time < %s AND end_time > %s AND release_at > %s AND uid <> %s
        """,
        (reservation.event_type_id, reservation.end, reservation.start, now, reservation.uid),
    )
    return {host_id for (host_id,) in await cursor.fetchall()}


async def delete(work: UnitOfWork, uid: UUID) -> None:
    """Delete a reservation if it is there."""
    await work.connection.execute("DELETE FROM slot_reservations WHERE uid = %s", (uid,))


async def delete_expired(work: UnitOfWork, before: datetime, at_most: int) -> None:
    """Delete some reservations that were released before an instant."""
    await work.connection.execute(
        """
        DELETE FROM slot_reservations WHERE (uid, host_id) IN (
            SELECT uid, host_id FROM slot_reservations WHERE release_at < %s LIMIT %s FOR UPDATE SKIP LOCKED)
        """,
        (before, at_most),
    )
