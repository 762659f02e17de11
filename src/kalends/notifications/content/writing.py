"""Writing a mail out of its fact, when it is sent for the first time."""

from collections.abc import Sequence
from dataclasses import dataclass

from kalends.bookings.facts.fact import BookingFact, FactKind, Series
from kalends.localization.addresses import is_faux
from kalends.localization.language import language_for
from kalends.notifications.content import messages
from kalends.notifications.content.composition import compose
from kalends.notifications.content.head import is_writable
from kalends.notifications.content.links import Links
from kalends.notifications.content.messages import Envelope
from kalends.notifications.content.scene import Scene
from kalends.notifications.invitations.invitation import CalendarObject, invitation_of, withdrawal_of
from kalends.notifications.invitations.series import CalendarSeries, Occurrence
from kalends.notifications.mail import Method, Template
from kalends.notifications.plan import Planned
from kalends.notifications.queries import History, LeftBooking
from kalends.notifications.transport.sender import Sender

_LAST_SEQUENCE = 2**31 - 1
"""Above the SEQUENCE of every change before; nothing follows."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a mail needs to know beside its fact.

    `occurrences` are those of the booking's series; `left` is the shared booking that attendees moved away
    from, into this one.
    """

    history: History
    occurrences: Sequence[Occurrence] = ()
    left: LeftBooking | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as it is sent, and what the log shows of it."""

    subject: str
    method: Method | None
    message: bytes


def write(
    fact: BookingFact,
    mail: Planned,
    circumstances: Circumstances,
    *,
    links: Links,
    sender: Sender,
    message_id: str,
) -> Written:
    """Return a planned mail in the recipient's language.

    Raises:
        ValueError: the recipient's address cannot be written into a message.
    """
    recipient = mail.recipient
    scene = Scene(fact, mail, language_for(recipient.locale, recipient.time_zone, recipient.clock))
    letter = compose(scene, links)
    series = _series(fact, circumstances.occurrences)
    invitation = invitation_of(scene, letter, series, sender.address)
    if invitation is not None and invitation.method is Method.CANCEL and circumstances.history.is_uninvited:
        invitation = None
    given_up = _given_up(scene, circumstances, series)
    withdrawal = withdrawal_of(scene, letter, given_up, sender.address) if given_up is not None else None
    if invitation is None:
        invitation, withdrawal = withdrawal, None
    envelope = Envelope(
        sender=(sender.name if scene.is_for_host else scene.host_name, sender.address),
        to=("" if scene.is_for_host else recipient.name, recipient.email),
        message_id=message_id,
        date=fact.occurred_at,
        reply_to=_reply_to(scene),
        in_reply_to=circumstances.history.first_message_id,
    )
    message = messages.build(envelope, letter, invitation, withdrawal)
    return Written(letter.subject, invitation.method if invitation is not None else None, message)


def is_untouched(mail: Planned, circumstances: Circumstances) -> bool:
    """Tell whether others were moved to where the recipient is invited already."""
    is_merged = mail.template is Template.RESCHEDULED and circumstances.left is not None
    return is_merged and circumstances.history.last_method is Method.REQUEST


def _series(fact: BookingFact, occurrences: Sequence[Occurrence]) -> CalendarSeries | None:
    if fact.series is None:
        return None
    occurrences = occurrences or [_last_of(fact, fact.series)]
    rule = fact.event_type.recurrence if fact.event_type is not None else None
    # The dates were chosen by the booker's clock, so it is by that one that they repeat.
    zone = language_for(None, fact.booking.attendees[0].time_zone).zone
    return CalendarSeries(occurrences, rule, zone)


def _last_of(fact: BookingFact, series: Series) -> Occurrence:
    """Return what stands for a series that was deleted with its host's account."""
    booking = fact.booking
    return Occurrence(
        series.ical_uid,
        series.original_start,
        booking.start,
        booking.end,
        is_live=False,
        sequence=_LAST_SEQUENCE,
    )


def _given_up(
    scene: Scene, circumstances: Circumstances, series: CalendarSeries | None
) -> CalendarObject | None:
    """Return the meeting that stands in the reader's calendar and takes place no more."""
    fact = scene.fact
    previous = fact.previous
    if previous is None:
        return None
    left = circumstances.left
    if left is not None and (left.is_over or not scene.is_for_host):
        return CalendarObject(left.ical_uid, left.sequence, previous.start, previous.end)
    if fact.kind is FactKind.REQUESTED and circumstances.history.last_method is Method.REQUEST:
        # It was accepted once; the time that replaces it is not settled yet.
        if series is not None and fact.series is not None:
            return CalendarObject(
                series.uid, series.sequence, previous.start, previous.end, fact.series.original_start
            )
        booking = fact.booking
        return CalendarObject(booking.ical_uid, booking.ical_sequence, previous.start, previous.end)
    return None


def _reply_to(scene: Scene) -> list[str]:
    """Return where answers go: to the host; the host's to those who attend (notifications.md 4 and 12)."""
    event_type, booking = scene.fact.event_type, scene.fact.booking
    if event_type is not None and event_type.hide_organizer_email:
        return []
    if not scene.is_for_host:
        return [booking.organizer.email] if is_writable(booking.organizer.email) else []
    if scene.mail.template in _WITHOUT_REPLY:
        return []
    # An answer to all who share a booking would show them each other.
    told_of = [scene.told_of] if booking.is_seated else booking.attendees
    return [
        one.email for one in told_of if one is not None and not is_faux(one.email) and is_writable(one.email)
    ]


_WITHOUT_REPLY = frozenset({Template.HOST_CANCELLED, Template.HOST_SEAT_LEFT})
