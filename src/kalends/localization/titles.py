"""A booking's title, as it is made for whoever reads it (bookings.md 2.8; event-types.md 6.8).

Words are stored; names are put in when somebody reads them. Host and booker know each other. Those who share
a booking read no name of an attendee but their own.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from kalends.bookings.booking import TitleWords
from kalends.bookings.draft.form import full_name
from kalends.event_types.locations.kinds import INTEGRATION_PREFIX
from kalends.localization.answers import answer_text
from kalends.localization.language import Language, language_for, mark

LONGEST_TITLE = 1_000

_VARIABLE = re.compile(r"\{([^{}]*)\}")

_PLACES = {
    "inPerson": mark("In person"),
    "attendeeInPerson": mark("In person"),
    "link": mark("Link meeting"),
    "userPhone": mark("Phone call"),
    "phone": mark("Phone call"),
    "somewhereElse": mark("Somewhere else"),
    # No conferencing can be configured yet, so nobody makes a video meeting of it.
    "integrations:daily": mark("To be agreed"),
    "integrations:google:meet": "Google Meet",
    "integrations:office365_video": "Microsoft Teams",
    "integrations:zoom": "Zoom",
}

_OTHER_PEOPLE = frozenset({"guests"})
"""Answers that name others than the one who gave them."""


class TitledSeat(Protocol):
    """A seat, as far as titles tell of it."""

    @property
    def responses(self) -> Mapping[str, Any]:
        """Return what its attendee answered."""


class TitledAttendee(Protocol):
    """Somebody who attends, as far as titles tell of them."""

    @property
    def name(self) -> str:
        """Return what they are called; guests have no name."""

    @property
    def seat(self) -> TitledSeat | None:
        """Return their place in a booking that several share."""


class TitledHost(Protocol):
    """A host, as far as titles tell of them."""

    @property
    def name(self) -> str | None:
        """Return what they are called."""

    @property
    def username(self) -> str:
        """Return what they are called without a name."""

    @property
    def locale(self) -> str | None:
        """Return the code of their language."""


class TitledBooking(Protocol):
    """A booking, or a fact's snapshot of one, as far as titles tell of it."""

    @property
    def organizer(self) -> TitledHost:
        """Return the host whose booking it is."""

    @property
    def attendees(self) -> Sequence[TitledAttendee]:
        """Return who attends, the booker first."""

    @property
    def is_seated(self) -> bool:
        """Whether several share it."""

    @property
    def responses(self) -> Mapping[str, Any] | None:
        """Return what the booker answered; None: it is kept with the seats."""

    @property
    def start(self) -> datetime:
        """Return when it begins."""

    @property
    def end(self) -> datetime:
        """Return when it ends."""


@dataclass(frozen=True, slots=True)
class TitleReader:
    """Who reads a title. `attendee` is who they are among several that share a booking, if that is known."""

    language: Language
    is_host: bool
    attendee: TitledAttendee | None = None


def title_for_host(words: TitleWords, booking: TitledBooking) -> str:
    """Return the title that the host of a booking reads."""
    reader = TitleReader(language_of_host(booking.organizer), is_host=True)
    return title_of(words, booking, reader)


def language_of_host(host: TitledHost) -> Language:
    """Return the language of a host, for words without times."""
    return language_for(host.locale, "UTC")


def title_of(words: TitleWords, booking: TitledBooking, reader: TitleReader) -> str:
    """Return the title of a booking for a reader.

    The host's own words are kept unless they name somebody whom the reader may not know, or come to nothing;
    then it is the usual sentence.
    """
    if words.whole is not None and (reader.is_host or not booking.is_seated):
        return words.whole
    cast = _cast_of(words, booking, reader)
    title = None if words.template is None else _written(words.template, cast)
    return (title or _usual(cast))[:LONGEST_TITLE]


def words_of_before(whole: str, event: str, booking: TitledBooking) -> TitleWords:
    """Return what a booking of before is called, from its whole title and that of its event type.

    Where it is word for word the usual sentence about those who take part, it is told in any language.
    """
    host = booking.organizer.name or booking.organizer.username
    booker = booking.attendees[0].name if booking.attendees else ""
    is_usual = whole == _USUAL % {"event": event, "host": host, "name": booker}
    return TitleWords(event, whole=None if is_usual else whole)


