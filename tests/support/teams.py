"""Rows that no operation makes yet: teams, organizations, their event types, and absences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from psycopg import sql
from psycopg.types.json import Jsonb

from kalends.db.database import Database
from tests.support.client import Host

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Rows:
    """Puts rows into the database of the server under test."""

    database: Database

    async def organization(self, slug: str, *members: Host) -> int:
        """Make an organization, and return its id; its members are known there by their own names."""
        organization_id = await self._insert("teams", name=slug, slug=slug, is_organization=True)
        for member in members:
            await self.joins(member, organization_id)
            await self.is_known(member, organization_id, member.username)
        return organization_id

    async def team(self, slug: str, *members: Host, organization: int | None = None) -> int:
        """Make a team, and return its id."""
        team_id = await self._insert("teams", name=slug, slug=slug, parent_id=organization)
        for member in members:
            await self.joins(member, team_id)
        return team_id

    async def joins(self, member: Host, team_id: int, *, accepted: bool = True) -> None:
        """Make somebody a member of a team or an organization."""
        await self._insert("memberships", user_id=member.id, team_id=team_id, accepted=accepted)

    async def is_known(self, member: Host, organization_id: int, username: str) -> None:
        """Give somebody a name in an organization."""
        await self._insert("profiles", user_id=member.id, organization_id=organization_id, username=username)

    async def event_type(
        self,
        team_id: int,
        *hosts: Host,
        fixed: Sequence[Host] = (),
        slug: str = "panel",
        kind: str = "roundRobin",
        schedules: dict[int, int] | None = None,
        **columns: Any,
    ) -> int:
        """Make an event type of a team, of an hour without notice but for what `columns` say.

        `fixed` hosts come besides those who rotate, `schedules` are those of this event type by host.
        """
        values = {"title": slug, "slug": slug, "length": 60, "minimum_booking_notice": 0, **columns}
        event_type_id = await self._insert("event_types", team_id=team_id, scheduling_type=kind, **values)
        for host in (*hosts, *fixed):
            await self._insert(
                "hosts",
                event_type_id=event_type_id,
                user_id=host.id,
                is_fixed=host in fixed or kind == "collective",
                schedule_id=(schedules or {}).get(host.id),
            )
        return event_type_id

    async def sets(self, table: str, row_id: int, **columns: Any) -> None:
        """Change columns of a row."""
        changes = sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in columns
        )
        statement = sql.SQL("UPDATE {} SET {} WHERE id = %(row_id)s").format(sql.Identifier(table), changes)
        async with self.database.connection() as connection:
            await connection.execute(statement, {**columns, "row_id": row_id})

    async def schedule(
        self,
        host: Host,
        zone: str | None,
        weekly: Sequence[tuple[Sequence[int], time, time]],
        overrides: Sequence[tuple[date, time, time]] = (),
    ) -> int:
        """Make a schedule of somebody, and return its id; days count from Sunday, 0."""
        schedule_id = await self._insert("schedules", user_id=host.id, name="Hours", time_zone=zone)
        listed: list[dict[str, Any]] = [{"days": list(days)} for days, _, _ in weekly]
        listed += [{"date": day} for day, _, _ in overrides]
        for columns, (_, start, end) in zip(listed, [*weekly, *overrides], strict=True):
            times = {"start_time": start, "end_time": end}
            await self._insert("schedule_availability", schedule_id=schedule_id, **columns, **times)
        return schedule_id

    async def is_away(self, host: Host, first: date, last: date) -> None:
        """Put somebody out of office from one date to another, both closed."""
        await self._insert("out_of_office_entries", user_id=host.id, start_date=first, end_date=last)

    async def travels(self, host: Host, zone: str, start: datetime, end: datetime | None = None) -> None:
        """Move somebody to another zone for a while, or for good."""
        await self._insert(
            "travel_schedules", user_id=host.id, time_zone=zone, start_time=start, end_time=end
        )

    async def reserves(
        self, host: Host, event_type_id: int, start: datetime, end: datetime, *, is_binding: bool
    ) -> None:
        """Keep a time of an event type that takes this host, until the end of that time."""
        await self._insert(
            "slot_reservations",
            uid=uuid4(),
            host_id=host.id,
            event_type_id=event_type_id,
            start_time=start,
            end_time=end,
            release_at=end,
            is_binding=is_binding,
        )

    async def is_booked(
        self,
        host: Host,
        event_type_id: int,
        start: datetime,
        end: datetime,
        *,
        before: timedelta = NO_TIME,
        after: timedelta = NO_TIME,
    ) -> str:
        """Put a booking with these buffers into the database, and return its uid."""
        uid = f"booked-{host.id}-{start:%d%H%M}"
        booking_id = await self._insert(
            "bookings",
            uid=uid,
            user_id=host.id,
            event_type_id=event_type_id,
            status="accepted",
            title="Panel",
            start_time=start,
            end_time=end,
            organizer_email=host.email,
            ical_uid=uid,
        )
        await self._insert(
            "attendees", booking_id=booking_id, email="bo@example.com", name="Bo", time_zone="UTC"
        )
        async with self.database.connection() as connection:
            await connection.execute(
                "INSERT INTO busy_times VALUES (%s, %s, tstzrange(%s, %s))",
                (host.id, booking_id, start - before, end + after),
            )
        return uid

    async def _insert(self, table: str, **columns: Any) -> int:
        """Insert a row, and return its id if it has one."""
        values = {name: Jsonb(value) if isinstance(value, dict) else value for name, value in columns.items()}
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING *").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(map(sql.Placeholder, values)),
        )
        async with self.database.connection() as connection:
            row = await (await connection.execute(statement, values)).fetchone()
        assert row is not None
        return int(row[0]) if isinstance(row[0], int) else 0
