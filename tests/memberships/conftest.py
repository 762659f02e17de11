"""People whose memberships are to change."""

import pytest

from tests.memberships.places import Places, make_places
from tests.support.organizations import People


@pytest.fixture
async def places(people: People) -> Places:
    """Return an organization, its people, and teams."""
    return await make_places(people)
