"""Where the wire is not what the contract document says: bookings."""

from tests.contract.deviations.schemas import BOOLEAN, NUMBER, STATUS, STRING, nullable, object_of, ref
from tests.contract.document import contract_json
from tests.contract.patches import Allow, Deviation, Drop, Relax, Replace

_BOOKING_OUTPUTS = (
    "BookingOutput_2024_08_13",
    "RecurringBookingOutput_2024_08_13",
    "GetSeatedBookingOutput_2024_08_13",
    "GetRecurringSeatedBookingOutput_2024_08_13",
    "CreateSeatedBookingOutput_2024_08_13",
    "CreateRecurringSeatedBookingOutput_2024_08_13",
)
_BOOKING_INPUTS = tuple(
    f"schemas Create{kind}Input_2024_08_13" for kind in ("Booking", "InstantBooking", "RecurringBooking")
)
_LISTS = {
    "/v2/bookings": ("eventTypeId", "teamId"),
    "/v2/organizations/{orgId}/bookings": ("eventTypeId", "teamId"),
    "/v2/organizations/{orgId}/teams/{teamId}/bookings": ("eventTypeId",),
    "/v2/organizations/{orgId}/users/{userId}/bookings": ("eventTypeId", "teamId"),
}
_COUNTS = (
    "totalItems",
    "remainingItems",
    "returnedItems",
    "itemsPerPage",
    "currentPage",
    "totalPages",
)
_NULL_IN_BOOKINGS = {
    "description": STRING,
    "eventTypeId": NUMBER,
    "eventType": ref("EventType"),
    "location": STRING,
    "meetingUrl": STRING,
    "updatedAt": STRING,
    "rating": NUMBER,
    "icsUid": STRING,
}

DEVIATIONS: tuple[Deviation, ...] = (
    *(
        Replace(f"schemas {output} properties {name}", nullable(schema), "bookings.md 3.1: may be null")
        for output in _BOOKING_OUTPUTS
        for name, schema in _NULL_IN_BOOKINGS.items()
    ),
    *(
        Replace(
            f"schemas {output} properties status enum",
            ["cancelled", "accepted", "rejected", "pending", "awaiting_host"],
            "bookings.md 3.3: instant bookings wait for a host",
        )
        for output in _BOOKING_OUTPUTS
    ),
    Replace(
        "schemas BookingAttendee",
        object_of(
            {
                "language": contract_json()["schemas"]["SeatedAttendee"]["properties"]["language"],
                "phoneNumber": STRING,
            },
            name=STRING,
            email=STRING,
            timeZone=STRING,
            absent=BOOLEAN,
        ),
        "bookings.md 3.2 and 3.3: the document shows the attendee of requests here",
    ),
    *(
        Replace(f"schemas {output} properties attendees items", ref("BookingAttendee"), "bookings.md 3.3")
        for output in ("BookingOutput_2024_08_13", "RecurringBookingOutput_2024_08_13")
    ),
    Relax("schemas SeatedAttendee", ("seatUid",), "bookings.md 3.2: guests and co-hosts have no seat"),
    Allow(
        "paths /v2/bookings/{bookingUid} get parameters",
        {"in": "query", "name": "seatUid", "schema": STRING},
        "bookings.md 4: ours",
    ),
    Drop("schemas SeatedAttendee properties phoneNumber", "bookings.md 3.2: never returned"),
    *(
        Drop(f"schemas {output} properties metadata", "bookings.md 3.2: the metadata are the seats'")
        for output in _BOOKING_OUTPUTS
        if "SeatedBooking" in output
    ),
    Allow(
        "schemas MarkAbsentBookingOutput_2024_08_13 properties data oneOf",
        ref("GetSeatedBookingOutput_2024_08_13"),
        "bookings.md B16: a seated booking keeps its shape",
    ),
    Replace(
        "schemas MarkAbsentBookingInput_2024_08_13 properties attendees items",
        object_of(email=STRING, absent=BOOLEAN),
        "bookings.md 3.3",
    ),
    Replace(
        "schemas ReassignBookingOutput_2024_08_13 properties data",
        object_of(bookingUid=STRING, reassignedTo=ref("ReassignedToDto")),
        "bookings.md 3.3: the document refers to itself",
    ),
    Replace("schemas CalendarLink", object_of(label=STRING, id=STRING, link=STRING), "bookings.md 3.3"),
    Replace("schemas CalendarLinksOutput_2024_08_13 properties status", STATUS, "http-core.md 5"),
    Replace(
        "paths /v2/organizations/{orgId}/users/{userId}/bookings get responses 200 content",
        {"application/json": {"schema": ref("GetBookingsOutput_2024_08_13")}},
        "bookings.md 3.3: as the list of bookings",
    ),
    *(
        Replace(f"paths {path} get parameters {name} schema", NUMBER, "bookings.md 5.1: an integer")
        for path, names in _LISTS.items()
        for name in names
    ),
    *(
        Allow(
            f"paths {path} get parameters",
            {"in": "query", "name": name, "schema": schema},
            "bookings.md 5.1: from later versions of the API",
        )
        for path in _LISTS
        for name, schema in {"bookingUid": STRING, "limit": NUMBER, "cursor": STRING}.items()
    ),
    Allow(
        "schemas GetBookingsOutput_2024_08_13 properties pagination",
        object_of(
            **dict.fromkeys(_COUNTS, NUMBER),
            **dict.fromkeys(("hasNextPage", "hasPreviousPage", "hasMore"), BOOLEAN),
            nextCursor=nullable(STRING),
        ),
        "bookings.md 5.1: from 2026-05-01 on",
    ),
    *(
        deviation
        for body in _BOOKING_INPUTS
        for deviation in (
            Allow(f"{body} properties location oneOf", STRING, "bookings.md 2.6: a text is taken too"),
            Allow(f"{body} properties reservationUid", STRING, "bookings.md 0.0: ours"),
        )
    ),
    *(
        Allow(
            f"schemas Reschedule{kind}Input_2024_08_13 properties reservationUid",
            STRING,
            "bookings.md 0.0: ours",
        )
        for kind in ("Booking", "SeatedBooking")
    ),
    Replace(
        "schemas CreateInstantBookingInput_2024_08_13 properties instant enum",
        [True],
        "bookings.md 2.1: only true is taken",
    ),
)
