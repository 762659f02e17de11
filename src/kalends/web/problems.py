"""What a refused action is told to people."""

from collections.abc import Mapping

from kalends.api.output.errors import DomainError
from kalends.localization.language import Language, mark

_UNAUTHORIZED, _FORBIDDEN = 401, 403

NOT_POSSIBLE = mark("This is not possible any more; here is how the booking stands now.")
"""What is told about an action that the booking's state does not allow."""

TAKEN = mark("This time is not free any more. Please choose another.")
"""What is told when the time that was chosen cannot be booked."""

# What the message of a refusal tells a program by, and what it tells a person.
_KNOWN = (
    ("cancellationReason", mark("Please say why.")),
    ("rescheduleReason", mark("Please say why.")),
    (NOT_POSSIBLE, NOT_POSSIBLE),
    ("not_enough_available_seats", TAKEN),
    ("already_signed_up", mark("You have a seat at this time already. Please choose another time.")),
)


class Problem(DomainError):
    """400: what was sent cannot be used; the message is told as it is."""

    status = 400
    code = "BadRequestException"


def told(refusal: DomainError, language: Language, *, taken: str = TAKEN) -> str:
    """Return why an action was refused, in the visitor's language; `taken`: because of its time."""
    if isinstance(refusal, Problem):
        return language.text(refusal.message)
    details = refusal.details if isinstance(refusal.details, Mapping) else {}
    if details.get("reasons"):
        return language.text(taken)
    for sign, sentence in _KNOWN:
        if sign in refusal.message:
            return language.text(sentence)
    return language.text("This was refused: %(reason)s", reason=str(details.get("hint", refusal.message)))


def status_of(refusal: DomainError) -> int:
    """Return the status of the page that tells it; a browser has no credential to be asked for."""
    return _FORBIDDEN if refusal.status == _UNAUTHORIZED else refusal.status
