"""How bodies are read: what counts as JSON, how much of it, and what happens to the rest."""

import gzip
import json
import re
import zlib
from collections.abc import AsyncIterator

import pytest

from kalends.app import _ROUTERS, Api
from tests.support.client import Client, Host, data, refusal

LIMIT = 102_400
FORM = "application/x-www-form-urlencoded"
TEN = "2050-09-05T10:00:00Z"


def operations_with_a_body() -> set[tuple[str, str]]:
    """Return the method and path of every operation that takes a body."""
    return {(one.method, one.path) for router in _ROUTERS for one in router.operations if one.plan.takes_body}


async def patch_me(host: Host, body: bytes, **headers: str) -> int:
    """Send a body to `PATCH /v2/me` and return the status; `content_type` and so on are headers."""
    sent = {"content-type": "application/json"}
    sent.update({name.replace("_", "-"): value for name, value in headers.items()})
    answer = await host.client.patch("/v2/me", content=body, headers=sent)
    if not answer.is_success:
        refusal(answer, answer.status_code)
    return answer.status_code


async def time_format(host: Host) -> object:
    return data(await host.client.get("/v2/me"))["timeFormat"]


def padded(size: int) -> bytes:
    """Return a body of exactly so many bytes that sets the time format to 24."""
    return b'{"timeFormat":24' + b" " * (size - 17) + b"}"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON; charset=utf8",
        'application/json; charset="utf-8"',
        'application/json ; Charset = "utf-8" ; charset=utf-16',
        r'application/json; a="x; charset=utf-16\"; charset=utf-16"; charset=utf-8',
        'application/json; a="b; charset=utf-16',
        "application/json; ;",
        "application/json; charset=utf-8-sig",
    ],
)
async def test_json_is_read(ana: Host, content_type: str) -> None:
    assert await patch_me(ana, b'{"timeFormat":24}', content_type=content_type) == 200
    assert await time_format(ana) == 24


@pytest.mark.parametrize(
    ("content_type", "came"),
    [
        ("text/plain", "as text/plain"),
        ("application/x-www-form-urlencoded", "as form data (application/x-www-form-urlencoded)"),
        ("multipart/form-data; boundary=x", "as form data (multipart/form-data)"),
        ("application/jsonp", "as application/jsonp"),
        ("application/ld+json", "as application/ld+json"),
        ("nonsense", "as nonsense"),
        ("x" * 250, "as " + "x" * 60),
        ("", "without a Content-Type"),
    ],
)
async def test_a_body_of_another_type_is_refused_with_how_it_came_and_what_is_needed(
    ana: Host, content_type: str, came: str
) -> None:
    answer = await ana.client.patch(
        "/v2/me", content=b'{"timeFormat":24}', headers={"Content-Type": content_type}
    )
    assert refusal(answer, 400)["message"] == (
        f"The body came {came}; send it as JSON, with the header Content-Type: application/json."
    )
    assert await time_format(ana) == 12


@pytest.mark.parametrize(("method", "path"), sorted(operations_with_a_body()))
async def test_every_operation_with_a_body_wants_it_as_json(
    ana: Host, api: Api, method: str, path: str
) -> None:
    """Callers who may not, or whose credential is of another kind, and ids that are not there, come first."""
    answer = await ana.client.request(
        method, re.sub(r"{\w+}", "1", path), content="a=1", headers={"Content-Type": FORM}
    )
    error = refusal(answer, answer.status_code)
    assert answer.status_code in (400, 401, 403, 404)
    if answer.status_code == 400:
        assert "The body came as form data" in error["message"]


async def test_who_may_not_is_told_so_before_what_is_wrong_with_the_body(client: Client) -> None:
    refusal(await client.patch("/v2/me", content="a=1", headers={"Content-Type": FORM}), 401)


async def test_a_chunked_body_of_another_type_is_refused_unless_it_is_empty(ana: Host) -> None:
    async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    headers = {"Content-Type": FORM}
    refusal(await ana.client.patch("/v2/me", content=chunks(b"", b"a=1"), headers=headers), 400)
    data(await ana.client.patch("/v2/me", content=chunks(), headers=headers))


async def test_no_body_needs_no_content_type(ana: Host) -> None:
    assert await patch_me(ana, b"", content_type="text/plain") == 200
    assert await patch_me(ana, b"", content_type="") == 200


async def test_operations_without_a_body_take_any(ana: Host) -> None:
    event_type = await ana.creates_event_type(confirmationPolicy={"type": "always"})
    booking = await ana.books(event_type, TEN)
    confirm = f"/v2/bookings/{booking['uid']}/confirm"
    data(await ana.client.post(confirm, content="a=1", headers={"Content-Type": FORM}))


@pytest.mark.parametrize("body", [b"", b"  \n ", b"{}", b"\xef\xbb\xbf{}"])
async def test_no_body_is_an_empty_object(ana: Host, body: bytes) -> None:
    assert await patch_me(ana, body) == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"timeFormat":',
        b"{'timeFormat':24}",
        b'{"timeFormat":24}x',
        b'{"timeFormat":NaN}',
        b'{"timeFormat":Infinity}',
        b'{"timeFormat":-Infinity}',
        b'{"timeFormat":1e400}',
        b'{"timeFormat":' + b"9" * 5_000 + b"}",
        b'"text"',
        b"24",
        b"true",
        b"null",
        b'{"name":"\xff"}',
        '{"name":"é"}'.encode("utf-16"),
        b"{" * 90_000,
        b"[" * 50_000 + b"]" * 50_000,
        b'{"a":' * 33 + b"1" + b"}" * 33,
    ],
)
async def test_what_is_no_json_object_or_array_is_refused_before_the_credential(
    client: Client, body: bytes
) -> None:
    answer = await client.patch("/v2/me", content=body, headers={"Content-Type": "application/json"})
    assert refusal(answer, 400)["code"] == "BadRequestException"


