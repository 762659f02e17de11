"""Where a booking takes place, in words for people (notifications.md 5, block 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kalends.api.input.fields import is_phone_number
from kalends.bookings.draft.places import is_web_address
from kalends.event_types.locations.kinds import INTEGRATION_PREFIX
from kalends.localization.language import Language, mark

# What a booking has where its event type names no place. No conferencing can be configured yet.
_OWN_PROVIDER = "daily"

_PROVIDERS = {
    "google:meet": "Google Meet",
    "zoom": "Zoom",
    "office365_video": "Microsoft Teams",
    "webex_video": "Webex",
    "huddle01": "Huddle",
    "jitsi": "Jitsi",
    "whereby_video": "Whereby",
    "element-call_video": "Element Call",
}

# What a booking without an answer of the booker keeps: the bare kind of its event type's location.
_KINDS = {
    "phone": mark("By phone"),
    "userPhone": mark("By phone"),
    "inPerson": mark("In person"),
    "attendeeInPerson": mark("In person"),
    "link": mark("Online meeting"),
    "conferencing": mark("Online meeting"),
    "somewhereElse": mark("To be agreed"),
}


class LocatedBooking(Protocol):
    """A booking, or a fact's snapshot of one, as far as it says where it takes place."""

    @property
    def location(self) -> str | None:
        """Return the location as stored."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Return what is stored beside it, `videoCallUrl` among others."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a booking takes place. `url` is what a tap opens: a meeting link, or `tel:` of a phone number."""

    text: str
    url: str | None = None
    note: str | None = None


def place_of(booking: LocatedBooking, language: Language) -> Place | None:
    """Return where a booking takes place; None: nobody has said."""
    location = booking.metadata.get("videoCallUrl") or booking.location
    if not location:
        return None
    if is_web_address(location):
        return Place(location, location)
    if location.startswith(INTEGRATION_PREFIX):
        return _online(location, language)
    if location in _KINDS:
        return Place(language.text(_KINDS[location]))
    if is_phone_number(location):
        return Place(location, "tel:" + "".join(sign for sign in location if sign.isdigit() or sign == "+"))
    return Place(location)


def _online(location: str, language: Language) -> Place:
    """Return an online meeting for which there is no link: nobody makes one but the host."""
    where = language.text("The host will tell where")
    code = location.removeprefix(INTEGRATION_PREFIX)
    if code == _OWN_PROVIDER:
        return Place(where)
    provider = _PROVIDERS.get(code) or code.removesuffix("_video").replace("_", " ").title()
    return Place(language.text("Online meeting (%(provider)s)", provider=provider), note=where)
