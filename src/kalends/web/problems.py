"""What people are told about an action that was refused: a sentence for each class of refusals."""

from collections.abc import Mapping

from kalends.api.output.errors import DomainError
from kalends.bookings.draft.refusals import RescheduleReasonMissing
from kalends.bookings.refusals import (
    AlreadyAtThisTime,
    AlreadySignedUp,
    BookedMeanwhile,
    BookingLimitReached,
    CancellationReasonMissing,
    DurationLimitReached,
    SeatsFull,
    StartOutOfBounds,
    TimeOutOfBounds,
    TimeUnavailable,
    TooFewSeats,
)
from kalends.localization.language import Language, mark
from kalends.web.refusals import NotPossible, ReasonTooLong, TimeNotChosen

_UNAUTHORIZED, _FORBIDDEN = 401, 403

TAKEN = mark("This time is not free any more. Please choose another.")
"""What people are told when the time that they chose cannot be booked."""

_SAY_WHY = mark("Please say why.")
_HAS_SEAT = mark("You have a seat at this time already. Please choose another time.")

_SENTENCES: Mapping[type[DomainError], str] = {
    AlreadyAtThisTime: _HAS_SEAT,
    AlreadySignedUp: _HAS_SEAT,
    BookedMeanwhile: TAKEN,
    BookingLimitReached: TAKEN,
    CancellationReasonMissing: _SAY_WHY,
    DurationLimitReached: TAKEN,
    NotPossible: NotPossible.message,
    ReasonTooLong: ReasonTooLong.message,
    RescheduleReasonMissing: _SAY_WHY,
    SeatsFull: TAKEN,
    StartOutOfBounds: TAKEN,
    TimeNotChosen: TimeNotChosen.message,
    TimeOutOfBounds: TAKEN,
    TimeUnavailable: TAKEN,
    TooFewSeats: TAKEN,
}


def message_for(refusal: DomainError, language: Language, *, taken: str = TAKEN) -> str:
    """Return why an action was refused, in the visitor's language; `taken` where its time is the reason."""
    sentence = _SENTENCES.get(type(refusal))
    if sentence is None:
        return language.text("This was refused: %(reason)s", reason=refusal.hint or refusal.message)
    return language.text(taken if sentence is TAKEN else sentence)


def page_status_of(refusal: DomainError) -> int:
    """Return the status of the page that tells it; a browser has no credential to be asked for."""
    return _FORBIDDEN if refusal.status == _UNAUTHORIZED else refusal.status
