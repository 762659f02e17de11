"""What a booker answers: the fields of the booking form and their rules (bookings note, 2.5 and 2.6)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import phonenumbers

from kalends.api.errors import BadRequest
from kalends.api.fields import is_url

LONGEST_NOTES = 1_000


@dataclass(frozen=True, slots=True)
class Location:
    """Where a booking takes place: the stored answer, if the booker gave one, and the booking's location."""

    response: dict[str, str] | None
    location: str


def merged_responses(
    given: Mapping[str, Any],
    *,
    name: str,
    email: str | None,
    phone_number: str | None,
    guests: Sequence[str] | None,
    location: dict[str, str] | None,
) -> dict[str, Any]:
    """Return the answers to store: those given, overridden by what has a property of its own.

    Raises:
        BadRequest: an answer breaks the rule of its field; the message names the field and the rule.
    """
    answers = {**given, "name": name, "email": email or ""}
    own = {"attendeePhoneNumber": phone_number, "guests": guests, "location": location}
    answers = {key: value for key, value in answers.items() if key not in own}
    answers.update({key: value for key, value in own.items() if value is not None})
    problems = [problem for check in _CHECKS for problem in check(answers)]
    if problems:
        raise BadRequest("".join(f"responses - {problem}, " for problem in problems), code="BAD_REQUEST")
    if isinstance(answers.get("notes"), str):
        answers["notes"] = answers["notes"].strip()
    return answers


def text_location(text: str) -> Location:
    """Return the location that a booker wrote as plain text: a link, a phone number, or anything else."""
    if is_url(text) or text.startswith("www."):
        kind = "link"
    elif is_phone_number(text):
        kind = "phone"
    else:
        kind = "somewhereElse"
    return Location({"value": kind, "optionValue": text}, text)


def is_phone_number(text: str) -> bool:
    """Tell whether a text is a valid international number, with `+`."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return False


def is_web_address(location: str | None) -> bool:
    """Tell whether a location is a link that a browser opens."""
    return location is not None and urlsplit(location).scheme in ("http", "https")


def _check_name(answers: Mapping[str, Any]) -> list[str]:
    return [] if answers["name"].strip() else ["{name}error_required_field"]


def _check_email(answers: Mapping[str, Any]) -> list[str]:
    if not answers["email"]:
        return ["{email}error_required_field"]
    return [] if _EMAIL.fullmatch(answers["email"]) else ["{email}email_validation_error"]


def _check_texts(answers: Mapping[str, Any]) -> list[str]:
    fields = ("title", "notes", "rescheduleReason", "smsReminderNumber")
    return [f"{{{field}}}Invalid string" for field in fields if not isinstance(answers.get(field, ""), str)]


def _check_notes(answers: Mapping[str, Any]) -> list[str]:
    notes = answers.get("notes", "")
    is_long = isinstance(notes, str) and len(notes.strip()) > LONGEST_NOTES
    return [f"{{notes}}Max. {LONGEST_NOTES} characters allowed"] if is_long else []


def _check_guests(answers: Mapping[str, Any]) -> list[str]:
    guests = answers.get("guests", [])
    if any(not _EMAIL.fullmatch(guest) for guest in guests):
        return ["{guests}email_validation_error"]
    return ["{guests}duplicate_email"] if len(set(guests)) != len(guests) else []


_CHECKS = (_check_name, _check_email, _check_texts, _check_notes, _check_guests)

_EMAIL = re.compile(
    r"(?!\.)(?!.*\.\.)([A-Z0-9_+\-.']*)[A-Z0-9_+'-]@([A-Z0-9][A-Z0-9\-]*\.)+[A-Z]{2,}", re.IGNORECASE
)
