"""Where a booking takes place: what the booker chose among what is offered (bookings.md 2.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from kalends.api.input.fields import is_phone_number, is_url
from kalends.bookings.draft.refusals import InvalidAnswers, LocationNotOffered, PlaceNotOffered
from kalends.event_types.event_type import CAL_VIDEO, EventType, StoredObject
from kalends.event_types.locations.kinds import ROW_KINDS, api_kind, integration_kind


@dataclass(frozen=True, slots=True)
class LocationChoice:
    """A location chosen by its kind in the API; `text` is what the booker adds, such as a number."""

    kind: str
    integration: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a booking takes place: the stored answer, if the booker gave one, and the booking's location.

    `kind` is the row form's, such as `inPerson`; a location that is only a text has that of its answer, the
    organizer's own app that of its integration.
    """

    kind: str
    response: dict[str, str] | None
    location: str


# The property of a stored location that becomes the booking's; there is none where the booker gives it.
_STORED_TEXT = {"inPerson": "address", "link": "link", "userPhone": "hostPhoneNumber"}

_DEFAULT_APP = "conferencing"

# Apps whose name differs from that of their integration.
_INTEGRATIONS = {"daily-video": "cal-video", "msteams": "office365-video"}

_OWN = "somewhereElse"

_ASKING = frozenset({"attendeeInPerson", _OWN, "phone"})


def place_of(
    event_type: EventType, chosen: LocationChoice | str | None, organizer: Mapping[str, Any]
) -> Place:
    """Return the place of a new booking. `organizer` is the metadata of the user who holds it.

    Raises:
        LocationNotOffered: the event type does not offer this kind of location.
        PlaceNotOffered: it takes no place of the booker's own, and does not offer the one that is named.
        InvalidAnswers: what the booker has to say of it is missing or wrong.
    """
    if isinstance(chosen, str):
        return _named_place(event_type, chosen, organizer)
    if chosen is not None:
        return _chosen_place(event_type, chosen, organizer)
    if event_type.locations:
        if event_type.locations[0]["type"] in _ASKING:
            raise InvalidAnswers(["{location}error_required_field"])
        return _stored_place(event_type.locations[0], None, organizer)
    default = _default_app(organizer)
    return Place(default, None, default)


def is_web_address(location: str | None) -> bool:
    """Tell whether a location is a link that a browser opens."""
    if location is None:
        return False
    try:
        return urlsplit(location).scheme in ("http", "https")
    except ValueError:
        return False


def _named_place(event_type: EventType, text: str, organizer: Mapping[str, Any]) -> Place:
    """Return the place of a text: the booker's own where the event type leaves it open, else one it offers.

    As no conferencing can be configured yet, Cal Video alone leaves it open too.
    """
    kinds = {stored["type"] for stored in event_type.locations}
    if _OWN in kinds or kinds <= {CAL_VIDEO["type"]}:
        return _text_place(text)
    for stored in event_type.locations:
        kind = stored["type"]
        if kind in _ASKING:
            continue
        place = _stored_place(stored, {"value": kind, "optionValue": ""}, organizer)
        if place.location == text.strip():
            return place
    raise PlaceNotOffered(dict.fromkeys(_shown(stored) for stored in event_type.locations))


def _shown(stored: StoredObject) -> str:
    """Return what a stranger may know of an offered place: its text if it is public, else its kind."""
    kind: str = stored["type"]
    text = stored.get(_STORED_TEXT.get(kind, "link"))
    is_public = stored.get("displayLocationPublicly") is True
    return repr(text) if is_public and isinstance(text, str) and text else api_kind(kind)


def _text_place(text: str) -> Place:
    if is_url(text) or text.startswith("www."):
        kind = "link"
    elif is_phone_number(text):
        kind = "phone"
    else:
        kind = "somewhereElse"
    return Place(kind, {"value": kind, "optionValue": text}, text)


def _chosen_place(event_type: EventType, chosen: LocationChoice, organizer: Mapping[str, Any]) -> Place:
    kind = _row_kind(chosen)
    offered = [stored for stored in event_type.locations if stored["type"] == kind]
    if not offered:
        named = chosen.integration if chosen.kind == "integration" else chosen.kind
        raise LocationNotOffered(named)
    if kind not in _ASKING:
        return _stored_place(offered[-1], {"value": kind, "optionValue": ""}, organizer)
    text = (chosen.text or "").strip()
    if not text:
        raise InvalidAnswers(["{location}error_required_field"])
    if kind == "phone" and not is_phone_number(text):
        raise InvalidAnswers(["{location}invalid_number"])
    return Place(kind, {"value": kind, "optionValue": text}, text)


def _row_kind(chosen: LocationChoice) -> str:
    if chosen.kind == "integration":
        return integration_kind(chosen.integration or "")
    return ROW_KINDS.get(chosen.kind, "")


def _stored_place(
    stored: StoredObject, response: dict[str, str] | None, organizer: Mapping[str, Any]
) -> Place:
    """Return the place that a stored location names: its text or link, else the bare kind."""
    kind: str = stored["type"]
    if kind == _DEFAULT_APP:
        app = _default_app(organizer)
        return Place(app, response, app)
    text = stored.get(_STORED_TEXT.get(kind, "link"))
    return Place(kind, response, text if isinstance(text, str) and text else kind)


def _default_app(organizer: Mapping[str, Any]) -> str:
    app = organizer.get("defaultConferencingApp")
    slug = app.get("appSlug") if isinstance(app, dict) else None
    if not isinstance(slug, str) or not slug:
        return str(CAL_VIDEO["type"])
    return integration_kind(_INTEGRATIONS.get(slug, slug))
