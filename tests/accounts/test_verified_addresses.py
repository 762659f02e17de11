"""Whose address is proven: the operator vouches for one, whoever types another one proves nothing."""

import pytest

from kalends.accounts import service as accounts
from kalends.accounts.service import AccountChanges
from kalends.accounts.user import User
from kalends.db.database import Database
from tests.conftest import Clock
from tests.support.client import Host, data


async def account_of(database: Database, email: str) -> User:
    async with database.connection() as connection:
        return await accounts.find_user_by_email(connection, email)


async def test_an_address_of_the_operators_making_is_verified(ana: Host, database: Database) -> None:
    assert (await account_of(database, ana.email)).email_verified_at is not None


async def test_an_address_that_somebody_typed_is_not(ana: Host, database: Database) -> None:
    data(await ana.client.patch("/v2/me", json={"email": "ada@example.com"}))
    assert (await account_of(database, "ada@example.com")).email_verified_at is None


@pytest.mark.parametrize("change", [{"email": "ANA@example.com"}, {"name": "Ada"}])
async def test_a_change_that_is_none_of_the_address_leaves_it_verified(
    ana: Host, database: Database, change: dict[str, str]
) -> None:
    data(await ana.client.patch("/v2/me", json=change))
    assert (await account_of(database, ana.email)).email_verified_at is not None


@pytest.mark.parametrize(
    "changes", [AccountChanges(verifies_email=True), AccountChanges(email="ida@example.com")]
)
async def test_the_operator_vouches_for_an_address(
    ana: Host, database: Database, clock: Clock, changes: AccountChanges
) -> None:
    data(await ana.client.patch("/v2/me", json={"email": "ada@example.com"}))
    async with database.transaction() as work:
        user = await accounts.find_user_by_email(work.connection, "ada@example.com")
        changed = await accounts.change_account(work, user, changes, now=clock.now)
    assert changed.email_verified_at == clock.now
