"""An organization and those who run it."""

from dataclasses import dataclass

import pytest

from kalends.memberships.membership import Role
from tests.support.client import Host
from tests.support.organizations import People


@dataclass(frozen=True, slots=True)
class Company:
    """An organization, `id`, with `boss`, its OWNER, `ada`, an ADMIN, and `bob`, a MEMBER."""

    id: int
    people: People
    boss: Host
    ada: Host
    bob: Host

    @property
    def users(self) -> str:
        """Where its users are."""
        return f"/v2/organizations/{self.id}/users"


@pytest.fixture
async def company(people: People) -> Company:
    """Return an organization with its people."""
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    ada = await people.member("ada", acme, Role.ADMIN)
    bob = await people.member("bob", acme)
    return Company(acme, people, boss, ada, bob)
