"""An organization whose people are away now and then."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from kalends.memberships.membership import Role
from tests.support.client import Host, data
from tests.support.organizations import People


@dataclass(frozen=True, slots=True)
class Office:
    """An organization, `id`, with `boss`, its OWNER, `ada`, an ADMIN, and two MEMBERS, `bob` and `cy`."""

    id: int
    people: People
    boss: Host
    ada: Host
    bob: Host
    cy: Host

    @property
    def path(self) -> str:
        """Where the absences of all are."""
        return f"/v2/organizations/{self.id}/ooo"

    def of(self, user: Host) -> str:
        """Return where those of a user are."""
        return f"/v2/organizations/{self.id}/users/{user.id}/ooo"

    async def asks(self, user: Host, first: str, last: str, **properties: Any) -> httpx.Response:
        """Let ada write down that a user is away from one date to another."""
        body = {"start": f"{first}T00:00:00.000Z", "end": f"{last}T23:59:59.999Z", **properties}
        return await self.ada.client.post(self.of(user), json=body)

    async def is_away(self, user: Host, first: str, last: str, **properties: Any) -> dict[str, Any]:
        """Write down that a user is away, and return the entry."""
        made: dict[str, Any] = data(await self.asks(user, first, last, **properties), 201)
        return made


@pytest.fixture
async def office(people: People) -> Office:
    """Return an organization with its people."""
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    ada = await people.member("ada", acme, Role.ADMIN)
    bob = await people.member("bob", acme)
    return Office(acme, people, boss, ada, bob, await people.member("cy", acme))
