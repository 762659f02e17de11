"""That somebody is out of office (webhooks.md 9.9)."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from kalends.out_of_office.entry import REASONS
from kalends.out_of_office.fact import OutOfOfficeFact, Person
from kalends.webhooks.payloads.parts import Payload, milliseconds

_LAST_SECOND = time(23, 59, 59)


def absence(fact: OutOfOfficeFact) -> Payload:
    """Return what is told of a new absence, whose dates are written with the user's offset."""
    return {
        "oooEntry": {
            "id": fact.id,
            "uuid": str(fact.uuid),
            "start": _local(fact.start, time(), fact.user),
            "end": _local(fact.end, _LAST_SECOND, fact.user),
            "createdAt": milliseconds(fact.occurred_at),
            "updatedAt": milliseconds(fact.occurred_at),
            "notes": fact.notes,
            "reasonId": REASONS.index(fact.reason) + 1,
            "reason": {"reason": fact.reason},
            "user": _person(fact.user),
            "toUser": None if fact.to_user is None else _person(fact.to_user),
        }
    }


def _local(day: date, at: time, user: Person) -> str:
    return datetime.combine(day, at, ZoneInfo(user.time_zone)).isoformat(timespec="seconds")


def _person(person: Person) -> Payload:
    shown: Payload = {
        "id": person.id,
        "name": person.name,
        "username": person.username,
        "timeZone": person.time_zone,
    }
    return shown if person.email is None else {**shown, "email": person.email}
