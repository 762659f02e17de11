"""A platform, and an OAuth client of it."""

import pytest

from tests.support.organizations import People
from tests.support.platforms import Platform, Product, make_platform


@pytest.fixture
async def acme(people: People) -> Platform:
    """Return a platform."""
    return await make_platform(people)


@pytest.fixture
async def product(acme: Platform) -> Product:
    """Return an OAuth client of the platform that may do everything."""
    return await acme.product()