_USUAL = mark("%(event)s between %(host)s and %(name)s")
_NAMELESS = mark("%(event)s with %(host)s")


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who is in a title. `attendee` empty: nobody whom its reader may know, and `answers` are nobody's."""

    words: TitleWords
    reader: TitleReader
    host: str
    attendee: str
    answers: Mapping[str, Any]
    minutes: int

    def value_of(self, variable: str) -> str | None:
        """Return what stands for a variable; None: it would name somebody whom the reader may not know."""
        match variable:
            case "Event type title":
                return self.words.event
            case "Organiser" | "HOST":
                return self.host
            case "Organiser first name":
                return self.host.split(" ")[0]
            case "Location" | "LOCATION":
                return _place(self.words.place, self.reader.language)
            case "Event duration":
                return self.reader.language.text("%(count)s mins", count=str(self.minutes))
            case "HOST/ATTENDEE" if not self.reader.is_host:
                return self.host
            case "":
                return "{}"
            case _:
                return self._of_attendee(variable) if self.attendee else None

    def _of_attendee(self, variable: str) -> str:
        match variable:
            case "Scheduler" | "ATTENDEE" | "USER" | "HOST/ATTENDEE":
                return self.attendee
            case "Scheduler first name":
                return self._parts_of_name()[0]
            case "Scheduler last name":
                return self._parts_of_name()[1]
            case _:
                answer = None if variable in _OTHER_PEOPLE else self.answers.get(variable)
                return answer_text(answer, self.reader.language) or f"{{{variable}}}"

    def _parts_of_name(self) -> tuple[str, str]:
        """Return the first name and the rest: as they were asked for, or by their words."""
        asked = self.answers.get("name")
        if isinstance(asked, dict) and full_name(asked) == self.attendee:
            return str(asked.get("firstName") or ""), str(asked.get("lastName") or "")
        first, *rest = self.attendee.split(maxsplit=1)
        return first, "".join(rest)


def _cast_of(words: TitleWords, booking: TitledBooking, reader: TitleReader) -> _Cast:
    named = _named(booking, reader)
    answers: Mapping[str, Any] = {}
    if named is not None:
        answers = (booking.responses if named.seat is None else named.seat.responses) or {}
    host = booking.organizer
    return _Cast(
        words=words,
        reader=reader,
        host=host.name or host.username,
        attendee="" if named is None else named.name.strip(),
        answers=answers,
        minutes=int((booking.end - booking.start).total_seconds()) // 60,
    )


def _named(booking: TitledBooking, reader: TitleReader) -> TitledAttendee | None:
    """Return whom a title names of those who attend: the booker; of several the first, or the reader."""
    if not booking.is_seated:
        return booking.attendees[0] if booking.attendees else None
    if reader.is_host:
        return next((one for one in booking.attendees if one.seat is not None), None)
    # Guests have no seat, and no name.
    return reader.attendee if reader.attendee is not None and reader.attendee.seat is not None else None


def _written(template: str, cast: _Cast) -> str | None:
    """Return a template with its values; None: it names whom the reader may not know, or is blank."""
    pieces, length = [], 0
    for place, piece in enumerate(_VARIABLE.split(template)):
        is_variable = place % 2 == 1
        text = cast.value_of(piece) if is_variable else piece
        if text is None:
            return None
        pieces.append(text)
        length += len(text)
        # Names and answers may be long, and a template may have many of them.
        if length >= LONGEST_TITLE:
            break
    title = "".join(pieces)
    return title if title.strip() else None


def _usual(cast: _Cast) -> str:
    text, event = cast.reader.language.text, cast.words.event
    if cast.words.whole is not None and not event:
        return cast.host
    if cast.attendee:
        return text(_USUAL, event=event, host=cast.host, name=cast.attendee)
    return text(_NAMELESS, event=event, host=cast.host)


def _place(kind: str | None, language: Language) -> str:
    if kind is None:
        return ""
    if kind in _PLACES:
        return language.text(_PLACES[kind])
    if kind.startswith(INTEGRATION_PREFIX):
        return kind.removeprefix(INTEGRATION_PREFIX).replace("_", " ").title()
    return kind
