"""The rules of organizations: how they are created, and how people join them."""

from dataclasses import dataclass

from psycopg import errors

from kalends.accounts.user import User
from kalends.api.input.fields import MAX_INTEGER, MAX_TEXT
from kalends.audit import service as audit
from kalends.audit.entry import NewEntry, Subject
from kalends.db.database import Connection, UnitOfWork
from kalends.memberships import service as memberships
from kalends.memberships.membership import Membership, Role
from kalends.memberships.refusals import AlreadyMember
from kalends.organizations import queries
from kalends.organizations.organization import Organization, WorkspacePlatform
from kalends.organizations.refusals import (
    SlashInText,
    SlugTaken,
    TextBlankOrTooLong,
    UnknownOrganization,
    UsernameTaken,
)

_KNOWN_ALREADY = "uq_profiles_user_id_organization_id"


@dataclass(frozen=True, slots=True)
class CreateOrganization:
    """A new organization; a platform may have OAuth clients, which manage users of their own."""

    name: str
    slug: str
    is_platform: bool = False


async def create_organization(work: UnitOfWork, owner: User, command: CreateOrganization) -> Organization:
    """Create an organization whose first member is `owner`, as an OWNER known by their own username.

    Raises:
        TextBlankOrTooLong, SlashInText: name or slug is not one.
        SlugTaken: the slug is in use.
    """
    _check_text("name", command.name)
    _check_path_part("slug", command.slug)
    try:
        organization_id = await queries.insert_organization(
            work, command.name, command.slug, is_platform=command.is_platform
        )
    except errors.UniqueViolation as error:
        raise SlugTaken(command.slug) from error
    await queries.insert_profile(work, owner.id, organization_id, owner.username)
    membership = await memberships.add_membership(
        work, owner.id, organization_id, role=Role.OWNER, accepted=True
    )
    told = {"name": command.name, "slug": command.slug, "isPlatform": command.is_platform}
    await audit.record(
        work,
        None,
        NewEntry(organization_id, Subject("organization", organization_id), "created", after=told),
        _entry_of(membership),
    )
    return Organization(organization_id, command.name, command.slug, command.is_platform, owner.id)


async def require_organization(work: UnitOfWork, organization_id: int) -> None:
    """Check that an organization exists, and keep it from being deleted until this command ends.

    Raises:
        UnknownOrganization: there is no organization with this id.
    """
    is_possible = 0 < organization_id <= MAX_INTEGER
    if not (is_possible and await queries.lock_organization(work, organization_id)):
        raise UnknownOrganization(organization_id)


async def list_organizations(connection: Connection) -> list[Organization]:
    """Return all organizations, ordered by id."""
    return await queries.list_organizations(connection)


async def add_member(
    work: UnitOfWork,
    organization_id: int,
    user: User,
    *,
    role: Role = Role.MEMBER,
    accepted: bool = True,
    username: str | None = None,
) -> Membership:
    """Make a user a member whom the organization knows by `username`, or else by their own username.

    Without `accepted` the user is invited: the organization knows them, but they have no role until they
    accept.

    Raises:
        UnknownOrganization: there is no organization with this id.
        TextBlankOrTooLong, SlashInText: the username is not one.
        AlreadyMember: the user has a membership there.
        UsernameTaken: somebody else has the username there.
    """
    name = user.username if username is None else username
    _check_path_part("username", name)
    await require_organization(work, organization_id)
    membership = await memberships.add_membership(
        work, user.id, organization_id, role=role, accepted=accepted
    )
    try:
        await queries.insert_profile(work, user.id, organization_id, name)
    except errors.UniqueViolation as error:
        if error.diag.constraint_name == _KNOWN_ALREADY:
            raise AlreadyMember(organization_id) from error
        raise UsernameTaken(name, organization_id) from error
    await audit.record(work, None, _entry_of(membership))
    return membership


async def make_profile(work: UnitOfWork, user_id: int, organization_id: int, username: str) -> None:
    """Give a user the profile, under a name, that they do not have in an organization yet.

    Raises:
        UsernameTaken: somebody else has the username there.
    """
    try:
        await queries.insert_profile(work, user_id, organization_id, username)
    except errors.UniqueViolation as error:
        raise UsernameTaken(username, organization_id) from error


async def list_workspace_platforms(connection: Connection) -> list[WorkspacePlatform]:
    """Return the platforms that delegation credentials can be for, ordered by slug."""
    return await queries.list_workspace_platforms(connection)


def _entry_of(membership: Membership) -> NewEntry:
    subject = Subject("membership", membership.id)
    return NewEntry(membership.team_id, subject, "created", after=membership.snapshot)


def _check_path_part(what: str, text: str) -> None:
    _check_text(what, text)
    if "/" in text:
        raise SlashInText(what)


def _check_text(what: str, text: str) -> None:
    if not text.strip() or len(text) > MAX_TEXT:
        raise TextBlankOrTooLong(what, MAX_TEXT)
