"""Facts as the JSON texts that are stored for weeks.

A text is read by workers of other releases too: fields that a reader does not know are skipped, and those
that a text does not have yet have their defaults. So a further field needs no new version. Where a field goes
or changes its meaning, `VERSION` is raised, and a module like `version_0` says how older texts are read.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from kalends.bookings.facts import version_0
from kalends.bookings.facts.fact import BookingFact


class _Head(msgspec.Struct):
    version: int = 0


_KEPT_ONCE = ("organizer", "description", "responses", "metadata")
"""What the bookings of a series have alike. As every fact has to name the organizer, a release that does not
know of second lines takes no first line for the whole, and leaves the fact to a newer one."""

_head = msgspec.json.Decoder(_Head)
_fact = msgspec.json.Decoder(BookingFact)


def encode(fact: BookingFact) -> bytes:
    """Return the JSON text of a fact, to be stored."""
    return msgspec.json.encode(fact)


def encode_together(facts: Sequence[BookingFact]) -> tuple[list[tuple[bytes, bool]], bytes | None]:
    """Return the JSON texts of the facts of one command, and what is to be kept once for all that share it.

    Each says whether it does: so do all whose bookings were answered as that of the first, if they are
    several.
    """
    if len(facts) == 1:
        return [(encode(facts[0]), False)], None
    split = [_split(fact) for fact in facts]
    shared = split[0][1] if split else None
    texts = [
        (msgspec.json.encode(rest), True) if kept == shared else (encode(fact), False)
        for fact, (rest, kept) in zip(facts, split, strict=True)
    ]
    return texts, None if shared is None else msgspec.json.encode(shared)


def _split(fact: BookingFact) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what only a fact says, and what others may say too."""
    whole: dict[str, Any] = msgspec.to_builtins(fact)
    booking = whole["booking"]
    return whole, {name: booking.pop(name) for name in _KEPT_ONCE if name in booking}


def decode(payload: bytes) -> BookingFact:
    """Return the fact that a stored text of any version tells.

    A second line says what the booking was answered, if that is kept for several facts together.

    Raises:
        ValidationError: it tells none.
    """
    payload, _, shared = payload.partition(b"\n")
    if shared:
        whole = msgspec.json.decode(payload)
        whole["booking"] |= msgspec.json.decode(shared)
        return msgspec.convert(whole, BookingFact)
    if _head.decode(payload).version == 0:
        return msgspec.convert(version_0.translated(payload), BookingFact)
    return _fact.decode(payload)
