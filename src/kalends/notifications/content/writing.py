"""Writing a mail out of its fact, when it is sent for the first time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kalends.bookings.facts.fact import BookingFact, FactKind
from kalends.localization.addresses import is_faux, mailbox_of
from kalends.localization.language import language_for, mark
from kalends.notifications.content import messages
from kalends.notifications.content.composition import compose
from kalends.notifications.content.head import is_writable
from kalends.notifications.content.letter import Button
from kalends.notifications.content.links import Links
from kalends.notifications.content.messages import Envelope
from kalends.notifications.content.scene import Scene
from kalends.notifications.invitations.invitation import (
    CalendarObject,
    invitations_of,
    object_of,
    withdrawal_of,
)
from kalends.notifications.invitations.series import CalendarSeries, Occurrence
from kalends.notifications.mail import Method, Template
from kalends.notifications.plan import PlannedMail
from kalends.notifications.queries import History, LeftBooking
from kalends.notifications.transport.sender import Sender

_ATTEND = mark("This is in my calendar")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a mail needs to know beside its fact.

    `occurrences` are those of the booking's series; `left` is the shared booking that attendees moved away
    from, into this one. `may_attend`: the recipient has an account whose time the booking takes only once
    they say so.
    """

    history: History
    occurrences: Sequence[Occurrence] = ()
    left: LeftBooking | None = None
    may_attend: bool = False


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """A mail as it is sent, and what the log shows of it."""

    subject: str
    method: Method | None
    message: bytes


def write(
    fact: BookingFact,
    mail: PlannedMail,
    circumstances: Circumstances,
    *,
    links: Links,
    sender: Sender,
    message_id: str,
) -> WrittenMail:
    """Return a planned mail in the recipient's language.

    Raises:
        ValueError: the recipient's address cannot be written into a message.
    """
    recipient = mail.recipient
    scene = Scene(fact, mail, language_for(recipient.locale, recipient.time_zone, recipient.clock))
    letter = compose(scene, links)
    if circumstances.may_attend:
        button = Button(scene.language.text(_ATTEND), links.attend(fact.booking, recipient, scene.ends_at))
        letter = replace(letter, buttons=[*letter.buttons, button])
    series = _series(fact, circumstances.occurrences)
    invitations = invitations_of(scene, letter, series, sender.address)
    if invitations and invitations[0].method is Method.CANCEL and circumstances.history.is_uninvited:
        invitations = []
    given_up = _given_up(scene, circumstances)
    withdrawal = withdrawal_of(scene, letter, given_up, sender.address) if given_up is not None else None
    if not invitations and withdrawal is not None:
        invitations, withdrawal = [withdrawal], None
    envelope = Envelope(
        sender=(sender.name if scene.is_for_host else scene.host_name, sender.address),
        to=("" if scene.is_for_host else recipient.name, recipient.mailbox),
        message_id=message_id,
        date=fact.occurred_at,
        reply_to=_reply_to(scene),
        in_reply_to=circumstances.history.first_message_id,
    )
    message = messages.build(envelope, letter, invitations, withdrawal)
    return WrittenMail(letter.subject, invitations[0].method if invitations else None, message)


def is_untouched(mail: PlannedMail, circumstances: Circumstances) -> bool:
    """Tell whether others were moved to where the recipient is invited already."""
    is_merged = mail.template is Template.RESCHEDULED and circumstances.left is not None
    return is_merged and circumstances.history.last_method is Method.REQUEST


def _series(fact: BookingFact, occurrences: Sequence[Occurrence]) -> CalendarSeries | None:
    if fact.series is None:
        return None
    # The dates were chosen by the booker's clock, so it is by that one that they repeat.
    zone = language_for(None, fact.booking.attendees[0].time_zone).zone
    return CalendarSeries(occurrences or [_last_of(fact)], zone)


def _last_of(fact: BookingFact) -> Occurrence:
    """Return what stands for a series that was deleted with its host's account."""
    booking = fact.booking
    original_start = booking.start if fact.series is None else fact.series.original_start
    sequence = booking.ical_sequence
    return Occurrence(booking.ical_uid, original_start, booking.start, booking.end, False, sequence)


def _given_up(scene: Scene, circumstances: Circumstances) -> CalendarObject | None:
    """Return the meeting in the reader's calendar that no longer takes place."""
    fact = scene.fact
    previous, place = fact.previous, fact.series
    if previous is None:
        return None
    left = circumstances.left
    if left is not None and (left.is_over or not scene.is_for_host):
        return CalendarObject(left.ical_uid, left.sequence, previous.start, previous.end)
    if fact.kind is FactKind.REQUESTED and circumstances.history.last_method is Method.REQUEST:
        # It was accepted once; the time that replaces it is not settled yet.
        known = replace(object_of(fact.booking), start=previous.start, end=previous.end)
        if place is None or not place.is_ruled:
            return known
        sequence = known.sequence if place.sequence is None else place.sequence
        return replace(known, uid=place.ical_uid, sequence=sequence, recurrence_id=place.original_start)
    return None


def _reply_to(scene: Scene) -> list[str]:
    """Return where answers go: to the host; the host's to those who attend (notifications.md 4 and 12)."""
    event_type, booking = scene.fact.event_type, scene.fact.booking
    if event_type is not None and event_type.hide_organizer_email:
        return []
    if not scene.is_for_host:
        host = mailbox_of(booking.organizer.email)
        return [host] if is_writable(host) else []
    if scene.mail.template in _WITHOUT_REPLY:
        return []
    # An answer to all who share a booking would show them each other.
    told_of = [scene.told_of] if booking.is_seated else booking.attendees
    return [
        mailbox_of(one.email)
        for one in told_of
        if one is not None and not is_faux(one.email) and is_writable(one.email)
    ]


_WITHOUT_REPLY = frozenset({Template.HOST_CANCELLED, Template.HOST_SEAT_LEFT})
