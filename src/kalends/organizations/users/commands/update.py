"""Changing an account that belongs to an organization."""

from dataclasses import replace

from psycopg import errors

from kalends.accounts import address_request
from kalends.accounts import service as accounts
from kalends.accounts.owned_account import OwnedAccountChanges
from kalends.accounts.refusals import EmailTaken
from kalends.api.input.changes import UNSET
from kalends.audit import service as audit
from kalends.audit.entry import NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.memberships.administration import Administration
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
    work: UnitOfWork, administration: Administration, user_id: int, changes: OwnedAccountChanges
) -> OrganizationUser:
    """Change an account of a locked organization; what is not named stays.

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
    if changes.time_zone is not UNSET and before.default_schedule_id is not None:
        await schedules.move_to_zone(work, before.default_schedule_id, changes.time_zone)
    others = replace(changes, email=UNSET)
    try:
        if others.said:
            await accounts.update_owned(work, user_id, others)
    except errors.UniqueViolation as error:
        raise UsernameOfAnotherAccount(wanted.username) from error
    email = None if changes.email is UNSET else changes.email
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
    settings, now = administration.settings, administration.now
    found = await sql.find_by_email(work.connection, email, administration.team_id)
    if found is not None and found[0] != user_id:
        raise EmailOfAnotherAccount(email)
    try:
        await address_request.set_address(work, settings, user_id, email, now=now)
    except EmailTaken as error:
        raise EmailOfAnotherAccount(email) from error
