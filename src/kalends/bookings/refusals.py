"""How a time is refused that cannot be booked, by what stands against it."""

from collections.abc import Sequence
from datetime import datetime

from kalends.api.output.errors import (
    BadRequest,
    Conflict,
    DomainError,
    Forbidden,
)
from kalends.scheduling import engine
from kalends.scheduling.engine import Code

TAKEN = frozenset({Code.BOOKING, Code.CALENDAR, Code.BUFFER, Code.LIMIT, Code.RESERVED})
"""What stands against a time whatever its host says about hours, notice and window."""

BOUNDS = frozenset({Code.IN_THE_PAST, Code.MINIMUM_NOTICE, Code.BOOKING_WINDOW})
"""What stands against a start that is too early or too late."""

FOR_HOSTS = frozenset(Code) - {Code.MINIMUM_NOTICE, Code.BOOKING_WINDOW}
"""What stands against a time to which a host moves a booking: their own notice and window do not."""

OUT_OF_BOUNDS = "booking_time_out_of_bounds_error"
"""By what clients know that a booking is moved to a time that notice or booking window exclude."""


def refusal_of(
    reasons: Sequence[engine.Reason], *, of: datetime | None = None, bounds_code: str | None = None
) -> DomainError:
    """Return how a time is refused.

    `of` names one occurrence of several, `bounds_code` is what clients know a time by that notice or booking
    window exclude.
    """
    codes = list(dict.fromkeys(str(reason.code) for reason in reasons))
    found = {reason.code for reason in reasons}
    details = {"reasons": codes}
    which = "this time" if of is None else f"the occurrence at {of.isoformat().replace('+00:00', 'Z')}"
    if not found & BOUNDS:
        if Code.SEATS_FULL in found:
            return Conflict("start: all seats of this time are taken (seats_full).", details=details)
        if Code.LIMIT in found:
            hint = f"{which[0].upper()}{which[1:]} is beyond what the event type allows in a period."
            return Forbidden(_limit_code(reasons), details={**details, "hint": hint})
    elif bounds_code is not None and Code.IN_THE_PAST not in found:
        return BadRequest(bounds_code, details=details)
    return BadRequest(f"start: {which} is not available ({', '.join(codes)}).", details=details)


def _limit_code(reasons: Sequence[engine.Reason]) -> str:
    limited = [str(reason.reference) for reason in reasons if reason.code is Code.LIMIT]
    is_duration = limited and all(reference.startswith("bookingLimitsDuration") for reference in limited)
    return "duration_limit_reached" if is_duration else "booking_limit_reached"
