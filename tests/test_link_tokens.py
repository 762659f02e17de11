"""Tokens are pure: what they give, and that nothing else is believed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from kalends.security.link_tokens import (
    Grant,
    Purpose,
    TokenExpired,
    TokenMalformed,
    TokenMisplaced,
    issue,
    read,
)

KEY = b"k" * 32
NOW = datetime(2050, 9, 1, 6, 0, tzinfo=UTC)
ATTENDEE = Grant(Purpose.MANAGE, "4uBzPq8VxNMpqLrT2fTn2q", "bo+tag@example.com", NOW + timedelta(days=1))
HOST = replace(ATTENDEE, recipient="ana@example.com", user_id=7)
SEAT = replace(ATTENDEE, seat_uid=UUID("8d1f9a1e-1c4b-4b8e-9d3f-2a6b7c8d9e0f"))


def read_at(token: str, now: datetime = NOW, *, key: bytes = KEY) -> Grant:
    return read(key, token, purposes={Purpose.MANAGE}, booking_uid=ATTENDEE.booking_uid, now=now)


@pytest.mark.parametrize("grant", [ATTENDEE, HOST, SEAT, replace(ATTENDEE, recipient="é@exämple.com")])
def test_a_token_gives_what_it_was_issued_for(grant: Grant) -> None:
    assert read_at(issue(KEY, grant)) == grant


def test_only_a_user_id_makes_a_host() -> None:
    assert HOST.is_for_host
    assert not ATTENDEE.is_for_host


def test_a_token_needs_no_escaping_in_a_url() -> None:
    assert set(issue(KEY, SEAT)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_token_ends_at_its_expiry() -> None:
    token = issue(KEY, ATTENDEE)
    assert read_at(token, ATTENDEE.expires_at - timedelta(seconds=1)) == ATTENDEE
    with pytest.raises(TokenExpired):
        read_at(token, ATTENDEE.expires_at)


def test_a_token_of_another_booking_is_refused() -> None:
    with pytest.raises(TokenMisplaced):
        read_at(issue(KEY, replace(ATTENDEE, booking_uid="another")))


@pytest.mark.parametrize("purpose", [Purpose.APPROVE, Purpose.DECLINE])
def test_a_token_of_another_purpose_is_refused(purpose: Purpose) -> None:
    with pytest.raises(TokenMisplaced):
        read_at(issue(KEY, replace(HOST, purpose=purpose)))


def test_a_token_of_another_key_is_refused_before_anything_else_is_said() -> None:
    expired = replace(ATTENDEE, booking_uid="another", expires_at=NOW - timedelta(days=1))
    with pytest.raises(TokenMalformed):
        read_at(issue(b"x" * 32, expired))


def test_no_character_of_a_token_can_be_changed() -> None:
    token = issue(KEY, SEAT)
    for place, character in enumerate(token):
        changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        with pytest.raises(TokenMalformed):
            read_at(changed)


@pytest.mark.parametrize("text", ["", "A", "AAAA", "é", "\0", "a b", "=" * 8, "A" * 10_000, "👋"])
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(TokenMalformed):
        read_at(text)


@pytest.mark.parametrize("ending", ["=", "==", "\n", " ", "A"])
def test_nothing_can_be_added_to_a_token(ending: str) -> None:
    with pytest.raises(TokenMalformed):
        read_at(issue(KEY, ATTENDEE) + ending)
