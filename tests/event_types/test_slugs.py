"""Slugs of event types: what becomes of what is sent, and how it is found (event-types.md 6.1)."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalends.db.database import Database
from kalends.event_types.settings.slug import slug_of
from tests.support.client import Client, Host, broken_properties, data, refusal

URL = "/v2/event-types"
WEEK = {"start": "2050-09-05", "end": "2050-09-09"}
FAMILY = "👩‍👩‍👧"
HEART = "❤️"
FLAG = "🇮🇹"
KEY = "1️⃣"
HAND = "👋🏽"

SLUGS = [
    ("intro", "intro"),
    ("Intro", "intro"),
    ("  Intro call  ", "intro-call"),
    ("Caffè & Tè", "caffe-te"),
    ("ÀÉÎÕÜ ñ ç ß", "aeiou-n-c-ß"),
    ("A__b--c//d\\e", "a-b-c-d-e"),
    ("-a-", "a"),
    ("v1.2 (beta)", "v1.2-beta"),
    (".a.", ".a."),
    ("a..b", "a..b"),
    ("100%", "100"),
    ("日本語 テスト", "日本語-テスト"),
    ("が", "が"),
    ("한국어", "한국어"),
    ("हिन्दी", "हिन्दी"),
    ("Привет, мир", "привет-мир"),
    ("İstanbul", "istanbul"),
    ("é", "e"),
    ("tea ☕", "tea-☕"),
    (f"{FAMILY}!{HEART}", f"{FAMILY}-{HEART}"),
    (f"{FLAG} {KEY} {HAND}", f"{FLAG}-{KEY}-{HAND}"),
    ("a‍b", "a-b"),
    ("a️b", "a-b"),
    ("a b\tc\nd", "a-b-c-d"),
    ("a%2Fb?c#d", "a-2fb-c-d"),
]


@pytest.mark.parametrize(("sent", "slug"), SLUGS)
def test_each_text_has_its_slug(sent: str, slug: str) -> None:
    assert slug_of(sent) == slug


@pytest.mark.parametrize("sent", ["", " ", "-", "...", ".", ". .", "!?", "/", "️", "‍", "́"])
def test_of_a_text_without_letters_digits_and_emoji_nothing_is_left(sent: str) -> None:
    assert slug_of(sent) == ""


@given(st.text())
def test_a_slug_is_its_own_slug_and_can_stand_in_an_address(text: str) -> None:
    slug = slug_of(text)
    assert slug_of(slug) == slug
    assert not slug.startswith("-")
    assert not slug.endswith("-")
    assert "--" not in slug
    assert not set(slug) & set(" /\\?#%&=+:;,\"'<>")
    assert slug == slug.lower()
    assert not any(unicodedata.category(sign) in ("Zs", "Cc") for sign in slug)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789.-"))
def test_plain_slugs_stay_as_they_are(text: str) -> None:
    if text.strip(".-") and text == text.strip("-") and "--" not in text:
        assert slug_of(text) == text


@pytest.mark.parametrize("sent", ["Intro Call", "intro-call", " INTRO__call ", "íntro-cäll"])
async def test_a_slug_is_shown_as_it_became_and_found_by_both(ana: Host, client: Client, sent: str) -> None:
    made = await ana.creates_event_type(sent)
    assert made["slug"] == "intro-call"
    for asked in (sent, "intro-call", "Intro-Call"):
        listed = data(await client.get(URL, params={"username": "ana", "eventSlug": asked}))
        assert [one["id"] for one in listed] == [made["id"]], asked
        own = data(await ana.client.get(URL, params={"eventSlug": asked}))
        assert [one["id"] for one in own] == [made["id"]]
        named = {"username": "ana", "eventTypeSlug": asked}
        assert data(await client.get("/v2/slots", params={**named, **WEEK}))
        hour = 10 + len(asked) % 3
        body: dict[str, Any] = {
            **named,
            "start": f"2050-09-05T{hour}:00:00Z",
            "attendee": {"name": "Bo", "email": "bo@example.com", "timeZone": "UTC"},
        }
        booked = await client.post("/v2/bookings", json=body)
        assert booked.status_code in (201, 400), booked.text
        if booked.status_code == 400:
            assert "already has booking" in booked.json()["error"]["message"]


@pytest.mark.parametrize("sent", ["", " ", "...", "!!", "-.-"])
async def test_a_slug_of_nothing_is_refused_by_name(ana: Host, sent: str) -> None:
    body = {"title": "x", "slug": sent, "lengthInMinutes": 30}
    assert broken_properties(refusal(await ana.client.post(URL, json=body), 400)) == {"slug"}
    made = await ana.creates_event_type()
    answer = await ana.client.patch(f"{URL}/{made['id']}", json={"slug": sent})
    assert broken_properties(refusal(answer, 400)) == {"slug"}


async def test_two_slugs_are_the_same_if_the_same_becomes_of_them(ana: Host, ben: Host) -> None:
    await ana.creates_event_type("Intro Call")
    other = await ana.creates_event_type("other")
    body = {"title": "x", "slug": "intro_call", "lengthInMinutes": 30}
    error = refusal(await ana.client.post(URL, json=body), 400)
    assert "'intro-call'" in error["message"]
    refusal(await ana.client.patch(f"{URL}/{other['id']}", json={"slug": "INTRO CALL"}), 400)
    assert (await ben.creates_event_type("Intro Call"))["slug"] == "intro-call"


async def test_a_change_of_the_slug_is_slugified(ana: Host) -> None:
    made = await ana.creates_event_type()
    changed = data(await ana.client.patch(f"{URL}/{made['id']}", json={"slug": "Long Talk"}))
    assert changed["slug"] == "long-talk"


@pytest.fixture
async def old(ana: Host, database: Database) -> int:
    """Return the id of an event type from when slugs were stored as they were sent."""
    made = await ana.creates_event_type("old")
    async with database.transaction() as work:
        await work.connection.execute("UPDATE event_types SET slug = 'Old Talk' WHERE id = %s", (made["id"],))
    return int(made["id"])


async def slug(host: Host, event_type_id: int) -> str:
    """Return the slug that is shown."""
    return str(data(await host.client.get(f"{URL}/{event_type_id}"))["slug"])


async def test_slugs_of_before_stay_until_they_are_changed(ana: Host, old: int) -> None:
    path = f"{URL}/{old}"
    data(await ana.client.patch(path, json={"title": "New title"}))
    assert await slug(ana, old) == "Old Talk"
    data(await ana.client.patch(path, json={"slug": "Old Talk"}))
    assert await slug(ana, old) == "Old Talk"
    data(await ana.client.patch(path, json={"slug": "Old talk"}))
    assert await slug(ana, old) == "old-talk"


async def test_slugs_of_before_are_found_as_they_were_sent_also_beside_a_new_one(
    ana: Host, client: Client, old: int
) -> None:
    async def found(asked: str) -> list[int]:
        listed = data(await client.get(URL, params={"username": "ana", "eventSlug": asked}))
        return [one["id"] for one in listed]

    assert await found("Old Talk") == [old]
    new = await ana.creates_event_type("old talk")
    assert new["slug"] == "old-talk"
    assert await found("Old Talk") == [old]
    assert await found("old-talk") == await found("OLD talk") == [new["id"]]
    named = {"username": "ana", "eventTypeSlug": "Old Talk"}
    assert data(await client.get("/v2/slots", params={**named, **WEEK}))