async def test_a_body_is_read_before_the_path_is_looked_up(client: Client) -> None:
    answer = await client.post("/api/v2/nope", content=b"{", headers={"Content-Type": "application/json"})
    refusal(answer, 400)
    assert answer.json()["path"] == "/v2/nope"


async def test_a_body_of_a_get_is_not_read(ana: Host) -> None:
    answer = await ana.client.request(
        "GET", "/v2/me", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert data(answer)["id"] == ana.id


@pytest.mark.parametrize("body", [b"[]", b"[1]", b'[{"timeFormat":24}]'])
async def test_an_array_where_an_object_belongs_is_refused(ana: Host, body: bytes) -> None:
    assert await patch_me(ana, body) == 400
    assert await time_format(ana) == 12


async def test_nesting_up_to_the_limit_is_read(ana: Host) -> None:
    deepest = b'{"a":' * 32 + b"1" + b"}" * 32
    assert await patch_me(ana, deepest) == 200


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 200), (LIMIT + 1, 413), (150_000, 413)])
async def test_a_body_may_have_a_hundred_kibibytes(ana: Host, size: int, status: int) -> None:
    assert await patch_me(ana, padded(size)) == status


async def test_too_large_a_body_is_refused_in_the_envelope(client: Client) -> None:
    answer = await client.patch(
        "/v2/me", content=padded(10_000_000), headers={"Content-Type": "application/json"}
    )
    error = refusal(answer, 413)
    assert error["code"] == "PayloadTooLargeException"
    assert "102400" in error["message"]


async def test_a_body_without_a_declared_length_is_counted_while_it_comes(ana: Host) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 10_000

    answer = await ana.client.patch("/v2/me", content=chunks(), headers={"Content-Type": "application/json"})
    refusal(answer, 413)


@pytest.mark.parametrize(
    ("name", "compress"),
    [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("GZIP", gzip.compress), ("deflate", zlib.compress)],
)
async def test_a_compressed_body_is_read(ana: Host, name: str, compress: object) -> None:
    assert callable(compress)
    assert await patch_me(ana, compress(b'{"timeFormat":24}'), content_encoding=name) == 200
    assert await time_format(ana) == 24


async def test_identity_is_no_compression(ana: Host) -> None:
    assert await patch_me(ana, b'{"timeFormat":24}', content_encoding="identity") == 200
    assert await time_format(ana) == 24


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 200), (LIMIT + 1, 413), (50_000_000, 413)])
async def test_the_limit_counts_what_a_compressed_body_holds(ana: Host, size: int, status: int) -> None:
    assert await patch_me(ana, gzip.compress(padded(size)), content_encoding="gzip") == status


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("gzip", b"not compressed"),
        ("deflate", b"not compressed"),
        ("gzip", gzip.compress(b'{"timeFormat":24}', mtime=0)[:-9]),
    ],
    ids=["not gzip", "not deflate", "cut short"],
)
async def test_a_broken_compression_is_refused(ana: Host, name: str, body: bytes) -> None:
    assert await patch_me(ana, body, content_encoding=name) == 400


async def test_an_unknown_compression_is_refused_by_name(ana: Host) -> None:
    answer = await ana.client.patch(
        "/v2/me", content=b"{}", headers={"Content-Type": "application/json", "Content-Encoding": "br"}
    )
    error = refusal(answer, 415)
    assert error["code"] == "UnsupportedMediaTypeException"
    assert "gzip" in error["message"]


@pytest.mark.parametrize("charset", ["iso-8859-1", "latin1", "windows-1252", '""'])
async def test_a_charset_other_than_utf_8_is_refused(ana: Host, charset: str) -> None:
    content_type = f"application/json; charset={charset}"
    assert await patch_me(ana, b"{}", content_type=content_type) == 415


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b'{"name":"\\ud800"}', "name"),
        (b'{"timeFormat":"\\uDC00x"}', "timeFormat"),
        (b'{"metadata":{"key":"\\ud83d"}}', "key"),
        (b'{"unknown":[["\\udfff"]]}', "unknown"),
        (b'{"metadata":{"\\ud800":1}}', "name of a property"),
    ],
)
async def test_half_a_surrogate_pair_is_refused_by_name(ana: Host, body: bytes, where: str) -> None:
    answer = await ana.client.patch("/v2/me", content=body, headers={"Content-Type": "application/json"})
    assert where in refusal(answer, 400)["message"]


async def test_a_whole_surrogate_pair_is_a_character(ana: Host) -> None:
    created = await ana.creates_schedule(name="\N{GRINNING FACE}")
    answer = await ana.client.patch(
        f"/v2/schedules/{created['id']}",
        content=b'{"name":"\\ud83d\\ude00"}',
        headers={"Content-Type": "application/json"},
    )
    assert data(answer)["name"] == "\N{GRINNING FACE}"


async def test_a_property_that_comes_twice_has_its_last_value(ana: Host) -> None:
    assert await patch_me(ana, b'{"timeFormat":12,"timeFormat":24}') == 200
    assert await time_format(ana) == 24


async def test_characters_beyond_ascii_come_back_as_they_were(ana: Host) -> None:
    name = "Zoë \u0001 \u2028 \N{PILE OF POO}"
    answer = await ana.client.post(
        "/v2/schedules",
        content=json.dumps(
            {"name": name, "timeZone": "Europe/Rome", "isDefault": False}, ensure_ascii=False
        ).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert data(answer, 201)["name"] == name
