"""SQL of schedules."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from psycopg import sql
from psycopg.rows import TupleRow

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import first_row, only_row
from kalends.db.statements import assignments
from kalends.schedules.schedule import OverrideRow, Schedule, WeeklyRow

_SCHEDULE = """
    SELECT s.id, s.user_id, s.name, s.time_zone, coalesce(s.id = u.default_schedule_id, false),
           (SELECT json_agg(json_build_array(a.days, a.start_time, a.end_time) ORDER BY a.id)
              FROM schedule_availability a WHERE a.schedule_id = s.id AND a.date IS NULL),
           (SELECT json_agg(json_build_array(a.date, a.start_time, a.end_time) ORDER BY a.id)
              FROM schedule_availability a WHERE a.schedule_id = s.id AND a.date IS NOT NULL)
      FROM schedules s JOIN users u ON u.id = s.user_id
"""


async def find_schedule(connection: Connection, schedule_id: int) -> Schedule | None:
    """Return a schedule of anybody."""
    row = await first_row(connection, _SCHEDULE + " WHERE s.id = %s", (schedule_id,))
    return None if row is None else _schedule(row)


async def find_default(connection: Connection, owner_id: int) -> Schedule | None:
    """Return the default schedule of a user."""
    row = await first_row(
        connection, _SCHEDULE + " WHERE u.id = %s AND s.id = u.default_schedule_id", (owner_id,)
    )
    return None if row is None else _schedule(row)


async def list_schedules(connection: Connection, owner_id: int) -> list[Schedule]:
    """Return the schedules of a user by id."""
    cursor = await connection.execute(_SCHEDULE + " WHERE s.user_id = %s ORDER BY s.id", (owner_id,))
    return [_schedule(row) for row in await cursor.fetchall()]


async def lock_schedule(work: UnitOfWork, schedule_id: int) -> None:
    """Keep other commands off a schedule until this one ends."""
    await work.connection.execute("SELECT FROM schedules WHERE id = %s FOR UPDATE", (schedule_id,))


async def insert_schedule(work: UnitOfWork, owner_id: int, name: str, time_zone: str) -> int:
    """Store a schedule without rows and return its id."""
    (schedule_id,) = await only_row(
        work.connection,
        "INSERT INTO schedules (user_id, name, time_zone) VALUES (%s, %s, %s) RETURNING id",
        (owner_id, name, time_zone),
    )
    return int(schedule_id)


async def update_schedule(work: UnitOfWork, schedule_id: int, changes: Mapping[str, Any]) -> None:
    """Write changed columns, by name."""
    if changes:
        statement = sql.SQL("UPDATE schedules SET {}, updated_at = now() WHERE id = %(schedule_id)s")
        await work.connection.execute(
            statement.format(assignments(changes)), {**changes, "schedule_id": schedule_id}
        )


async def delete_schedule(work: UnitOfWork, schedule_id: int) -> None:
    """Delete a schedule and its rows; references to it become null."""
    await work.connection.execute("DELETE FROM schedules WHERE id = %s", (schedule_id,))


async def set_default(work: UnitOfWork, owner_id: int, schedule_id: int) -> None:
    """Make a schedule the default of its owner."""
    await work.connection.execute(
        "UPDATE users SET default_schedule_id = %s WHERE id = %s", (schedule_id, owner_id)
    )


async def insert_weekly(work: UnitOfWork, schedule_id: int, rows: Sequence[WeeklyRow]) -> None:
    """Store weekly rows in their order."""
    await _insert_rows(work, [(schedule_id, list(row.days), row.start, row.end, None) for row in rows])


async def insert_overrides(work: UnitOfWork, schedule_id: int, rows: Sequence[OverrideRow]) -> None:
    """Store overrides in their order."""
    await _insert_rows(work, [(schedule_id, [], row.start, row.end, row.date) for row in rows])


async def delete_weekly(work: UnitOfWork, schedule_id: int) -> None:
    """Delete the weekly rows of a schedule."""
    await work.connection.execute(
        "DELETE FROM schedule_availability WHERE schedule_id = %s AND date IS NULL", (schedule_id,)
    )


async def delete_overrides(work: UnitOfWork, schedule_id: int) -> None:
    """Delete the overrides of a schedule."""
    await work.connection.execute(
        "DELETE FROM schedule_availability WHERE schedule_id = %s AND date IS NOT NULL", (schedule_id,)
    )


async def _insert_rows(
    work: UnitOfWork, rows: Sequence[tuple[int, list[int], time, time, date | None]]
) -> None:
    if rows:
        async with work.connection.cursor() as cursor:
            await cursor.executemany(
                """
                INSERT INTO schedule_availability (schedule_id, days, start_time, end_time, date)
                VALUES (%s, %s, %s, %s, %s)
                """,
                rows,
            )


def _schedule(row: TupleRow) -> Schedule:
    schedule_id, owner_id, name, time_zone, is_default, weekly, overrides = row
    return Schedule(
        id=schedule_id,
        owner_id=owner_id,
        name=name,
        time_zone=time_zone,
        is_default=is_default,
        weekly=tuple(
            WeeklyRow(tuple(days), time.fromisoformat(start), time.fromisoformat(end))
            for days, start, end in weekly or ()
        ),
        overrides=tuple(
            OverrideRow(date.fromisoformat(day), time.fromisoformat(start), time.fromisoformat(end))
            for day, start, end in overrides or ()
        ),
    )
