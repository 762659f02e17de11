"""Facts that any release has stored are read, and told as they were then (bookings.md 14)."""

import json
from collections.abc import Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from msgspec.structs import replace

from kalends.bookings.facts.fact import VERSION, BookingFact, FactKind
from kalends.bookings.facts.snapshots import Snapshot
from kalends.bookings.facts.stored import decode, encode, encode_together
from kalends.db.database import Database
from tests.bookings.facts import golden
from tests.bookings.facts.story import tell
from tests.conftest import Clock
from tests.support.client import Client, Host

VERSIONS = range(VERSION + 1)


async def test_what_happens_now_is_stored_in_the_shape_of_the_golden_facts(
    ana: Host, client: Client, database: Database, clock: Clock
) -> None:
    stored = await tell(ana, client, database, clock)
    if golden.IS_WRITTEN:
        golden.write_facts(VERSION, stored)
    kept = golden.facts_of_version(VERSION)
    assert stored.keys() == kept.keys()
    for title, text in stored.items():
        assert_holds(shape_of(json.loads(text)), shape_of(json.loads(kept[title])), title)


@pytest.mark.parametrize("version", VERSIONS)
def test_golden_facts_are_told_as_they_were_by_their_own_release(version: int) -> None:
    if golden.IS_WRITTEN:
        golden.write_consequences(version)
    kept = golden.consequences_of_version(version)
    stored = golden.facts_of_version(version)
    assert stored.keys() == kept.keys()
    for title, text in stored.items():
        assert golden.consequences_of(text) == kept[title], title


@pytest.mark.parametrize("version", VERSIONS)
def test_golden_facts_are_of_every_kind(version: int) -> None:
    found = {decode(text).kind for text in golden.facts_of_version(version).values()}
    assert found == set(FactKind)


def test_a_fact_of_this_version_is_stored_again_as_it_was() -> None:
    for title, text in golden.facts_of_version(VERSION).items():
        assert_holds(json.loads(encode(decode(text))), json.loads(text), title)


def test_facts_of_release_0_1_0_become_facts_of_today() -> None:
    for title, text in golden.facts_of_version(0).items():
        assert b'"version"' not in text
        fact = decode(text)
        assert fact.version == VERSION
        assert decode(encode(fact)) == fact, title


def test_a_field_that_a_golden_fact_lacks_has_a_default() -> None:
    """Then texts that were stored before the field was there are read; no field may go or change its name."""
    kept: dict[type[msgspec.Struct], list[dict[str, Any]]] = {}
    for text in golden.facts_of_version(VERSION).values():
        for made, found in objects_of(BookingFact, json.loads(text)):
            kept.setdefault(made, []).append(found)
    assert set(Snapshot.__subclasses__()) < kept.keys()
    for made, objects in kept.items():
        fields = {field.name: field for field in msgspec.structs.fields(made)}
        assert set().union(*objects) <= fields.keys(), made
        for name in fields.keys() - set(objects[0]).intersection(*objects):
            assert not fields[name].required, f"{made.__name__}.{name}"


@pytest.mark.parametrize("version", [VERSION, VERSION + 1])
def test_what_a_newer_release_adds_is_skipped(version: int) -> None:
    """A worker may run beside a server that is newer already."""
    for title, text in golden.facts_of_version(VERSION).items():
        newer = with_more(json.loads(text)) | {"version": version}
        assert decode(json.dumps(newer).encode()) == replace(decode(text), version=version), title


def test_no_fact_has_grown() -> None:
    before, now = golden.facts_of_version(0), golden.facts_of_version(VERSION)
    # Release 0.1.0 told one thing that does not happen any more.
    assert before.keys() == now.keys() | {"a reminder that was due again"}
    for title, text in now.items():
        assert len(text) < len(before[title]), title


def test_what_the_facts_of_a_command_have_alike_is_kept_once() -> None:
    series = [
        decode(text)
        for title, text in golden.facts_of_version(VERSION).items()
        if title.startswith("a series, ")
    ]
    other = replace(series[1], booking=replace(series[1].booking, responses={"name": "Cy"}))
    facts = [*series, other]
    texts, shared = encode_together(facts)
    assert shared is not None
    assert json.loads(shared).keys() >= {"organizer", "responses"}
    assert [is_sharing for _, is_sharing in texts] == [True] * len(series) + [False]
    stored = [text + b"\n" + shared if is_sharing else text for text, is_sharing in texts]
    assert [decode(text) for text in stored] == facts
    with pytest.raises(msgspec.ValidationError):
        # As a release does that knows of no second line.
        msgspec.json.decode(texts[0][0], type=BookingFact)


def shape_of(value: Any) -> Any:
    """Return the kinds of all values in a JSON value, by their names."""
    if isinstance(value, dict):
        return {name: shape_of(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape_of(each) for each in value]
    return type(value).__name__


def assert_holds(whole: Any, part: Any, where: str) -> None:
    """Check that a JSON value is as another one, but for further fields of its objects."""
    if isinstance(whole, dict) and isinstance(part, dict):
        assert part.keys() <= whole.keys(), where
        for name in part:
            assert_holds(whole[name], part[name], f"{where}: {name}")
    elif isinstance(whole, list) and isinstance(part, list):
        assert len(whole) == len(part), where
        for each, other in zip(whole, part, strict=True):
            assert_holds(each, other, where)
    else:
        assert whole == part, where


def objects_of(made: Any, value: Any) -> Iterator[tuple[type[msgspec.Struct], dict[str, Any]]]:
    """Yield the JSON objects in what is stored of a type, each with the part of a fact that it is."""
    if get_origin(made) in (Union, UnionType, tuple):
        for one in get_args(made):
            for each in value if isinstance(value, list) else [value]:
                yield from objects_of(one, each)
    elif isinstance(made, type) and issubclass(made, msgspec.Struct) and isinstance(value, dict):
        yield made, value
        for name, hint in get_type_hints(made).items():
            yield from objects_of(hint, value.get(name))


def with_more(fact: dict[str, Any]) -> dict[str, Any]:
    """Return a fact as JSON whose snapshots have fields that nobody knows yet."""
    more = {"coming": {"in": ["a", 1]}}
    known = {name: part | more for name, part in fact.items() if isinstance(part, dict)}
    booking = known["booking"]
    booking["organizer"] = booking["organizer"] | more
    booking["attendees"] = [attendee | more for attendee in booking["attendees"]]
    return fact | known | more
