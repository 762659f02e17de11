"""How often strangers have somebody written to (notifications.md 6).

Whoever has no credential can name any address. Beyond so many mails an hour, an address that nobody verified
is not told of what such callers book, nor of what becomes of bookings that it was not told of.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from kalends.bookings.facts.fact import BookingFact, FactKind
from kalends.db.database import Connection
from kalends.notifications import queries
from kalends.notifications.mail import Audience
from kalends.notifications.plan import PlannedMail

TOO_MANY = "strangers have the address written to too often (KALENDS_RECIPIENT_MAILS_AN_HOUR)"
UNANNOUNCED = "the booking was not announced to the address"

METRIC = "mails_suppressed:too_many"

_FIRST = frozenset({FactKind.CREATED, FactKind.REQUESTED, FactKind.SEAT_BOOKED})


@dataclass(slots=True)
class Restraint:
    """What the addresses of some facts had lately; `most` None: nothing is limited.

    `recent` are the mails of the last hour to addresses that nobody has proven, `unannounced` the calendar
    objects, with addresses, of which nothing was told because of this.
    """

    most: int | None
    recent: Counter[str] = field(default_factory=Counter)
    unannounced: set[tuple[str, str]] = field(default_factory=set)
    suppressed: int = 0

    def reason(self, fact: BookingFact, mail: PlannedMail) -> str | None:
        """Return why a mail is not to be sent, the next that follows from these facts; None: it is."""
        if self.most is None or mail.template.audience is Audience.HOST:
            return None
        address, thread = mail.recipient.address, thread_of(fact)
        if is_first(fact):
            if fact.is_by_stranger and self.recent.get(address, 0) >= self.most:
                self.unannounced.add((thread, address))
                self.suppressed += 1
                return TOO_MANY
        elif fact.kind is not FactKind.CONFIRMED and (thread, address) in self.unannounced:
            self.suppressed += 1
            return UNANNOUNCED
        self.unannounced.discard((thread, address))
        if address in self.recent:
            self.recent[address] += 1
        return None


async def restraint_for(
    connection: Connection, plans: Sequence[tuple[BookingFact, Collection[PlannedMail]]], *, most: int | None
) -> Restraint:
    """Return what holds for the mails that follow from facts."""
    told = [
        (fact, mail) for fact, mails in plans for mail in mails if mail.template.audience is Audience.ATTENDEE
    ]
    if most is None or not told:
        return Restraint(most)
    by_strangers = {mail.recipient.address for fact, mail in told if is_first(fact) and fact.is_by_stranger}
    later = {(thread_of(fact), mail.recipient.address) for fact, mail in told if not is_first(fact)}
    recent = await queries.count_recent(connection, by_strangers) if by_strangers else {}
    unannounced = await queries.list_unannounced(connection, later, TOO_MANY) if later else ()
    return Restraint(most, Counter(recent), set(unannounced))


def is_first(fact: BookingFact) -> bool:
    """Tell whether a fact is the first that attendees hear of a booking."""
    return fact.kind in _FIRST and fact.previous is None


def thread_of(fact: BookingFact) -> str:
    """Return the calendar object that a fact is about."""
    return fact.booking.ical_uid if fact.series is None else fact.series.ical_uid
