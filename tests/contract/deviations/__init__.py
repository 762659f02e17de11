"""Where the wire is not what the contract document says: every known case, with the note that says so.

Each tag has a file. The tables correct the contract itself, so that the rest of an operation is still
checked, both in answers and in the document that we serve. A new row needs a note's section as its reason.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.contract.deviations import (
    bookings,
    event_types,
    everywhere,
    me,
    platform,
    schedules,
    slots,
    team_event_types,
    teams,
    webhooks,
)
from tests.contract.document import Document, contract_json, read_document
from tests.contract.patches import Deviation, corrected

DEVIATIONS: tuple[Deviation, ...] = tuple(
    deviation
    for tag in (
        everywhere,
        me,
        schedules,
        event_types,
        team_event_types,
        bookings,
        slots,
        teams,
        webhooks,
        platform,
    )
    for deviation in tag.DEVIATIONS
)


@cache
def corrected_json() -> Mapping[str, Any]:
    """Return the contract as the wire is: the published document with `DEVIATIONS` applied."""
    return corrected(contract_json(), DEVIATIONS)


@cache
def contract() -> Document:
    """Return the operations and schemas of the corrected contract."""
    return read_document(corrected_json())
