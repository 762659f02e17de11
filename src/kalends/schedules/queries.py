"""SQL of schedules; it also reads and writes which one is a user's default."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from psycopg import AsyncCursor

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, NamedRow, named_row, named_rows, only_row
from kalends.schedules.schedule import OverrideRow, Schedule, WeeklyRow

_PLAIN = Columns(
    Schedule, "s", stored_as={"owner_id": "user_id"}, without=("is_default", "weekly", "overrides")
)

_SCHEDULE = f"""
    SELECT {_PLAIN.selected}, coalesce(s.id = u.default_schedule_id, false) AS is_default,
           (SELECT json_agg(json_build_array(a.days, a.start_time, a.end_time) ORDER BY a.id)
              FROM schedule_availability a WHERE a.schedule_id = s.id AND a.date IS NULL) AS weekly,
           (SELECT json_agg(json_build_array(a.date, a.start_time, a.end_time) ORDER BY a.id)
              FROM schedule_availability a WHERE a.schedule_id = s.id AND a.date IS NOT NULL) AS overrides
      FROM schedules s JOIN users u ON u.id = s.user_id
"""


async def find_schedule(connection: Connection, schedule_id: int) -> Schedule | None:
    """Return a schedule, whosever it is."""
    row = await named_row(connection, f"{_SCHEDULE} WHERE s.id = %s", (schedule_id,))
    return None if row is None else _schedule(row)


async def find_default(connection: Connection, owner_id: int) -> Schedule | None:
    """Return the default schedule of a user."""
    row = await named_row(
        connection, f"{_SCHEDULE} WHERE u.id = %s AND s.id = u.default_schedule_id", (owner_id,)
    )
    return None if row is None else _schedule(row)


async def list_schedules(connection: Connection, owner_id: int) -> list[Schedule]:
    """Return the schedules of a user, ordered by id."""
    rows = await named_rows(connection, f"{_SCHEDULE} WHERE s.user_id = %s ORDER BY s.id", (owner_id,))
    return [_schedule(row) for row in rows]


async def list_of_organization(
    connection: Connection, organization_id: int, *, take: int, skip: int
) -> list[Schedule]:
    """Return a page of the schedules of those who have a profile in an organization, ordered by id.

    Only the rows of the page are read in full.
    """
    rows = await named_rows(
        connection,
        f"""
        {_SCHEDULE}
         WHERE s.id = ANY(ARRAY(
            SELECT known.id FROM profiles p JOIN schedules known ON known.user_id = p.user_id
             WHERE p.organization_id = %s ORDER BY known.id LIMIT %s OFFSET %s))
         ORDER BY s.id
        """,
        (organization_id, take, skip),
    )
    return [_schedule(row) for row in rows]


async def lock_schedule(work: UnitOfWork, schedule_id: int) -> None:
    """Lock a schedule until this command ends."""
    await work.connection.execute("SELECT FROM schedules WHERE id = %s FOR UPDATE", (schedule_id,))


async def insert_schedule(work: UnitOfWork, owner_id: int, name: str, time_zone: str) -> int:
    """Store a schedule without rows and return its id."""
    (schedule_id,) = await only_row(
        work.connection,
        "INSERT INTO schedules (user_id, name, time_zone) VALUES (%s, %s, %s) RETURNING id",
        (owner_id, name, time_zone),
    )
    return int(schedule_id)


@dataclass(frozen=True, slots=True)
class SentSchedule:
    """A schedule that was sent to be stored, and that nobody has waited for yet."""

    cursor: AsyncCursor[Any]

    async def get_id(self) -> int:
        """Wait for what was sent so far, and return the schedule's id."""
        row = await self.cursor.fetchone()
        if row is None:
            raise RuntimeError("the owner of a schedule is gone")
        return int(row[0])


async def send_default(
    work: UnitOfWork, owner_id: int, name: str, time_zone: str, hours: WeeklyRow
) -> SentSchedule:
    """Store the default schedule of an owner, with one row, without waiting for it."""
    cursor = await work.connection.execute(
        """
        WITH made AS (
            INSERT INTO schedules (user_id, name, time_zone) VALUES (%s, %s, %s) RETURNING id, user_id
        ), hours AS (
            INSERT INTO schedule_availability (schedule_id, days, start_time, end_time)
            SELECT id, %s, %s, %s FROM made
        )
        UPDATE users SET default_schedule_id = made.id FROM made WHERE users.id = made.user_id
        RETURNING made.id
        """,
        (owner_id, name, time_zone, list(hours.days), hours.start, hours.end),
    )
    return SentSchedule(cursor)


async def update_schedule(work: UnitOfWork, schedule: Schedule) -> None:
    """Write the name and the time zone of a schedule."""
    await work.connection.execute(
        "UPDATE schedules SET name = %s, time_zone = %s, updated_at = now() WHERE id = %s",
        (schedule.name, schedule.time_zone, schedule.id),
    )


async def set_time_zone(work: UnitOfWork, schedule_id: int, time_zone: str) -> None:
    """Write the time zone of a schedule."""
    await work.connection.execute(
        "UPDATE schedules SET time_zone = %s, updated_at = now() WHERE id = %s", (time_zone, schedule_id)
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


def _schedule(row: NamedRow) -> Schedule:
    return Schedule(
        **_PLAIN.values_of(row),
        is_default=row.is_default,
        weekly=tuple(
            WeeklyRow(tuple(days), time.fromisoformat(start), time.fromisoformat(end))
            for days, start, end in row.weekly or ()
        ),
        overrides=tuple(
            OverrideRow(date.fromisoformat(day), time.fromisoformat(start), time.fromisoformat(end))
            for day, start, end in row.overrides or ()
        ),
    )
