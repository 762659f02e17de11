"""Changing an account that belongs to an organization."""

from dataclasses import replace

from psycopg import errors

from kalends.accounts import service as accounts
from kalends.accounts.owned_account import OwnedAccountChanges
from kalends.api.input.changes import UNSET
from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.organizations.users import sql
from kalends.organizations.users.organization_user import OrganizationUser
from kalends.organizations.users.outputs import snapshot_of
from kalends.organizations.users.refusals import (
    AccountOfSomebodyElse,
    EmailOfAnotherAccount,
    ScheduleOfSomebodyElse,
    UsernameInOrganization,
    UsernameOfAnotherAccount,
)
from kalends.schedules import service as schedules


async def update_user(
    work: UnitOfWork, author: Author, organization_id: int, user_id: int, changes: OwnedAccountChanges
) -> OrganizationUser:
    """Change an account of a locked organization; what is not named stays.

    Raises:
        AccountOfSomebodyElse: the account does not belong to the organization.
        UsernameInOrganization: the organization knows somebody by the name, maybe this very user.
        EmailOfAnotherAccount, UsernameOfAnotherAccount: another account has it.
        ScheduleOfSomebodyElse: the default schedule is none of the user's.
    """
    before = await sql.find_user(work.connection, user_id, organization_id)
    if before is None or before.organization_id != organization_id:
        raise AccountOfSomebodyElse(user_id, organization_id)
    if not changes.said:
        return before
    wanted = changes.applied_to(before)
    if changes.username is not UNSET and await sql.has_username(
        work.connection, organization_id, wanted.username
    ):
        raise UsernameInOrganization(wanted.username)
    schedule_id = None if changes.default_schedule_id is UNSET else wanted.default_schedule_id
    if schedule_id is not None and not await schedules.is_owned(work.connection, user_id, schedule_id):
        raise ScheduleOfSomebodyElse(schedule_id)
    if wanted.email.lower() != before.email.lower():
        # Whoever typed it has proven nothing.
        changes = replace(changes, email_verified_at=None)
    if changes.time_zone is not UNSET and before.default_schedule_id is not None:
        await schedules.move_to_zone(work, before.default_schedule_id, changes.time_zone)
    try:
        await accounts.update_owned(work, user_id, changes)
    except errors.UniqueViolation as error:
        if error.diag.constraint_name == "uq_users_email":
            raise EmailOfAnotherAccount(wanted.email) from error
        raise UsernameOfAnotherAccount(wanted.username) from error
    after = await sql.find_user(work.connection, user_id, organization_id)
    if after is None:
        raise AccountOfSomebodyElse(user_id, organization_id)
    was, is_now = audit.changes_between(snapshot_of(before), snapshot_of(after))
    subject = Subject("user", user_id)
    await audit.record(work, author, NewEntry(organization_id, subject, "updated", was, is_now))
    return after
