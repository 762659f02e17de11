"""The booker's answers: the fields of the booking form and their rules (bookings.md 2.5)."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from kalends.api.input.fields import is_phone_number
from kalends.bookings.draft.refusals import AnswerMissing, FormIncomplete, InvalidAnswers
from kalends.event_types.event_type import StoredObject
from kalends.event_types.form.fields import is_own_question

LONGEST_TEXT_AREA = 1_000

REASON = "rescheduledReason"
"""The answer that holds the reason for a move; only whoever moves a booking gives one."""

PHONE_DOMAIN = "sms.cal.com"
"""The domain of the addresses made for bookers who gave only a phone number; no mail goes there."""


class View(Enum):
    """The occasion on which a form is filled in; some fields are asked on one of them only."""

    BOOKING = "booking"
    RESCHEDULE = "reschedule"


class WrongAnswer(Exception):
    """An answer breaks the rule of its field; clients know the rule by the code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class BookerDetails:
    """What a booking's body says outside of `bookingFieldsResponses`, where it would be ignored."""

    name: str
    email: str | None
    phone_number: str | None
    guests: Sequence[str] | None
    location: dict[str, str] | None


def check_custom_answers(fields: Sequence[StoredObject], given: Mapping[str, Any]) -> None:
    """Check that every required question of the owner's is answered.

    Raises:
        AnswerMissing: an answer is missing.
        FormIncomplete: a question is stored in a form by which no answer can be checked.
    """
    if not all(field.keys() >= _HEAD for field in fields):
        raise FormIncomplete
    for field in fields:
        if is_own_question(field) and field.get("required") and field["name"] not in given:
            raise AnswerMissing(field["name"])


def merged_answers(
    fields: Sequence[StoredObject], given: Mapping[str, Any], own: BookerDetails, view: View
) -> dict[str, Any]:
    """Return the answers to store: those given, overridden by the properties of the body.

    Answers to questions that the form does not have are kept as they are. A booker who
    gives only a phone number gets an address that stands for it.

    Raises:
        InvalidAnswers: an answer breaks the rule of its field, or there is neither an address nor a phone
            number.
    """
    answers = _merged(given, own)
    by_name = {field["name"]: field for field in fields}
    if _is_hidden(by_name.get("guests")):
        answers["guests"] = []
    _check_texts(answers)
    problems: list[str] = []
    for field in fields:
        name = field["name"]
        try:
            checked = _checked(field, answers.get(name), view)
        except WrongAnswer as wrong:
            problems.append(f"{{{name}}}{wrong.code}")
            if wrong.code == _REQUIRED:
                break
        else:
            if name in answers:
                answers[name] = checked
    phone = answers.get("attendeePhoneNumber")
    if phone and not problems:
        try:
            answers["attendeePhoneNumber"] = _check_phone({}, phone)
        except WrongAnswer as wrong:
            problems.append(f"{{attendeePhoneNumber}}{wrong.code}")
    if problems:
        raise InvalidAnswers(problems)
    answers["email"] = _address(answers, by_name)
    return answers


def full_name(name: object) -> str:
    """Return the name that an answer to the name's question gives."""
    if isinstance(name, dict):
        parts = (name.get("firstName"), name.get("lastName"))
        return " ".join(part for part in parts if isinstance(part, str) and part)
    return str(name)


def is_email_answer(text: str) -> bool:
    """Tell whether a text is an e-mail address by the form's rule."""
    return _EMAIL.fullmatch(text) is not None


def is_asked(field: StoredObject, view: View) -> bool:
    """Tell whether a form shows a field to whoever fills it in."""
    return not _is_hidden(field) and _is_applicable(field, view)


def _merged(given: Mapping[str, Any], own: BookerDetails) -> dict[str, Any]:
    answers = {key: value for key, value in given.items() if key not in _OWN_KEYS}
    answers |= {"name": own.name, "email": own.email or ""}
    others = {"attendeePhoneNumber": own.phone_number, "guests": own.guests, "location": own.location}
    return answers | {key: value for key, value in others.items() if value is not None}


def _check_texts(answers: Mapping[str, Any]) -> None:
    wrong = [name for name in _PLAIN_TEXTS if not isinstance(answers.get(name, ""), str)]
    if wrong:
        raise InvalidAnswers([f"{{{name}}}Invalid string" for name in wrong])


def _checked(field: StoredObject, answer: Any, view: View) -> Any:
    """Return an answer in the form that is stored.

    Raises:
        WrongAnswer: it breaks the field's rule, or is missing where there must be one.
    """
    if _is_falsy(answer):
        if is_asked(field, view) and field.get("required"):
            raise WrongAnswer(_REQUIRED)
        return answer
    if field["type"] == "phone" and _is_hidden(field):
        return answer
    check = _CHECKS.get(field["type"])
    return answer if check is None else check(field, answer)


def _is_hidden(field: StoredObject | None) -> bool:
    return field is not None and bool(field.get("hidden"))


def _is_applicable(field: StoredObject, view: View) -> bool:
    views = field.get("views")
    return not views or any(one.get("id") == view.value for one in views)


def _is_falsy(answer: Any) -> bool:
    return answer is None or answer == "" or (isinstance(answer, bool | int | float) and not answer)


def _address(answers: Mapping[str, Any], by_name: Mapping[str, StoredObject]) -> str:
    """Return the booker's address; where the form hides that field and asks for a phone, the phone's.

    Raises:
        InvalidAnswers: neither is there.
    """
    email: str = answers["email"]
    phone_field = by_name.get("attendeePhoneNumber")
    if email and (not _is_hidden(by_name.get("email")) or _is_hidden(phone_field)):
        return email
    phone = answers.get("attendeePhoneNumber")
    if not phone:
        raise InvalidAnswers([f"{{attendeePhoneNumber}}{_REQUIRED}"])
    return f"{str(phone).removeprefix('+')}@{PHONE_DOMAIN}"


