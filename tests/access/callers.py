"""Everybody who may call, and what they are in the organization and the team of a path."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from kalends.memberships.membership import Role
from tests.access.estate import Estate
from tests.support.client import Client, client_with_key
from tests.support.organizations import People
from tests.support.platforms import Platform

_UNKNOWN_KEY = "cal_live_" + "0" * 32


class Credential(Enum):
    """What a caller shows."""

    NONE = "none"
    UNKNOWN_KEY = "an API key that is nobody's, which even public operations refuse (http-core.md 8.7)"
    UNKNOWN = "another one that is not good"
    EXPIRED = "an access token whose time is over"
    GOOD = "one that is good"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a client, and the roles they have accepted in the organization, its team, and another.

    `is_user`: they are the user of the estate, and own what belongs to that user. `is_of_both`: they have a
    role in the other organization, too.

    `foreign_role` is their role in the other platform, if they stand for that one; `names_organization`:
    their credential does. `is_managed`: by a client; `lacks_permissions`: as it has none. `client_of`: they
    are an OAuth client of this estate's platform, and the one of the estate unless not `is_of_that_client`.
    """

    name: str
    client: Client
    credential: Credential = Credential.GOOD
    organization_role: Role | None = None
    team_role: Role | None = None
    other_team_role: Role | None = None
    is_user: bool = False
    is_system_admin: bool = False
    is_of_both: bool = False
    foreign_role: Role | None = None
    names_organization: bool = False
    is_managed: bool = False
    lacks_permissions: bool = False
    client_of: Estate | None = None
    is_of_that_client: bool = True

    @property
    def platform_role(self) -> Role | None:
        """The role in the platform that they stand for."""
        return self.foreign_role or self.organization_role


async def make_callers(people: People, ours: Estate, theirs: Estate) -> Sequence[Caller]:
    """Return who calls for what is in `ours`."""
    return [
        *_without_a_good_credential(people.client),
        *await _outsiders(people, ours, theirs),
        *await _members(people, ours),
        *await _rulers(people, ours, theirs),
        *await _of_platforms(people, ours, theirs),
    ]


def _without_a_good_credential(client: Client) -> Sequence[Caller]:
    of_a_client = Client(
        transport=client._transport,
        base_url=client.base_url,
        headers={"x-cal-client-id": "nobody", "x-cal-secret-key": "secret"},
    )
    return [
        Caller("no credential", client, Credential.NONE),
        Caller("an unknown key", client_with_key(client, _UNKNOWN_KEY), Credential.UNKNOWN_KEY),
        Caller("an unknown access token", client_with_key(client, "made-up"), Credential.UNKNOWN),
        Caller("id and secret of an unknown OAuth client", of_a_client, Credential.UNKNOWN),
    ]


async def _outsiders(people: People, ours: Estate, theirs: Estate) -> Sequence[Caller]:
    other_admin = await people.member("other-admin", theirs.organization_id, Role.ADMIN)
    left = await people.member("left", ours.organization_id, Role.ADMIN)
    key_of_left = await people.key_of(left, ours.organization_id)
    await people.leaves(left, ours.organization_id)
    pending = []
    for role in Role:
        name = f"pending-{role.value.lower()}"
        invited = await people.member(name, ours.organization_id, role, accepted=False)
        await people.joins(invited, ours.team_id, role, accepted=False)
        pending.append(Caller(f"invited as {role.value}", invited.client))
    return [
        Caller("a stranger", (await people.account("stranger")).client),
        Caller("an ADMIN of another organization", other_admin.client, foreign_role=Role.ADMIN),
        Caller(
            "a key of another organization",
            await people.key_of(other_admin, theirs.organization_id),
            foreign_role=Role.ADMIN,
            names_organization=True,
        ),
        Caller("a key of the organization whose user has left", key_of_left, Credential.UNKNOWN_KEY),
        Caller("who has left the organization", left.client),
        *pending,
    ]


