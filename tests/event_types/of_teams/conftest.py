"""Teams in both mounts of their operations."""

import pytest

from tests.event_types.of_teams.crew import Crew, make_crew
from tests.support.organizations import People


@pytest.fixture(params=[False, True], ids=["team", "team of an organization"])
async def crew(request: pytest.FixtureRequest, people: People) -> Crew:
    """Return a team in no organization, or in one."""
    return await make_crew(people, in_organization=request.param)


@pytest.fixture
async def plain_crew(people: People) -> Crew:
    """Return a team in no organization."""
    return await make_crew(people, in_organization=False)


@pytest.fixture
async def inner_crew(people: People) -> Crew:
    """Return a team of an organization."""
    return await make_crew(people, in_organization=True)
