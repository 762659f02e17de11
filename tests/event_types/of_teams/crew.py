"""A team that sells something, and its people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kalends.memberships.membership import Role
from tests.support.client import Client, Host, data
from tests.support.organizations import People


@dataclass(frozen=True, slots=True)
class Crew:
    """A team at the path `teams`, where mia is its OWNER, noor a member, and lee is only invited."""

    team_id: int
    organization_id: int | None
    mia: Host
    noor: Host
    lee: Host
    anybody: Client

    @property
    def url(self) -> str:
        """Where its event types are."""
        if self.organization_id is None:
            return f"/v2/teams/{self.team_id}/event-types"
        return f"/v2/organizations/{self.organization_id}/teams/{self.team_id}/event-types"

    async def creates(self, *hosts: Host, kind: str = "roundRobin", **properties: Any) -> Any:
        """Create an event type as mia, and return what is shown."""
        named = [{"userId": host.id} for host in hosts]
        body = {**body_of(kind), "hosts": named, **properties}
        return data(await self.mia.client.post(self.url, json=body), 201)

    async def changes(self, event_type: Any, **properties: Any) -> Any:
        """Change an event type as mia, and return what is shown."""
        return data(await self.mia.client.patch(f"{self.url}/{event_type['id']}", json=properties))

    async def lists(self, client: Client | None = None, **query: Any) -> Any:
        """List the event types, as anybody unless told otherwise."""
        return data(await (client or self.anybody).get(self.url, params=query))


def body_of(kind: str = "roundRobin", slug: str = "panel") -> dict[str, Any]:
    """Return the body of a new event type without hosts."""
    return {"lengthInMinutes": 60, "title": slug.capitalize(), "slug": slug, "schedulingType": kind}


def hosts_of(event_type: Any) -> Sequence[int]:
    """Return who hosts an event type."""
    return [host["userId"] for host in event_type["hosts"]]


async def make_crew(people: People, *, in_organization: bool) -> Crew:
    """Make a team."""
    mia, noor, lee = [await people.account(name) for name in ("mia", "noor", "lee")]
    organization_id = None
    if in_organization:
        boss = await people.account("boss")
        organization_id = await people.organization("firm", boss)
        for member in (mia, noor, lee):
            await people.enters(member, organization_id)
    team_id = await people.team("crew", organization=organization_id)
    await people.joins(mia, team_id, Role.OWNER)
    await people.joins(noor, team_id)
    await people.joins(lee, team_id, Role.ADMIN, accepted=False)
    return Crew(team_id, organization_id, mia, noor, lee, people.client)
