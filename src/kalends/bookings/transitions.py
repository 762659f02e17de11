"""Which command a booking takes in which state (bookings.md 14 and B9)."""

from enum import Enum

from kalends.api.output.errors import BadRequest, DomainError, NotFound
from kalends.bookings.booking import Booking, Status


class Command(Enum):
    """What can be asked of a booking that exists."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    MARK_ABSENT = "mark_absent"


class Effect(Enum):
    """What a command does in a state."""

    APPLIES = "applies"
    CHANGES_NOTHING = "changes nothing"
    REFUSED = "refused"


EFFECTS: dict[Status, dict[Command, Effect]] = {
    Status.ACCEPTED: {
        Command.CONFIRM: Effect.REFUSED,
        Command.DECLINE: Effect.REFUSED,
        Command.RESCHEDULE: Effect.APPLIES,
        Command.CANCEL: Effect.APPLIES,
        Command.MARK_ABSENT: Effect.APPLIES,
    },
    Status.PENDING: {
        Command.CONFIRM: Effect.APPLIES,
        Command.DECLINE: Effect.APPLIES,
        Command.RESCHEDULE: Effect.APPLIES,
        Command.CANCEL: Effect.APPLIES,
        Command.MARK_ABSENT: Effect.REFUSED,
    },
    Status.CANCELLED: {
        Command.CONFIRM: Effect.REFUSED,
        Command.DECLINE: Effect.REFUSED,
        Command.RESCHEDULE: Effect.REFUSED,
        Command.CANCEL: Effect.CHANGES_NOTHING,
        Command.MARK_ABSENT: Effect.REFUSED,
    },
    Status.REJECTED: {
        Command.CONFIRM: Effect.REFUSED,
        Command.DECLINE: Effect.REFUSED,
        Command.RESCHEDULE: Effect.REFUSED,
        Command.CANCEL: Effect.CHANGES_NOTHING,
        Command.MARK_ABSENT: Effect.REFUSED,
    },
    # Nobody has taken the meeting yet, and only a host of the team can.
    Status.AWAITING_HOST: {
        Command.CONFIRM: Effect.REFUSED,
        Command.DECLINE: Effect.REFUSED,
        Command.RESCHEDULE: Effect.REFUSED,
        Command.CANCEL: Effect.REFUSED,
        Command.MARK_ABSENT: Effect.REFUSED,
    },
}
"""The state machine: every command in every state."""


def effect_of(booking: Booking, command: Command) -> Effect:
    """Return what a command does to a booking.

    Raises:
        NotFound: a declined booking is to be rescheduled, as existing clients know it.
        BadRequest: the booking's state does not allow the command; the message says what to do instead.
    """
    effect = EFFECTS[booking.status][command]
    if effect is Effect.REFUSED:
        raise _refusal(booking, command)
    return effect


def _refusal(booking: Booking, command: Command) -> DomainError:
    status = booking.status
    if command is Command.RESCHEDULE and status is Status.REJECTED:
        return NotFound("This booking was declined, so it cannot be rescheduled; make a new one.")
    if command is Command.RESCHEDULE and booking.is_rescheduled:
        return BadRequest("This booking was rescheduled already; move the one that replaced it.")
    if command is Command.RESCHEDULE and status is Status.CANCELLED:
        hint = "A cancelled booking stays cancelled; make a new one."
        return BadRequest("cancelled_bookings_cannot_be_rescheduled", details={"hint": hint})
    if command in (Command.CONFIRM, Command.DECLINE):
        message = f"Only a pending booking can be confirmed or declined; this one is {status.value}."
        return BadRequest(message, code="TRPCError")
    if command is Command.MARK_ABSENT:
        return BadRequest(f"Absences are kept of accepted bookings only; this one is {status.value}.")
    return BadRequest(f"A booking that is {status.value} does not take this: {command.value}.")
