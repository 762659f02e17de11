"""Changing an account that belongs to an organization."""

from dataclasses import replace

from psycopg import errors

from kalends.accounts import own_account
from kalends.accounts import service as accounts
from kalends.accounts.refusals import EmailTaken
from kalends.audit import service as audit
from kalends.audit.entry import NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.memberships.administration import Administration
from kalends.organizations.users import sql
from kalends.organizations.users.organization_user import OrganizationUser, OrganizationUserChanges
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
    work: UnitOfWork, administration: Administration, user_id: int, changes: OrganizationUserChanges
) -> OrganizationUser:
    """Change an account of an organization that is held; what is not named stays.

    An address that takes the place of a proven one shows in the answer, and counts once it is confirmed.

    Raises:
        AccountOfSomebodyElse: the account does not belong to the organization.
        UsernameInOrganization: the organization knows somebody by the name, maybe this very user.
        EmailOfAnotherAccount, UsernameOfAnotherAccount: another account has it.
        ScheduleOfSomebodyElse: the default schedule is none of the user's.
    """
    organization_id = administration.team_id
    before = await sql.find_user(work.connection, user_id, organization_id)
    if before is None or before.organization_id != organization_id:
        raise AccountOfSomebodyElse(user_id, organization_id)
    columns = dict(changes.values)
    if not columns:
        return before
    username = columns.get("username")
    if username is not None and await sql.has_username(work.connection, organization_id, username):
        raise UsernameInOrganization(username)
    schedule_id = columns.get("default_schedule_id")
    if schedule_id is not None and not await schedules.is_owned(work.connection, user_id, schedule_id):
        raise ScheduleOfSomebodyElse(schedule_id)
    email = columns.pop("email", None)
    if "time_zone" in columns and before.default_schedule_id is not None:
        await schedules.move_to_zone(work, before.default_schedule_id, columns["time_zone"])
    try:
        if columns:
            await accounts.write_owned(work, user_id, columns)
    except errors.UniqueViolation as error:
        raise UsernameOfAnotherAccount(columns["username"]) from error
    if email is not None:
        await _set_address(work, administration, user_id, email)
    after = await sql.find_user(work.connection, user_id, organization_id)
    if after is None:
        raise AccountOfSomebodyElse(user_id, organization_id)
    if email is not None and after.email.lower() != email:
        after = replace(after, email=email, email_verified_at=None)
    was, is_now = audit.changes_between(snapshot_of(before), snapshot_of(after))
    subject = Subject("user", user_id)
    entry = NewEntry(organization_id, subject, "updated", was, is_now)
    await audit.record(work, administration.author, entry)
    return after


async def _set_address(work: UnitOfWork, administration: Administration, user_id: int, email: str) -> None:
    try:
        await own_account.set_address(work, administration.settings, user_id, email, now=administration.now)
    except EmailTaken as error:
        raise EmailOfAnotherAccount(email) from error