async def _members(people: People, ours: Estate) -> Sequence[Caller]:
    async def member(name: str, team_id: int | None = None, role: Role = Role.MEMBER) -> Client:
        host = await people.member(name, ours.organization_id)
        if team_id is not None:
            await people.joins(host, team_id, role)
        return host.client

    other_team = await people.team("other-team", organization=ours.organization_id)
    a_member = Role.MEMBER
    return [
        Caller("a member", await member("member"), organization_role=a_member),
        Caller(
            "the user themself",
            ours.user.client,
            organization_role=a_member,
            team_role=a_member,
            is_user=True,
        ),
        *[
            Caller(
                f"the team's {role.value}",
                await member(f"team-{role.value.lower()}", ours.team_id, role),
                organization_role=a_member,
                team_role=role,
            )
            for role in Role
        ],
        Caller(
            "the OWNER of another team",
            await member("other-owner", other_team, Role.OWNER),
            organization_role=a_member,
            other_team_role=Role.OWNER,
        ),
    ]


async def _rulers(people: People, ours: Estate, theirs: Estate) -> Sequence[Caller]:
    admin = await people.member("admin", ours.organization_id, Role.ADMIN)
    both = await people.member("admin-and-member", ours.organization_id, Role.ADMIN)
    await people.enters(both, theirs.organization_id)
    root = await people.account("root", is_system_admin=True)
    return [
        Caller("the organization's ADMIN", admin.client, organization_role=Role.ADMIN),
        Caller("the organization's OWNER", ours.boss.client, organization_role=Role.OWNER),
        Caller(
            "a key of the organization, of its ADMIN",
            await people.key_of(admin, ours.organization_id),
            organization_role=Role.ADMIN,
            names_organization=True,
        ),
        # Which organization a key is of gives no right and takes none; memberships decide.
        Caller(
            "a key of another organization, of an ADMIN of this one",
            await people.key_of(both, theirs.organization_id),
            organization_role=Role.ADMIN,
            is_of_both=True,
            foreign_role=Role.MEMBER,
            names_organization=True,
        ),
        Caller("a system administrator", root.client, is_system_admin=True),
    ]


async def _of_platforms(people: People, ours: Estate, theirs: Estate) -> Sequence[Caller]:
    platform = Platform(ours.organization_id, ours.boss, await people.key_of(ours.boss, ours.organization_id))
    powerless = await platform.product("Powerless", permissions=[])
    other = await platform.product("Other")
    managed_admin = await ours.product.user("managed-admin")
    expired = await ours.product.user("expired")
    async with people.database.connection() as connection:
        await connection.execute(
            "UPDATE memberships SET role = 'ADMIN' WHERE user_id = %s", (managed_admin.id,)
        )
        await connection.execute(
            "UPDATE access_tokens SET expires_at = '2000-01-01' WHERE user_id = %s", (expired.id,)
        )
    managed = Caller(
        "a managed user",
        ours.managed.client,
        organization_role=Role.MEMBER,
        is_managed=True,
        names_organization=True,
    )
    client = Caller(
        "the OAuth client",
        ours.product.client,
        organization_role=Role.OWNER,
        names_organization=True,
        client_of=ours,
    )
    return [
        managed,
        replace(
            managed,
            name="a managed user who is an ADMIN",
            client=managed_admin.client,
            organization_role=Role.ADMIN,
        ),
        replace(
            managed,
            name="a managed user of a client without permissions",
            client=(await powerless.user("powerless")).client,
            lacks_permissions=True,
        ),
        Caller("a managed user with an expired token", expired.client, Credential.EXPIRED),
        client,
        replace(
            client,
            name="another OAuth client of the organization",
            client=other.client,
            is_of_that_client=False,
        ),
        replace(
            client,
            name="an OAuth client without permissions",
            client=powerless.client,
            lacks_permissions=True,
            is_of_that_client=False,
        ),
        Caller(
            "an OAuth client of another platform",
            theirs.product.client,
            foreign_role=Role.OWNER,
            names_organization=True,
            client_of=theirs,
            is_of_that_client=False,
        ),
    ]
