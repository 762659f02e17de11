"""The people of organizations and teams: who has which role where."""

from dataclasses import dataclass
from datetime import datetime

from kalends.accounts import service as accounts
from kalends.accounts.deletion import delete_account
from kalends.auth import service as auth
from kalends.db.database import Database
from kalends.memberships import service as memberships
from kalends.memberships.membership import Role
from kalends.organizations import service as organizations
from kalends.organizations.service import CreateOrganization
from tests.support.client import Client, Host, client_with_key, make_host
from tests.support.teams import Rows


@dataclass(frozen=True, slots=True)
class People:
    """Makes people, organizations and teams in the server under test, as its own services do."""

    client: Client
    database: Database

    async def account(self, username: str, *, is_system_admin: bool = False) -> Host:
        """Make a bare account."""
        return await make_host(
            self.client,
            self.database,
            username,
            time_zone="Europe/London",
            is_bare=True,
            is_system_admin=is_system_admin,
        )

    async def organization(self, slug: str, owner: Host, *, is_platform: bool = False) -> int:
        """Make an organization, and return its id; its owner is known there by their own name."""
        async with self.database.transaction() as work:
            user = await accounts.find_user_by_email(work.connection, owner.email)
            command = CreateOrganization(slug.capitalize(), slug, is_platform=is_platform)
            return (await organizations.create_organization(work, user, command)).id

    async def member(
        self, username: str, organization_id: int, role: Role = Role.MEMBER, *, accepted: bool = True
    ) -> Host:
        """Make an account that is a member of an organization, or is invited to it."""
        host = await self.account(username)
        await self.enters(host, organization_id, role, accepted=accepted)
        return host

    async def enters(
        self, host: Host, organization_id: int, role: Role = Role.MEMBER, *, accepted: bool = True
    ) -> int:
        """Make somebody a member of an organization, and return the membership's id."""
        async with self.database.transaction() as work:
            user = await accounts.find_user_by_email(work.connection, host.email)
            membership = await organizations.add_member(
                work, organization_id, user, role=role, accepted=accepted
            )
        return membership.id

    async def team(self, slug: str, *, organization: int | None = None) -> int:
        """Make a team without members, and return its id."""
        return await Rows(self.database).team(slug, organization=organization)

    async def joins(
        self, host: Host, team_id: int, role: Role = Role.MEMBER, *, accepted: bool = True
    ) -> int:
        """Make somebody a member of a team, and return the membership's id."""
        async with self.database.transaction() as work:
            membership = await memberships.add_membership(
                work, host.id, team_id, role=role, accepted=accepted
            )
        return membership.id

    async def leaves(self, host: Host, team_id: int) -> None:
        """Take the membership in a team or organization from somebody."""
        async with self.database.connection() as connection:
            await connection.execute(
                "DELETE FROM memberships WHERE user_id = %s AND team_id = %s", (host.id, team_id)
            )

    async def deletes(self, host: Host, *, now: datetime) -> int:
        """Delete somebody's account, and return how many bookings were cancelled."""
        async with self.database.transaction() as work:
            user = await accounts.find_user_by_email(work.connection, host.email)
            return await delete_account(work, user, site="http://kalends.test", now=now)

    async def key_of(self, host: Host, organization_id: int) -> Client:
        """Return a client with a key that somebody has of an organization."""
        async with self.database.transaction() as work:
            key = await auth.create_api_key(
                work,
                user_id=host.id,
                note=None,
                expires_at=None,
                prefix="cal_live_",
                organization_id=organization_id,
            )
        return client_with_key(self.client, key.api_key)
