"""The types that request bodies and queries are made of.

Each checks its value strictly (JSON has no implicit conversions), and names the rule it breaks the way
existing clients know it, such as `isString` (http-core.md 4).
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from fastapi import Path
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from kalends.api.input.time_zones import canonical_time_zone

MAX_INTEGER = 2**31 - 1
MAX_TEXT = 5_000
MAX_METADATA_NUMBER = 2**53 - 1
MAX_PORT = 65_535

# RFC 5321, sections 4.1.2 and 4.5.3.1; other scripts are written in ASCII, as `xn--`.
_EMAIL = re.compile(
    r"(?![^@]{65})[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?!.{254})(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])",
    re.IGNORECASE | re.ASCII,
)

# User and password need a scheme before them, else `javascript:` would be a user. No part can be read in two
# ways, so the time to read a text grows with its length only.
_URL = re.compile(
    r"(?:(?:https?|ftp)://(?:[^\s/\\?#@]+@)?)?"
    r"(?P<host>\[[0-9a-f:.]+\]|[^\s/\\?#@:\[\]]+)(?::(?P<port>[0-9]{1,5}))?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_FEWEST_LABELS = 2
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")

# The second form is how other scripts are written in ASCII.
_TOP_LEVEL = re.compile(r"[^\W\d_]{2,}|xn--[a-z0-9-]+", re.IGNORECASE)
_INTEGER_TEXT = re.compile(r"-?[0-9]{1,40}")
_LEADING_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,40}")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a missing value is told: the rule's name and the sentence that follows the property's name."""

    name: str
    text: str


def violation(rule: str, text: str) -> PydanticCustomError:
    """Return the error of a value that breaks `rule`; `text` follows the property's name."""
    return PydanticCustomError(rule, text)


def check_text(value: object, *, longest: int = MAX_TEXT) -> str:
    """Return a string that PostgreSQL can hold."""
    if not isinstance(value, str):
        raise violation("isString", "must be a string")
    if len(value) > longest:
        raise violation("maxLength", f"must be shorter than or equal to {longest} characters")
    if "\0" in value:
        raise violation("isString", "must be a string without NUL characters")
    return value


