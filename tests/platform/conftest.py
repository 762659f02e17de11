"""A platform, an OAuth client of it, and what hears of its users' bookings."""

import pytest

from tests.notifications.conftest import mailbox, office
from tests.support.organizations import People
from tests.support.platforms import Platform, Product, make_platform
from tests.webhooks.conftest import post, receiver

__all__ = ["mailbox", "office", "post", "receiver"]


@pytest.fixture
async def acme(people: People) -> Platform:
    """Return a platform."""
    return await make_platform(people)


@pytest.fixture
async def product(acme: Platform) -> Product:
    """Return an OAuth client of the platform that may do everything."""
    return await acme.product()
