"""SQL of absences; it reads users, profiles, memberships and teams."""

from datetime import date
from typing import LiteralString

from psycopg import sql

from kalends.db.database import Connection, UnitOfWork
from kalends.db.rows import Columns, first_row, named_row, named_rows, only_named_row
from kalends.db.statements import assignments
from kalends.out_of_office.entry import (
    ListEntries,
    NewOutOfOfficeEntry,
    OutOfOfficeChanges,
    OutOfOfficeEntry,
)
from kalends.out_of_office.fact import Person
from kalends.out_of_office.stand_ins import Redirect

_FEW: LiteralString = "2000"
"""Users for each of whom something is looked up without a thought."""

_WALKED: LiteralString = "3000"
"""How far a list is followed along its order in the hope that a page gets full."""

_ENTRY = Columns(OutOfOfficeEntry, "o")
_REDIRECT = Columns(Redirect, "o")


async def find_entry(connection: Connection, entry_id: int, user_id: int) -> OutOfOfficeEntry | None:
    """Return an absence of a user."""
    row = await named_row(
        connection,
        f"SELECT {_ENTRY.selected} FROM out_of_office_entries o WHERE o.id = %s AND o.user_id = %s",
        (entry_id, user_id),
    )
    return None if row is None else _ENTRY.read(row)


async def list_of_user(connection: Connection, user_id: int, wanted: ListEntries) -> list[OutOfOfficeEntry]:
    """Return absences of a user, in the order that is asked for, then by id."""
    rows = await named_rows(
        connection,
        f"""
        SELECT {_ENTRY.selected} FROM out_of_office_entries o
         WHERE o.user_id = %(user_id)s
         ORDER BY {_order(wanted)} LIMIT %(take)s OFFSET %(skip)s
        """,
        {"user_id": user_id, "take": wanted.take, "skip": wanted.skip},
    )
    return [_ENTRY.read(row) for row in rows]


async def list_of_organization(
    connection: Connection, organization_id: int, wanted: ListEntries
) -> list[OutOfOfficeEntry]:
    """Return absences of those who have a profile in an organization, or of the one with an address.

    Among the absences of a large organization the first pages are found along their order, if they are found
    soon; else all that the organization has are looked up and sorted.
    """
    values = {
        "organization_id": organization_id,
        "email": wanted.email,
        "take": wanted.take,
        "skip": wanted.skip,
    }
    if wanted.email is None and await _is_large(connection, organization_id):
        rows = await named_rows(
            connection,
            f"""
            SELECT {_ENTRY.selected}
              FROM (SELECT * FROM out_of_office_entries o ORDER BY {_order(wanted)} LIMIT {_WALKED}) o
             WHERE EXISTS (SELECT FROM profiles p
                            WHERE p.user_id = o.user_id AND p.organization_id = %(organization_id)s OFFSET 0)
             ORDER BY {_order(wanted)} LIMIT %(take)s OFFSET %(skip)s
            """,
            values,
        )
        if len(rows) == wanted.take:
            return [_ENTRY.read(row) for row in rows]
    rows = await named_rows(
        connection,
        f"""
        SELECT {_ENTRY.selected}
          FROM (SELECT p.user_id FROM profiles p {"" if wanted.email is None else _WITH_EMAIL}
                 WHERE p.organization_id = %(organization_id)s OFFSET 0) known
         CROSS JOIN LATERAL (SELECT * FROM out_of_office_entries WHERE user_id = known.user_id OFFSET 0) o
         ORDER BY {_order(wanted)} LIMIT %(take)s OFFSET %(skip)s
        """,
        values,
    )
    return [_ENTRY.read(row) for row in rows]


_WITH_EMAIL: LiteralString = "JOIN users u ON u.id = p.user_id AND lower(u.email) = lower(%(email)s)"


async def _is_large(connection: Connection, organization_id: int) -> bool:
    """Tell whether an organization knows so many that looking for what each of them has takes long."""
    row = await first_row(
        connection,
        f"SELECT FROM profiles WHERE organization_id = %s OFFSET {_FEW} LIMIT 1",
        (organization_id,),
    )
    return row is not None


async def is_known(work: UnitOfWork, user_id: int, organization_id: int) -> bool:
    """Tell whether an organization has a profile of a user."""
    row = await first_row(
        work.connection,
        "SELECT FROM profiles WHERE user_id = %s AND organization_id = %s",
        (user_id, organization_id),
    )
    return row is not None


async def lock_entry(work: UnitOfWork, entry_id: int) -> None:
    """Keep other commands off an absence until this one ends."""
    await work.connection.execute("SELECT FROM out_of_office_entries WHERE id = %s FOR UPDATE", (entry_id,))


async def has_entry(work: UnitOfWork, user_id: int, start_date: date, end_date: date) -> bool:
    """Tell whether a user has an absence of exactly these dates."""
    row = await first_row(
        work.connection,
        "SELECT FROM out_of_office_entries WHERE user_id = %s AND start_date = %s AND end_date = %s",
        (user_id, start_date, end_date),
    )
    return row is not None


