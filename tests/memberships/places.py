"""The three places that memberships have."""

from dataclasses import dataclass

from kalends.memberships.membership import Role
from tests.support.client import Host
from tests.support.organizations import People


@dataclass(frozen=True, slots=True)
class Places:
    """An organization of `ada`, an ADMIN, and `boss`, its OWNER; `bob` is a MEMBER of it and of no team."""

    people: People
    boss: Host
    ada: Host
    bob: Host
    acme: int
    crew: int
    lab: int

    @property
    def of_organization(self) -> str:
        """Where the memberships of the organization are."""
        return f"/v2/organizations/{self.acme}/memberships"

    @property
    def of_crew(self) -> str:
        """Where those of a team in it are."""
        return f"/v2/organizations/{self.acme}/teams/{self.crew}/memberships"

    @property
    def of_lab(self) -> str:
        """Where those of a team of ada's are, which is in no organization."""
        return f"/v2/teams/{self.lab}/memberships"


async def make_places(people: People) -> Places:
    """Make an organization, its people, and the teams."""
    boss = await people.account("boss")
    acme = await people.organization("acme", boss)
    ada = await people.member("ada", acme, Role.ADMIN)
    bob = await people.member("bob", acme)
    crew = await people.team("crew", organization=acme)
    lab = await people.team("lab")
    await people.joins(ada, lab, Role.OWNER)
    return Places(people, boss, ada, bob, acme, crew, lab)
