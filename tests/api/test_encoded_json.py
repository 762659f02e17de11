"""Data that handlers encode themselves is of the type that their operation declares."""

from typing import Any, get_args, get_type_hints

import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter

from kalends.api.http.answers import EncodedJson
from kalends.api.http.dispatcher import Dispatcher
from tests.support.client import Client, Host, data

PERIOD = "start=2050-09-05&end=2050-09-07"
SEATS = {"seatsPerTimeSlot": 2, "showAttendeeInfo": True, "showAvailabilityCount": True}

ASKED = {
    "/v2/slots": (
        "",
        "&format=range",
        "&slotUids=true",
        "&timeZone=Europe/Rome",
        "&timeZone=America/St_Johns&format=range&slotUids=true",
    ),
    "/v2/timezones": ("",),
}
"""Every operation that encodes its data, and queries that bring forth each of its forms."""


def encoding(api: FastAPI) -> dict[str, Any]:
    """Return the paths of operations that encode their data, each with the type that they declare."""
    assert isinstance(api.router, Dispatcher)
    returned = {
        operation.path: get_type_hints(operation.endpoint).get("return")
        for operation in api.router.operations
    }
    return {
        path: get_args(kind)[0]
        for path, kind in returned.items()
        if getattr(kind, "__origin__", None) is EncodedJson
    }


def test_all_of_them_are_known(api: FastAPI) -> None:
    assert set(encoding(api)) == set(ASKED)


@pytest.mark.parametrize(("path", "more"), [(path, more) for path, forms in ASKED.items() for more in forms])
async def test_what_is_encoded_is_of_the_declared_type(
    api: FastAPI, ana: Host, client: Client, path: str, more: str
) -> None:
    plain = await ana.creates_event_type("plain")
    seated = await ana.creates_event_type("seated", seats=SEATS)
    adapter = TypeAdapter(encoding(api)[path])
    for event_type in (plain, seated):
        query = f"?eventTypeId={event_type['id']}&{PERIOD}{more}" if path == "/v2/slots" else ""
        found = data(await client.get(path + query))
        assert found
        # What the type does not list would be left out.
        assert adapter.validate_python(found, strict=True) == found
