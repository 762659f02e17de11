"""Changing a managed user."""

from dataclasses import replace

from psycopg import errors

from kalends.api.input.changes import UNSET
from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.platform.users import sql
from kalends.platform.users.managed_user import (
    ManagedUser,
    ManagedUserChanges,
    managed_email,
    username_of,
)
from kalends.platform.users.refusals import ManagedEmailTaken, UnknownManagedUser
from kalends.schedules import service as schedules


async def update_managed_user(
    work: UnitOfWork, author: Author, client_id: str, user_id: int, changes: ManagedUserChanges
) -> ManagedUser:
    """Change an account of a client; what is not named stays, schedules do always.

    Another address gets the client's id, and the username follows from it.

    Raises:
        UnknownManagedUser: it was deleted meanwhile.
        UnknownSchedule, ScheduleOfAnotherUser: the new default schedule is not one of theirs.
        ManagedEmailTaken: another account has the address.
    """
    if changes.default_schedule_id is not UNSET and changes.default_schedule_id is not None:
        await schedules.get_for(work.connection, user_id, changes.default_schedule_id)
    before = await sql.lock_user(work, client_id, user_id)
    if before is None:
        raise UnknownManagedUser(user_id)
    if changes.email is not UNSET:
        email = managed_email(changes.email, client_id)
        username = await sql.find_free_username(work.connection, before, username_of(email))
        changes = replace(changes, email=email, username=username)
    if not changes.said:
        return before
    after = changes.applied_to(before)
    try:
        await sql.update_user(work, user_id, changes)
        if after.username != before.username:
            await sql.update_profile(work, before, after.username)
    except errors.UniqueViolation as error:
        raise ManagedEmailTaken(after.email) from error
    was, is_now = audit.changes_between(before.snapshot, after.snapshot)
    if before.organization_id is not None:
        subject = Subject("user", user_id)
        await audit.record(work, author, NewEntry(before.organization_id, subject, "updated", was, is_now))
    return after
