"""Making an account that belongs to an organization, and inviting its person."""

from psycopg import errors

from kalends.accounts import service as accounts
from kalends.accounts.owned_account import NewOwnedAccount
from kalends.api.input.changes import UNSET
from kalends.audit import service as audit
from kalends.audit.entry import NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.memberships import service as memberships
from kalends.memberships.administration import Administration
from kalends.memberships.invitations.sending import invite, remind
from kalends.organizations import service as organizations
from kalends.organizations.users import sql
from kalends.organizations.users.organization_user import CreateOrganizationUser, OrganizationUser
from kalends.organizations.users.outputs import snapshot_of
from kalends.organizations.users.refusals import (
    AccountOfSomebodyElse,
    EmailOfAnotherAccount,
    ScheduleTooEarly,
    UserInOrganizationAlready,
    UsernameInOrganization,
)
from kalends.schedules import service as schedules
from kalends.teams.slug import slug_of

_FALLBACK = "user"
_ZONE = "Europe/London"


async def create_user(
    work: UnitOfWork, administration: Administration, command: CreateOrganizationUser
) -> OrganizationUser:
    """Make an account of a locked organization, with profile, membership and hours, and mail it.

    Raises:
        ScheduleTooEarly: a default schedule is named.
        UserInOrganizationAlready: the organization has a user with this address; an invitation is repeated.
        EmailOfAnotherAccount: somebody else has proven the address.
        UsernameInOrganization: the organization knows somebody by the name.
    """
    organization_id = administration.team_id
    settings = command.settings
    if settings.default_schedule_id is not UNSET and settings.default_schedule_id is not None:
        raise ScheduleTooEarly
    await _check_email(work, administration, command.email)
    username = await _username_for(work, organization_id, command)
    try:
        user_id = await accounts.create_owned(
            work, NewOwnedAccount(command.email, username, organization_id, settings)
        )
    except errors.UniqueViolation as error:
        raise UsernameInOrganization(username) from error
    await organizations.make_profile(work, user_id, organization_id, username)
    membership = await memberships.add_membership(
        work, user_id, organization_id, role=command.role, accepted=command.accepted
    )
    zone = _ZONE if settings.time_zone is UNSET else settings.time_zone
    await schedules.create_working_hours(work, user_id, zone)
    made = await sql.find_user(work.connection, user_id, organization_id)
    if made is None:
        raise AccountOfSomebodyElse(user_id, organization_id)
    await audit.record(
        work,
        administration.author,
        NewEntry(organization_id, Subject("user", user_id), "created", after=snapshot_of(made)),
        NewEntry(organization_id, Subject("membership", membership.id), "created", after=membership.snapshot),
    )
    await invite(work, administration.settings, administration.author, membership.id, now=administration.now)
    return made


async def _check_email(work: UnitOfWork, administration: Administration, email: str) -> None:
    found = await sql.find_by_email(work.connection, email, administration.team_id)
    if found is None:
        return
    _, membership_id = found
    if membership_id is None:
        raise EmailOfAnotherAccount(email)
    await remind(work, administration.settings, administration.author, membership_id, now=administration.now)
    raise UserInOrganizationAlready(email)


async def _username_for(work: UnitOfWork, organization_id: int, command: CreateOrganizationUser) -> str:
    if command.username is not None:
        if await sql.has_username(work.connection, organization_id, command.username):
            raise UsernameInOrganization(command.username)
        return command.username
    local, _, domain = command.email.partition("@")
    derived = slug_of(f"{local}-{domain.partition('.')[0]}") or _FALLBACK
    return await sql.find_free_username(work.connection, organization_id, derived)
