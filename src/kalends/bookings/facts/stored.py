"""Facts as the JSON texts that are stored for weeks.

A text is read by workers of other releases too: fields that a reader does not know are skipped, and those
that a text does not have yet have their defaults. So a further field needs no new version. Where a field goes
or changes its meaning, `VERSION` is raised, and a module like `version_0` says how older texts are read.
"""

import msgspec

from kalends.bookings.facts import version_0
from kalends.bookings.facts.fact import BookingFact


class _Head(msgspec.Struct):
    version: int = 0


_head = msgspec.json.Decoder(_Head)
_fact = msgspec.json.Decoder(BookingFact)


def encode(fact: BookingFact) -> bytes:
    """Return the JSON text of a fact, to be stored."""
    return msgspec.json.encode(fact)


def decode(payload: bytes) -> BookingFact:
    """Return the fact that a stored text of any version tells.

    Raises:
        ValidationError: it tells none.
    """
    if _head.decode(payload).version == 0:
        return msgspec.convert(version_0.translated(payload), BookingFact)
    return _fact.decode(payload)