def check_integer(value: object) -> int:
    """Return a whole JSON number of 32 bits; `1.0` counts as whole."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise violation("isInt", "must be an integer number")
    if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
        raise violation("isInt", f"must be an integer number between {-MAX_INTEGER - 1} and {MAX_INTEGER}")
    return value


def check_boolean(value: object) -> bool:
    """Return a JSON boolean."""
    if not isinstance(value, bool):
        raise violation("isBoolean", "must be a boolean value")
    return value


def check_time_zone(value: object) -> str:
    """Return the canonical IANA name of a zone that is given in any capitalisation."""
    zone = canonical_time_zone(value) if isinstance(value, str) else None
    if zone is None:
        raise violation("isTimeZone", "must be an IANA time zone such as Europe/Rome")
    return zone


def check_uuid(value: object) -> UUID:
    """Return the UUID that a text spells."""
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError:
        raise violation("isUuid", "must be a UUID") from None


def check_object(value: object) -> dict[str, Any]:
    """Return a JSON object whose strings, however deep, PostgreSQL can hold."""
    if not isinstance(value, dict):
        raise violation("isObject", "must be an object")
    _check_strings(value)
    return value


def check_metadata(value: object) -> dict[str, str | int | float | bool]:
    """Return metadata: at most 50 keys of 40 characters; strings of 500, numbers and booleans.

    Numbers are those that every reader of JSON takes as they are.
    """
    items = check_object(value)
    if len(items) > 50:
        raise violation("ValidateMetadata", "must have at most 50 keys")
    for key, item in items.items():
        if len(key) > 40:
            raise violation("ValidateMetadata", "must have keys of at most 40 characters")
        if isinstance(item, str) and len(item) > 500:
            raise violation("ValidateMetadata", "must have string values of at most 500 characters")
        if isinstance(item, int | float) and abs(item) > MAX_METADATA_NUMBER:
            raise violation("ValidateMetadata", f"must have numbers up to {MAX_METADATA_NUMBER}")
        if not isinstance(item, str | int | float):
            raise violation("ValidateMetadata", "must have strings, numbers or booleans as values")
    return items


def check_url(value: object) -> str:
    """Return a web or FTP address with a top-level domain; the scheme may be left out."""
    url = check_text(value, longest=2083)
    if not is_url(url):
        raise violation("isUrl", "must be a URL address such as https://example.com/page")
    return url


def check_url_or_nothing(value: object) -> str:
    """Return a web or FTP address, or the empty text, which stands for none."""
    return "" if value == "" else check_url(value)


def is_url(text: str) -> bool:
    """Tell whether a text is a web or FTP address; the scheme may be left out.

    The host is an IP address, IPv6 in brackets, or a name with a top-level domain.
    """
    match = _URL.fullmatch(text)
    return match is not None and _is_host(match["host"]) and int(match["port"] or 0) <= MAX_PORT


def check_email(value: object) -> str:
    """Return an e-mail address that mail can be sent to and from."""
    email = check_text(value, longest=320)
    if not is_email(email):
        raise violation("isEmail", "must be an email")
    return email


def is_email(text: str) -> bool:
    """Tell whether mail servers take an address: ASCII, without quotes, at a domain with a dot."""
    return _EMAIL.fullmatch(text) is not None


def check_phone_number(value: object) -> str:
    """Return a valid international phone number, with `+`, as it is written."""
    number = check_text(value, longest=100)
    if not is_phone_number(number):
        raise violation(
            "isPhoneNumber", "must be a valid phone number with its country, such as +390612345678"
        )
    return number


def is_phone_number(text: str) -> bool:
    """Tell whether a text is a valid international number, with `+`."""
    import phonenumbers  # here, as few requests need it and it takes long to load

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return False


def parse_id(value: object) -> int:
    """Return the id in a path segment: digits, with an optional minus."""
    if not isinstance(value, str) or not _INTEGER_TEXT.fullmatch(value):
        raise violation("isInt", "must be an integer")
    return _clamped(int(value))


def leading_integer(value: object) -> int:
    """Return the integer that a query value begins with, such as 10 of `10abc` (http-core.md 3)."""
    number = _leading_number(value)
    if abs(number) > MAX_INTEGER:
        raise violation("isInt", f"must be an integer number up to {MAX_INTEGER}")
    return number


def leading_id(value: object) -> int:
    """Return the id that a query value begins with, however large."""
    return _clamped(_leading_number(value))


Text: TypeAlias = Annotated[str, Rule("isString", "must be a string"), BeforeValidator(check_text)]
NonEmptyText: TypeAlias = Annotated[Text, Field(min_length=1)]
Integer: TypeAlias = Annotated[
    int,
    Rule("isInt", "must be an integer number"),
    BeforeValidator(check_integer),
    Field(json_schema_extra={"format": "int32"}),
]
Boolean: TypeAlias = Annotated[
    bool, Rule("isBoolean", "must be a boolean value"), BeforeValidator(check_boolean)
]
TimeZone: TypeAlias = Annotated[
    str,
    Rule("isTimeZone", "must be an IANA time zone such as Europe/Rome"),
    BeforeValidator(check_time_zone),
]
JsonObject: TypeAlias = Annotated[
    dict[str, Any], Rule("isObject", "must be an object"), BeforeValidator(check_object)
]
Metadata: TypeAlias = Annotated[
    dict[str, str | int | float | bool],
    Rule("isObject", "must be an object"),
    BeforeValidator(check_metadata),
    WithJsonSchema({"type": "object", "additionalProperties": True}),
]
Uuid: TypeAlias = Annotated[
    UUID,
    Rule("isUuid", "must be a UUID"),
    BeforeValidator(check_uuid),
    WithJsonSchema({"type": "string", "format": "uuid"}),
]
Url: TypeAlias = Annotated[str, Rule("isUrl", "must be a URL address"), BeforeValidator(check_url)]
UrlOrNothing: TypeAlias = Annotated[
    str, Rule("isUrl", "must be a URL address"), BeforeValidator(check_url_or_nothing)
]
PhoneNumber: TypeAlias = Annotated[
    str, Rule("isPhoneNumber", "must be a valid phone number"), BeforeValidator(check_phone_number)
]
Email: TypeAlias = Annotated[str, Rule("isEmail", "must be an email"), BeforeValidator(check_email)]
QueryBoolean: TypeAlias = Annotated[bool, BeforeValidator(lambda value: value == "true")]
QueryInteger: TypeAlias = Annotated[
    int,
    Rule("isInt", "must be an integer number"),
    BeforeValidator(leading_integer),
    Field(json_schema_extra={"format": "int32"}),
]
QueryId: TypeAlias = Annotated[
    int,
    Rule("isInt", "must be an integer number"),
    BeforeValidator(leading_id),
    Field(json_schema_extra={"format": "int32"}),
]

ScheduleId: TypeAlias = Annotated[int, Path(alias="scheduleId"), BeforeValidator(parse_id)]
EventTypeId: TypeAlias = Annotated[int, Path(alias="eventTypeId"), BeforeValidator(parse_id)]
BookingUid: TypeAlias = Annotated[str, Path(alias="bookingUid"), BeforeValidator(check_text)]


def _leading_number(value: object) -> int:
    match = _LEADING_INTEGER.match(value) if isinstance(value, str) else None
    if match is None:
        raise violation("isInt", "must be an integer number")
    return int(match.group())


def _clamped(number: int) -> int:
    """Return an id as PostgreSQL can compare it: one too large to exist is merely unknown."""
    return max(-(2**62), min(2**62, number))


def _check_strings(value: object) -> None:
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            check_text(key)
            _check_strings(item)
    elif isinstance(value, list):
        for item in value:
            _check_strings(item)


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return _is_address(ipaddress.IPv6Address, host[1:-1])
    labels = host.split(".")
    if len(labels) < _FEWEST_LABELS or not all(map(_LABEL.fullmatch, labels)):
        return False
    top = labels[-1]
    return _TOP_LEVEL.fullmatch(top) is not None or _is_address(ipaddress.IPv4Address, host)


def _is_address(kind: type[ipaddress.IPv4Address | ipaddress.IPv6Address], text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True