def _check_name(field: StoredObject, answer: Any) -> Any:
    if not isinstance(answer, str):
        raise WrongAnswer("Invalid string")
    if field.get("variant") != "firstAndLastName":
        if not answer.strip():
            raise WrongAnswer(_REQUIRED)
        return answer
    parts = _name_parts(answer)
    variants = field.get("variantsConfig", {}).get("variants", {})
    for part in variants.get("firstAndLastName", {}).get("fields", ()):
        if part.get("required") and not parts.get(part["name"], "").strip():
            raise WrongAnswer(_REQUIRED)
    return parts


def _name_parts(answer: str) -> dict[str, str]:
    try:
        parsed = json.loads(answer)
    except (ValueError, RecursionError):
        parsed = None
    if isinstance(parsed, dict):
        found = {key: parsed.get(key) for key in ("firstName", "lastName")}
        return {key: value for key, value in found.items() if isinstance(value, str)}
    first, _, last = answer.strip().partition(" ")
    return {"firstName": first, "lastName": last.strip()}


def _check_email(field: StoredObject, answer: Any) -> Any:
    if not isinstance(answer, str) or not is_email_answer(answer):
        raise WrongAnswer("email_validation_error")
    excluded, required = _entries(field, "excludeEmails"), _entries(field, "requireEmails")
    if any(entry in answer.lower() for entry in excluded):
        raise WrongAnswer("exclude_emails_match_found_error_message")
    if required and not any(entry in answer.lower() for entry in required):
        raise WrongAnswer("require_emails_no_match_found_error_message")
    return answer


def _entries(field: StoredObject, key: str) -> list[str]:
    """Return the comma-separated entries of a question, in lower case."""
    entries = str(field.get(key) or "").lower().split(",")
    return [entry.strip() for entry in entries if entry.strip()]


def _check_phone(_field: StoredObject, answer: Any) -> Any:
    if not isinstance(answer, str):
        raise WrongAnswer("invalid_number")
    stripped = answer.lstrip(" ")
    number = f"+{stripped}" if stripped != answer and not stripped.startswith("+") else stripped
    if not is_phone_number(number):
        raise WrongAnswer("invalid_number")
    return number


def _check_text(_field: StoredObject, answer: Any) -> Any:
    if not isinstance(answer, str):
        raise WrongAnswer("Invalid string")
    return answer


def _check_option(field: StoredObject, answer: Any) -> Any:
    text = _check_text(field, answer)
    _check_offered(field, [text])
    return text


def _check_text_area(field: StoredObject, answer: Any) -> Any:
    text = str(_check_text(field, answer)).strip()
    longest, shortest = field.get("maxLength") or LONGEST_TEXT_AREA, field.get("minLength") or 0
    if len(text) > longest:
        raise WrongAnswer(f"Max. {longest} characters allowed")
    if len(text) < shortest:
        raise WrongAnswer(f"Min. {shortest} characters required")
    return text


def _check_url(field: StoredObject, answer: Any) -> Any:
    text = str(_check_text(field, answer)).strip()
    try:
        url = urlsplit(text)
    except ValueError:
        raise WrongAnswer("url_validation_error") from None
    if not url.scheme or not url.netloc:
        raise WrongAnswer("url_validation_error")
    return text


def _check_options(field: StoredObject, answer: Any) -> Any:
    texts = _texts(answer)
    _check_offered(field, texts)
    return texts


def _check_emails(_field: StoredObject, answer: Any) -> Any:
    emails = _texts(answer)
    if not any(emails):
        return []
    if any(not is_email_answer(email) for email in emails):
        raise WrongAnswer("email_validation_error")
    if len({email.lower() for email in emails}) != len(emails):
        raise WrongAnswer("duplicate_email")
    return emails


def _check_boolean(_field: StoredObject, answer: Any) -> Any:
    return answer is True or answer == "true"


def _texts(answer: Any) -> list[str]:
    items = answer if isinstance(answer, list | tuple) else [answer]
    if any(not isinstance(item, str) for item in items):
        raise WrongAnswer("Invalid array of strings")
    return list(items)


def _check_offered(field: StoredObject, chosen: Sequence[str]) -> None:
    """Check choices against the options that the owner gave; a field without any takes everything."""
    offered = {option.get("value") for option in field.get("options") or ()}
    if offered and not offered.issuperset(chosen):
        raise WrongAnswer("Invalid option")


_REQUIRED = "error_required_field"
_HEAD = frozenset({"name", "type", "required", "editable"})
_OWN_KEYS = frozenset({"name", "email", "attendeePhoneNumber", "guests", "location", REASON})
_PLAIN_TEXTS = ("notes", "smsReminderNumber", "title", "rescheduleReason")

_CHECKS: Mapping[str, Callable[[StoredObject, Any], Any]] = {
    "name": _check_name,
    "email": _check_email,
    "phone": _check_phone,
    "text": _check_text,
    "address": _check_text,
    "number": _check_text,
    "select": _check_option,
    "radio": _check_option,
    "textarea": _check_text_area,
    "url": _check_url,
    "multiselect": _check_options,
    "checkbox": _check_options,
    "multiemail": _check_emails,
    "boolean": _check_boolean,
}

# A top-level domain has letters only, unless it is written in another script.
_EMAIL = re.compile(
    r"(?!\.)(?!.*\.\.)([A-Z0-9_+&\-.']*)[A-Z0-9_+&'-]@([A-Z0-9][A-Z0-9\-]*\.)+"
    r"(?:[A-Z]{2,}|XN--[A-Z0-9\-]*[A-Z0-9])",
    re.IGNORECASE | re.ASCII,
)
