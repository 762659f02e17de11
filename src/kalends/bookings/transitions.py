"""Which transition a booking takes in which state (bookings.md 14 and B9)."""

from enum import Enum

from kalends.api.output.errors import DomainError
from kalends.bookings.booking import Booking, Status
from kalends.bookings.refusals import (
    CancelledAlready,
    DeclinedAlready,
    NotAccepted,
    NotPending,
    RescheduledAlready,
    WrongState,
)


class Transition(Enum):
    """A change that can be asked of a booking that exists."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    MARK_ABSENT = "mark_absent"


class Effect(Enum):
    """What a transition does in a state."""

    APPLIES = "applies"
    CHANGES_NOTHING = "changes nothing"
    REFUSED = "refused"


EFFECTS: dict[Status, dict[Transition, Effect]] = {
    Status.ACCEPTED: {
        Transition.CONFIRM: Effect.REFUSED,
        Transition.DECLINE: Effect.REFUSED,
        Transition.RESCHEDULE: Effect.APPLIES,
        Transition.CANCEL: Effect.APPLIES,
        Transition.MARK_ABSENT: Effect.APPLIES,
    },
    Status.PENDING: {
        Transition.CONFIRM: Effect.APPLIES,
        Transition.DECLINE: Effect.APPLIES,
        Transition.RESCHEDULE: Effect.APPLIES,
        Transition.CANCEL: Effect.APPLIES,
        Transition.MARK_ABSENT: Effect.REFUSED,
    },
    Status.CANCELLED: {
        Transition.CONFIRM: Effect.REFUSED,
        Transition.DECLINE: Effect.REFUSED,
        Transition.RESCHEDULE: Effect.REFUSED,
        Transition.CANCEL: Effect.CHANGES_NOTHING,
        Transition.MARK_ABSENT: Effect.REFUSED,
    },
    Status.REJECTED: {
        Transition.CONFIRM: Effect.REFUSED,
        Transition.DECLINE: Effect.REFUSED,
        Transition.RESCHEDULE: Effect.REFUSED,
        Transition.CANCEL: Effect.CHANGES_NOTHING,
        Transition.MARK_ABSENT: Effect.REFUSED,
    },
    # No host has taken the meeting yet, and only one of the team can.
    Status.AWAITING_HOST: {
        Transition.CONFIRM: Effect.REFUSED,
        Transition.DECLINE: Effect.REFUSED,
        Transition.RESCHEDULE: Effect.REFUSED,
        Transition.CANCEL: Effect.REFUSED,
        Transition.MARK_ABSENT: Effect.REFUSED,
    },
}
"""The state machine: every transition in every state."""


def effect_of(booking: Booking, transition: Transition) -> Effect:
    """Return what a transition does to a booking.

    Raises:
        DeclinedAlready, RescheduledAlready, CancelledAlready, NotPending, NotAccepted, WrongState: the state
            of the booking does not allow it; the message says what to do instead.
    """
    effect = EFFECTS[booking.status][transition]
    if effect is Effect.REFUSED:
        raise _refusal(booking, transition)
    return effect


def _refusal(booking: Booking, transition: Transition) -> DomainError:
    status = booking.status
    match transition:
        case Transition.RESCHEDULE if status is Status.REJECTED:
            # Existing clients know this as 404.
            return DeclinedAlready()
        case Transition.RESCHEDULE if booking.is_rescheduled:
            return RescheduledAlready()
        case Transition.RESCHEDULE if status is Status.CANCELLED:
            return CancelledAlready()
        case Transition.CONFIRM | Transition.DECLINE:
            return NotPending(status.value)
        case Transition.MARK_ABSENT:
            return NotAccepted(status.value)
    return WrongState(status.value, transition.value)
