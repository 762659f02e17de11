"""Where bookings take place, as requests say it (event-types.md 7)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator

from kalends.api.input.alternatives import by_type
from kalends.api.input.fields import (
    Boolean,
    NonEmptyText,
    PhoneNumber,
    Url,
)
from kalends.api.input.validation import refused_in_plain_words
from kalends.api.wire import Body
from kalends.event_types.event_type import StoredObject
from kalends.event_types.locations.kinds import ROW_KINDS, integration_kind


class AddressLocation(Body):
    """A place that the host names."""

    type: Literal["address"]
    address: NonEmptyText
    public: Boolean

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        return {"type": "inPerson", "address": self.address, "displayLocationPublicly": self.public}


class LinkLocation(Body):
    """A web page that the host names."""

    type: Literal["link"]
    link: Url
    public: Boolean

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        return {"type": "link", "link": self.link, "displayLocationPublicly": self.public}


class PhoneLocation(Body):
    """A call to the host."""

    type: Literal["phone"]
    phone: PhoneNumber
    public: Boolean

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        return {"type": "userPhone", "hostPhoneNumber": self.phone, "displayLocationPublicly": self.public}


class IntegrationLocation(Body):
    """A meeting of an app that the host has connected."""

    type: Literal["integration"]
    integration: Literal["cal-video", "google-meet", "office365-video", "zoom"]

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        return {"type": integration_kind(self.integration)}


class _BareLocation(Body):
    type: str

    def to_row(self) -> StoredObject:
        """Return the stored form."""
        return {"type": ROW_KINDS[self.type]}


class AttendeeAddressLocation(_BareLocation):
    """A place that the booker names."""

    type: Literal["attendeeAddress"]


class AttendeePhoneLocation(_BareLocation):
    """A call to the booker."""

    type: Literal["attendeePhone"]


class AttendeeDefinedLocation(_BareLocation):
    """Whatever the booker says."""

    type: Literal["attendeeDefined"]


class OrganizersDefaultAppLocation(_BareLocation):
    """A meeting of the app that its organizer prefers; of event types of teams only."""

    type: Literal["organizersDefaultApp"]


_FORMS: Mapping[str, type[Body]] = {
    "address": AddressLocation,
    "link": LinkLocation,
    "integration": IntegrationLocation,
    "phone": PhoneLocation,
    "attendeeAddress": AttendeeAddressLocation,
    "attendeePhone": AttendeePhoneLocation,
    "attendeeDefined": AttendeeDefinedLocation,
}

AnyLocation: TypeAlias = (
    AddressLocation
    | LinkLocation
    | IntegrationLocation
    | PhoneLocation
    | AttendeeAddressLocation
    | AttendeePhoneLocation
    | AttendeeDefinedLocation
)

Location: TypeAlias = Annotated[AnyLocation, BeforeValidator(by_type(_FORMS))]

TeamLocation: TypeAlias = Annotated[
    AnyLocation | OrganizersDefaultAppLocation,
    BeforeValidator(by_type({**_FORMS, "organizersDefaultApp": OrganizersDefaultAppLocation})),
]

Locations: TypeAlias = Annotated[list[Location], refused_in_plain_words("locations")]
TeamLocations: TypeAlias = Annotated[list[TeamLocation], refused_in_plain_words("locations")]


def locations_of(given: Sequence[AnyLocation | OrganizersDefaultAppLocation]) -> tuple[StoredObject, ...]:
    """Return the stored form of locations."""
    return tuple(location.to_row() for location in given)
