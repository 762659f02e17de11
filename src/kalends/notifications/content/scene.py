"""What a mail is written from: the fact, who reads it, and what they may know."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kalends.bookings.facts.fact import BookingFact
from kalends.bookings.facts.snapshots import AttendeeSnapshot
from kalends.localization.language import Language
from kalends.localization.titles import TitleReader, title_of, words_of_before
from kalends.notifications.mail import Audience, Template
from kalends.notifications.plan import PlannedMail

_ENDING = frozenset({Template.HOST_CANCELLED, Template.CANCELLED, Template.DECLINED, Template.SEAT_LEFT})

_ASKING = frozenset({Template.HOST_AWAITING_APPROVAL, Template.HOST_APPROVAL_REMINDER})

# Neither what has ended nor what is not settled yet can be changed from a mail (notifications.md 5.1).
_WITHOUT_CHANGES = _ENDING | _ASKING | {Template.REQUESTED}


@dataclass(frozen=True, slots=True)
class Scene:
    """A planned mail of a fact, in its reader's language."""

    fact: BookingFact
    mail: PlannedMail
    language: Language

    @property
    def is_for_host(self) -> bool:
        """Whether the host reads it."""
        return self.mail.template.audience is Audience.HOST

    @property
    def is_ending(self) -> bool:
        """Whether it tells what does not take place, at least not for its reader."""
        return self.mail.template in _ENDING

    @property
    def is_asking(self) -> bool:
        """Whether it asks the host to confirm or reject."""
        return self.mail.template in _ASKING

    @property
    def offers_changes(self) -> bool:
        """Whether its reader can reschedule and cancel from it."""
        return self.mail.recipient.may_change and self.mail.template not in _WITHOUT_CHANGES

    @property
    def offers_reschedule(self) -> bool:
        """Whether its reader can reschedule from it, as far as the event type let them when it happened."""
        booking, event_type = self.fact.booking, self.fact.event_type
        if not self.offers_changes or booking.recurring_uid is not None:
            return False
        if event_type is None:
            return True
        minutes = event_type.disable_rescheduling_minutes_before
        is_late = minutes is not None and booking.start - self.fact.occurred_at < timedelta(minutes=minutes)
        return not (event_type.disable_rescheduling or is_late)

    @property
    def host_name(self) -> str:
        """What the host is called."""
        organizer = self.fact.booking.organizer
        return organizer.name or organizer.username

    @property
    def told_of(self) -> AttendeeSnapshot | None:
        """The attendee whom the mail tells of: its reader, whose seat it is about, else the only booker."""
        if self.mail.attendee is not None:
            return self.mail.attendee
        booking = self.fact.booking
        if not booking.is_seated:
            return next(iter(booking.attendees), None)
        seated = [attendee for attendee in booking.attendees if attendee.seat is not None]
        return seated[0] if len(seated) == 1 else None

    @property
    def attendee_name(self) -> str:
        """What that attendee is called."""
        attendee = self.told_of
        return "" if attendee is None else attendee.name or attendee.email

    @property
    def shows_others(self) -> bool:
        """Whether its reader may know who else attends: of strangers on seats, only if it is set so."""
        if self.is_for_host or not self.fact.booking.is_seated:
            return True
        seats = self.fact.event_type.seats if self.fact.event_type is not None else None
        return seats is not None and seats.shows_attendees

    @property
    def shows_host_address(self) -> bool:
        """Whether its reader may know the host's address."""
        event_type = self.fact.event_type
        return self.is_for_host or event_type is None or not event_type.hide_organizer_email

    @property
    def attendees(self) -> tuple[AttendeeSnapshot, ...]:
        """Those who attend, as far as the reader may know."""
        if self.shows_others:
            return self.fact.booking.attendees
        return () if self.mail.attendee is None else (self.mail.attendee,)

    def knows(self, attendee: AttendeeSnapshot) -> bool:
        """Tell whether its reader may know the address of somebody who attends.

        Those who share a booking know their own, and those of guests whom they named.
        """
        if self.is_for_host or not self.fact.booking.is_seated:
            return True
        own = self.mail.attendee
        if own is None or attendee == own:
            return own is not None
        named = own.seat.responses.get("guests", ()) if own.seat is not None else ()
        return attendee.seat is None and attendee.email.lower() in {email.lower() for email in named}

    @property
    def starts(self) -> tuple[datetime, ...]:
        """When all that it tells of begins: one instant, or the dates of a series."""
        series = self.fact.series
        if series is None or series.is_told_singly or not series.starts:
            return (self.fact.booking.start,)
        return series.starts

    @property
    def length(self) -> timedelta:
        """How long each of them takes."""
        return self.fact.booking.end - self.fact.booking.start

    @property
    def ends_at(self) -> datetime:
        """When the last of it is over, and with it what its links can do."""
        return max(self.starts) + self.length

    @property
    def title(self) -> str:
        """The title, made for the reader."""
        booking, event_type = self.fact.booking, self.fact.event_type
        words = booking.title_words
        if words.whole is not None and event_type is not None:
            words = words_of_before(words.whole, event_type.title, booking)
        # The host is told of an attendee, who may have left.
        own = None if self.is_for_host else self.mail.attendee
        return title_of(words, booking, TitleReader(self.language, is_host=self.is_for_host, attendee=own))
