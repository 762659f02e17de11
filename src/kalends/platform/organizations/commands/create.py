"""Making an organization that a platform manages."""

from datetime import datetime, timedelta

from kalends.access.place import Place
from kalends.api.refusals import BoundReached
from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.auth import service as auth
from kalends.auth.refusals import ContradictingExpiry
from kalends.auth.service import DEFAULT_DAYS_VALID
from kalends.db.database import UnitOfWork
from kalends.organizations import service as organizations
from kalends.organizations.service import CreateOrganization
from kalends.platform.organizations import sql
from kalends.platform.organizations.managed_organization import (
    CreatedOrganization,
    CreateManagedOrganization,
    ManagedOrganization,
)
from kalends.platform.organizations.refusals import ManagerIsNoPlatform
from kalends.settings import Settings
from kalends.teams.commands.update import update_team
from kalends.teams.settings import TeamChanges


async def create_managed_organization(
    work: UnitOfWork,
    author: Author,
    manager: Place,
    command: CreateManagedOrganization,
    settings: Settings,
    now: datetime,
) -> CreatedOrganization:
    """Make an organization that a platform manages, whose OWNER is the author, with a key of it.

    Raises:
        ManagerIsNoPlatform: the manager is no platform.
        ContradictingExpiry: the key is to live for some days, and for ever.
        BoundReached: the platform manages as many as may be.
        what `create_organization` raises.
    """
    if manager.organization is None or not manager.organization.is_platform:
        raise ManagerIsNoPlatform(manager.organization_id)
    if command.key_days_valid is not None and command.key_never_expires:
        raise ContradictingExpiry
    made = await organizations.create_organization(
        work, manager.caller.user, CreateOrganization(command.name, command.slug, is_platform=True)
    )
    if await sql.insert_link(work, manager.organization_id, made.id) >= settings.managed_organizations_most:
        most = settings.managed_organizations_most
        raise BoundReached("name", most, "organizations that a platform manages; delete one first")
    if command.metadata is not None:
        await update_team(work, author, made.id, TeamChanges(metadata=command.metadata))
    days = timedelta(days=command.key_days_valid or DEFAULT_DAYS_VALID)
    key = await auth.create_api_key(
        work,
        user_id=manager.caller.user.id,
        note=f"Of the organization {made.id}, which the organization {manager.organization_id} manages",
        expires_at=None if command.key_never_expires else now + days,
        prefix=settings.api_key_prefix,
        organization_id=made.id,
    )
    organization = ManagedOrganization(made.id, command.name, command.slug, command.metadata)
    told = {"name": command.name, "slug": command.slug}
    subject = Subject("managed_organization", made.id)
    await audit.record(work, author, NewEntry(manager.organization_id, subject, "created", after=told))
    return CreatedOrganization(organization, key.api_key)
