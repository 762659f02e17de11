"""What an operation refuses is declared, listed in the document, and held against what it answers."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from kalends.api.document.refusals import refusals_of
from kalends.api.http.operation import Router
from kalends.api.output.errors import Conflict
from kalends.settings import Settings
from tests.access.test_declarations import operation_at
from tests.conftest import Clock
from tests.support.client import Client, refusal
from tests.support.mounted import mounted
from tests.support.refusals import UndeclaredRefusal


class Full(Conflict):
    """409: the boat is full."""

    message = "The boat is full."


router = Router("/v2/boats", "Boats")


@router.get("/declared", refuses=(Full,))
async def enter_declared_boat() -> None:
    """Enter a boat that says it may be full."""
    raise Full


@router.get("/undeclared")
async def enter_undeclared_boat() -> None:
    """Enter a boat that does not say so."""
    raise Full


@pytest.fixture
async def harbour(settings: Settings, clock: Clock) -> AsyncIterator[Client]:
    async with mounted(settings, clock, router) as client:
        yield client


async def test_a_declared_refusal_is_answered(harbour: Client) -> None:
    assert refusal(await harbour.get("/v2/boats/declared"), 409)["message"] == Full.message


async def test_an_undeclared_refusal_fails_the_test(harbour: Client) -> None:
    with pytest.raises(UndeclaredRefusal, match="GET /v2/boats/undeclared does not declare Full"):
        await harbour.get("/v2/boats/undeclared")


def test_the_document_lists_each_refusal_under_its_status_with_code_and_sentence(api: FastAPI) -> None:
    described = api.openapi()["paths"]["/v2/bookings"]["post"]["responses"]
    lines = described["409"]["description"].splitlines()
    assert "- `ConflictException`: All seats of the time are taken." in lines
    assert "- `CONFLICT`: Something with these values was stored meanwhile." in lines
    assert "All seats of the time are taken." not in described["404"]["description"]


def test_every_refusal_of_an_operation_is_in_the_document(api: FastAPI) -> None:
    operation = operation_at(api, "/v2/bookings", "POST")
    described = api.openapi()["paths"]["/v2/bookings"]["post"]["responses"]
    for kind in refusals_of(operation):
        assert f"`{kind.code}`" in described[str(kind.status)]["description"]
