"""What is told to whoever asks for an operation that is not served, or not there."""

import re
from pathlib import Path

import pytest

import kalends.api.contract.operations as contract
from kalends import __version__
from kalends.api.contract.operations import ContractOperation, contract_operations
from tests.contract.document import contract_json, read_document
from tests.contract.served import served
from tests.support.client import Client, Host, data, refusal

_SERVED = {operation.key for operation in served().operations}

UNSERVED = [
    one for one in contract_operations() if (one.method, re.sub(r"{\w+}", "{}", one.path)) not in _SERVED
]


def sample(path: str) -> str:
    """Return an address of a path."""
    return re.sub(r"{\w+}", "7", path)


def test_the_list_is_that_of_the_contract() -> None:
    documented = {(one.method, one.path, one.tag) for one in read_document(contract_json()).operations}
    assert {(one.method, one.path, one.tag) for one in contract_operations()} == documented
    assert Path(contract.__file__).with_name("operations.txt").read_text().endswith("\n")


@pytest.mark.parametrize("operation", UNSERVED, ids=lambda one: f"{one.method} {one.path}")
async def test_what_is_not_served_yet_says_so_with_its_tag_whoever_asks(
    client: Client, ana: Host, operation: ContractOperation
) -> None:
    for caller in (client, ana.client):
        answer = await caller.request(operation.method, sample(operation.path), version=None)
        error = refusal(answer, 404)
        assert error["code"] == "NOT_IMPLEMENTED"
        assert repr(operation.tag) in error["message"]


async def test_versions_aliases_and_capitals_do_not_matter_for_what_is_not_served(client: Client) -> None:
    if not UNSERVED:
        pytest.skip("everything is served")
    operation = UNSERVED[0]
    path = sample(operation.path)
    for spelt in (f"/api{path}", path.upper().replace("/V2", "/v2"), f"{path}/", f"{path}?a=b"):
        for version in (None, "2024-08-13", "nonsense"):
            answer = await client.request(operation.method, spelt, version=version)
            assert refusal(answer, 404)["code"] == "NOT_IMPLEMENTED", spelt


async def test_an_operation_of_no_contract_is_as_unknown_as_ever(client: Client) -> None:
    for method, path in (("GET", "/v2/nope"), ("PUT", "/v2/me"), ("GET", "/nope"), ("GET", "/v2/me/x")):
        error = refusal(await client.request(method, path), 404)
        assert error["code"] == "NotFoundException"
        assert error["message"] == f"Cannot {method} {path}"


@pytest.mark.parametrize("path", ["/v1/bookings", "/v1", "/V1/event-types?apiKey=x", "/api/v1/slots"])
async def test_version_1_is_told_where_version_2_is(client: Client, path: str) -> None:
    message = refusal(await client.get(path), 404)["message"]
    assert message == (
        f"Cannot GET {path}: there is no version 1 of this API; version 2 is at http://localhost:5555/v2, "
        "the reference is at http://localhost:5555/docs."
    )


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/bookings", "/bookings"),
        ("/bookings?take=1", "/bookings"),
        ("/me/", "/me/"),
        ("/api/event-types", "/event-types"),
        ("/v2/v2/schedules/7", "/schedules/7"),
        ("/api/v2/v2/me", "/me"),
    ],
)
async def test_a_missing_or_doubled_prefix_is_told_the_right_address(
    client: Client, path: str, right: str
) -> None:
    message = refusal(await client.get(path), 404)["message"]
    assert message == (
        f"Cannot GET {path}: the API is at http://localhost:5555/v2; ask http://localhost:5555/v2{right}."
    )


@pytest.mark.parametrize("path", ["/v2", "/v2/", "/api", "/api/v2", "/v2/v2"])
async def test_the_prefix_alone_is_told_what_to_add(client: Client, path: str) -> None:
    message = refusal(await client.get(path), 404)["message"]
    assert "the API is at http://localhost:5555/v2/…" in message
    assert "http://localhost:5555/docs" in message


async def test_the_root_greets_with_what_this_is_its_reference_and_its_version(client: Client) -> None:
    answer = await client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    for told in ("Kalends", "http://localhost:5555/v2", 'href="/docs"', f"Version {__version__}"):
        assert told in answer.text
    assert (await client.get("/docs")).status_code == 200
    assert (await client.head("/")).status_code == 200
    refusal(await client.post("/", json={}), 404)


async def test_the_right_addresses_go_on_working(ana: Host) -> None:
    assert data(await ana.client.get("/v2/me"))["id"] == ana.id
