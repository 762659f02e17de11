"""Making a team."""

from dataclasses import replace

from psycopg import errors

from kalends.api.input.changes import UNSET
from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.memberships import service as memberships
from kalends.memberships.membership import Membership, Role
from kalends.teams import queries
from kalends.teams.refusals import TeamNameTaken, TeamSlugTaken
from kalends.teams.settings import CreateTeam, WholeTeam
from kalends.teams.slug import slug_of
from kalends.teams.snapshot import snapshot_of


async def create_team(work: UnitOfWork, author: Author, command: CreateTeam) -> WholeTeam:
    """Make a team in no organization, whose OWNER is its author.

    Raises:
        TeamNameTaken: the author has a membership, accepted or not, in a team of this name.
        TeamSlugTaken: another team in no organization, or an organization, has the slug.
    """
    if await queries.is_in_team_named(work.connection, author.user_id, command.name):
        raise TeamNameTaken(command.name)
    return await _create(work, author, None, command, has_creator=True)


async def create_team_in(
    work: UnitOfWork, author: Author, organization_id: int, command: CreateTeam, *, has_creator: bool
) -> WholeTeam:
    """Make a team in an organization, whose OWNER is its author if it `has_creator`.

    Raises:
        TeamSlugTaken: another team of the organization has the slug.
    """
    return await _create(work, author, organization_id, command, has_creator=has_creator)


async def _create(
    work: UnitOfWork, author: Author, organization_id: int | None, command: CreateTeam, *, has_creator: bool
) -> WholeTeam:
    slug = _slug_of(command)
    settings = replace(command.settings, name=command.name, slug=slug)
    try:
        team = await queries.insert_team(work, organization_id, settings, command.client_id)
    except errors.UniqueViolation as error:
        raise TeamSlugTaken(slug) from error
    place_id = team.id if organization_id is None else organization_id
    entries = [NewEntry(place_id, Subject("team", team.id), "created", after=snapshot_of(team))]
    if has_creator:
        membership: Membership = await memberships.add_membership(
            work, author.user_id, team.id, role=Role.OWNER, accepted=command.accepts_creator
        )
        subject = Subject("membership", membership.id)
        entries.append(NewEntry(place_id, subject, "created", after=membership.snapshot))
    await audit.record(work, author, *entries)
    return team


def _slug_of(command: CreateTeam) -> str:
    sent = command.settings.slug
    return slug_of(command.name) if sent is UNSET or not sent else sent
