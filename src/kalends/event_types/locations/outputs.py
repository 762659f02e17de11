"""Where bookings take place, as answers show it (event-types.md 7)."""

import json
from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict

from kalends.event_types.event_type import StoredObject
from kalends.event_types.locations.kinds import APPS, ROW_KINDS, Integration

LocationKind = Literal[
    "address",
    "link",
    "integration",
    "phone",
    "attendeeAddress",
    "attendeePhone",
    "attendeeDefined",
    "organizersDefaultApp",
    "conferencing",
    "unknown",
]

_BARE: dict[str, LocationKind] = {
    ROW_KINDS["attendeeAddress"]: "attendeeAddress",
    ROW_KINDS["attendeePhone"]: "attendeePhone",
    ROW_KINDS["attendeeDefined"]: "attendeeDefined",
    ROW_KINDS["organizersDefaultApp"]: "organizersDefaultApp",
}


class AddressLocationOutput(TypedDict):
    """A place; empty for those who may not know it before they book."""

    type: Literal["address"]
    address: str
    public: bool


class LinkLocationOutput(TypedDict):
    """A web page; empty for those who may not know it before they book."""

    type: Literal["link"]
    link: str
    public: bool


class PhoneLocationOutput(TypedDict):
    """A call to the host; empty for those who may not know the number before they book."""

    type: Literal["phone"]
    phone: str
    public: bool


class IntegrationLocationOutput(TypedDict):
    """A meeting held by an app."""

    type: Literal["integration"]
    integration: Integration
    link: NotRequired[str]
    credentialId: NotRequired[int]


class BareLocationOutput(TypedDict):
    """A location that the booker names, or the host's default app."""

    type: LocationKind


class UnknownLocationOutput(TypedDict):
    """A stored location that is none of the others, as JSON."""

    type: Literal["unknown"]
    location: str


LocationOutput: TypeAlias = (
    AddressLocationOutput
    | LinkLocationOutput
    | PhoneLocationOutput
    | IntegrationLocationOutput
    | BareLocationOutput
    | UnknownLocationOutput
)


def locations_output(stored: Sequence[StoredObject], *, shows_private: bool) -> list[LocationOutput]:
    """Show locations; those of unknown form come last.

    Without `shows_private` details of locations that are not public are left empty.
    """
    shown = [_known(one, shows_private=shows_private) for one in stored]
    unknown = [
        _unknown(one if shows_private else {})
        for one, known in zip(stored, shown, strict=True)
        if known is None
    ]
    return [*(one for one in shown if one is not None), *unknown]


def _known(stored: StoredObject, *, shows_private: bool) -> LocationOutput | None:
    kind = str(stored.get("type"))
    is_public = stored.get("displayLocationPublicly") is True
    is_shown = is_public or shows_private
    match stored:
        case {"type": "inPerson", "address": str(address)}:
            return {"type": "address", "address": address if is_shown else "", "public": is_public}
        case {"type": "link", "link": str(link)}:
            return {"type": "link", "link": link if is_shown else "", "public": is_public}
        case {"type": "userPhone", "hostPhoneNumber": str(phone)}:
            return {"type": "phone", "phone": phone if is_shown else "", "public": is_public}
    if kind in _BARE:
        return {"type": _BARE[kind]}
    return _integration(stored, APPS[kind], shows_private=shows_private) if kind in APPS else None


def _integration(stored: StoredObject, app: Integration, *, shows_private: bool) -> LocationOutput:
    shown: IntegrationLocationOutput = {"type": "integration", "integration": app}
    if shows_private and isinstance(stored.get("link"), str):
        shown["link"] = stored["link"]
    if shows_private and isinstance(stored.get("credentialId"), int):
        shown["credentialId"] = stored["credentialId"]
    return shown


def _unknown(stored: StoredObject) -> UnknownLocationOutput:
    return {"type": "unknown", "location": json.dumps(stored, ensure_ascii=False, separators=(",", ":"))}