async def list_redirects(work: UnitOfWork, new: Redirect) -> list[Redirect]:
    """Return who stands in for whom among those to whom a redirect may lead, while it lasts."""
    rows = await named_rows(
        work.connection,
        f"""
        WITH RECURSIVE asked (user_id) AS (
            SELECT %(to_user_id)s::int
             UNION
            SELECT o.to_user_id
              FROM asked JOIN out_of_office_entries o ON o.user_id = asked.user_id
             WHERE o.to_user_id IS NOT NULL
               AND o.start_date <= %(end_date)s AND o.end_date >= %(start_date)s
               AND o.user_id <> %(user_id)s
        )
        SELECT {_REDIRECT.selected}
          FROM asked JOIN out_of_office_entries o ON o.user_id = asked.user_id
         WHERE o.to_user_id IS NOT NULL
           AND o.start_date <= %(end_date)s AND o.end_date >= %(start_date)s
        """,
        {
            "user_id": new.user_id,
            "to_user_id": new.to_user_id,
            "start_date": new.start_date,
            "end_date": new.end_date,
        },
    )
    return [_REDIRECT.read(row) for row in rows]


async def may_stand_in(work: UnitOfWork, to_user_id: int, user_id: int) -> bool:
    """Tell whether one user is a member, accepted or not, where another one is an accepted member."""
    row = await first_row(
        work.connection,
        """
        SELECT FROM memberships theirs JOIN memberships own ON own.team_id = theirs.team_id
         WHERE own.user_id = %s AND own.accepted AND theirs.user_id = %s LIMIT 1
        """,
        (user_id, to_user_id),
    )
    return row is not None


async def insert_entry(
    work: UnitOfWork, user_id: int, new: NewOutOfOfficeEntry
) -> tuple[OutOfOfficeEntry, int]:
    """Store an absence; return it, and how many the user had before.

    Raises:
        psycopg.errors.UniqueViolation: the user has one of these dates.
    """
    row = await only_named_row(
        work.connection,
        f"""
        INSERT INTO out_of_office_entries AS o (user_id, to_user_id, start_date, end_date, notes, reason)
        VALUES (%(user_id)s, %(to_user_id)s, %(start_date)s, %(end_date)s, %(notes)s, %(reason)s)
        RETURNING {_ENTRY.selected},
                  (SELECT count(*) FROM out_of_office_entries WHERE user_id = %(user_id)s) AS before
        """,
        {
            "user_id": user_id,
            "to_user_id": new.to_user_id,
            "start_date": new.start_date,
            "end_date": new.end_date,
            "notes": new.notes,
            "reason": new.reason,
        },
    )
    return _ENTRY.read(row), row.before


async def update_entry(work: UnitOfWork, entry_id: int, changes: OutOfOfficeChanges) -> None:
    """Write what is to change.

    Raises:
        psycopg.errors.UniqueViolation: the user has another one of these dates.
    """
    said = changes.said
    statement = sql.SQL("UPDATE out_of_office_entries SET {}, updated_at = now() WHERE id = %(entry_id)s")
    await work.connection.execute(statement.format(assignments(said)), {**said, "entry_id": entry_id})


async def delete_entry(work: UnitOfWork, entry_id: int) -> None:
    """Delete an absence."""
    await work.connection.execute("DELETE FROM out_of_office_entries WHERE id = %s", (entry_id,))


async def list_people(work: UnitOfWork, entry: OutOfOfficeEntry) -> dict[int, Person]:
    """Return who is away and who stands in, by their ids.

    The address of a stand-in is told only where both are accepted members of one team or organization.
    """
    rows = await named_rows(
        work.connection,
        """
        SELECT u.id, u.name, u.username, u.time_zone,
               CASE WHEN u.id = %(user_id)s OR EXISTS (
                         SELECT FROM memberships theirs JOIN memberships own ON own.team_id = theirs.team_id
                          WHERE own.user_id = %(user_id)s AND own.accepted
                            AND theirs.user_id = u.id AND theirs.accepted)
                    THEN u.email END AS email
          FROM users u WHERE u.id IN (%(user_id)s, %(to_user_id)s)
        """,
        {"user_id": entry.user_id, "to_user_id": entry.to_user_id},
    )
    return {row.id: Person(row.id, row.name, row.username, row.time_zone, row.email) for row in rows}


def _order(wanted: ListEntries) -> LiteralString:
    orders: list[LiteralString] = []
    if wanted.sort_end is not None:
        orders.append("o.end_date DESC" if wanted.sort_end == "desc" else "o.end_date")
    if wanted.sort_start is not None:
        orders.append("o.start_date DESC" if wanted.sort_start == "desc" else "o.start_date")
    return ", ".join([*orders, "o.id"])
