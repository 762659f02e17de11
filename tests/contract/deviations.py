"""Where the wire is not what the contract document says: every known case, with the note that says so.

The table corrects the contract itself, so that the rest of an operation is still checked, both in answers
and in the document that we serve. A new row needs a note's section as its reason.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from kalends.api.input.locales import Locale
from kalends.organizations.users.inputs import Locale as LocaleOfUsers
from kalends.organizations.users.inputs import Weekday
from tests.contract.document import Document, Schema, contract_json, read_document
from tests.contract.patches import Allow, Deviation, Drop, Relax, Replace, corrected

_STRING: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_BOOLEAN: Schema = {"type": "boolean"}
_STATUS: Schema = {"type": "string", "enum": ["success", "error"]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _nullable(schema: Schema) -> Schema:
    return {"allOf": [schema], "nullable": True} if "$ref" in schema else {**schema, "nullable": True}


def _object(optional: Mapping[str, Schema] | None = None, **required: Schema) -> Schema:
    properties = {**required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(required)}


_ENVELOPES = tuple(
    Drop(f"schemas {name} properties error", "http-core.md 5: failures have an envelope of their own")
    for name in (
        "CreateManagedUserOutput",
        "GetBookingOutput_2024_08_13",
        "GetBookingsOutput_2024_08_13",
        "GetScheduleOutput_2024_06_11",
        "GetSchedulesOutput_2024_06_11",
        "UpdateScheduleOutput_2024_06_11",
    )
)

_SCHEDULES: tuple[Deviation, ...] = (
    Replace(
        "schemas GetDefaultScheduleOutput_2024_06_11 properties data",
        _nullable(_ref("ScheduleOutput_2024_06_11")),
        "schedules.md 3.2: null without a default schedule",
    ),
    Replace(
        "paths /v2/schedules/{scheduleId} patch parameters scheduleId schema",
        _NUMBER,
        "schedules.md 11 no. 5: ids are numbers, everything else is 400",
    ),
)

_OWN_OUTPUT = "schemas EventTypeOutput_2024_06_14"
_TEAM_OUTPUT = "schemas TeamEventTypeOutput_2024_06_14"
_FIELD_INPUTS = {
    **dict.fromkeys(
        ("Address", "MultiEmail", "Number", "Phone", "Select", "Text", "TextArea", "Url"),
        ("placeholder", "hidden"),
    ),
    **dict.fromkeys(("Boolean", "CheckboxGroup", "MultiSelect", "RadioGroup"), ("hidden",)),
    **dict.fromkeys(("NameDefault", "EmailDefault"), ("label", "placeholder")),
}
_EVENT_TYPE_INPUTS = tuple(
    f"schemas {action}{kind}Input_2024_06_14"
    for action in ("Create", "Update")
    for kind in ("EventType", "TeamEventType")
)
_SPLIT_NAME = {
    "firstNameLabel": _STRING,
    "firstNamePlaceholder": _STRING,
    "lastNameLabel": _STRING,
    "lastNamePlaceholder": _STRING,
    "lastNameRequired": _BOOLEAN,
    "disableOnPrefill": _BOOLEAN,
}
_UNKNOWN_FIELD = _object(type=_STRING, slug=_STRING, bookingField=_STRING)

_EVENT_TYPES: tuple[Deviation, ...] = (
    Replace(
        "paths /v2/event-types/{eventTypeId} get parameters eventTypeId schema",
        _NUMBER,
        "event-types.md B19: ids are numbers, everything else is 400",
    ),
    *(
        deviation
        for output in (_OWN_OUTPUT, _TEAM_OUTPUT)
        for deviation in (
            Drop(f"{output} properties seatsPerTimeSlot", "event-types.md 18: never returned"),
            Drop(f"{output} properties seatsShowAvailabilityCount", "event-types.md 18: never returned"),
            Replace(
                f"{output} properties bookingWindow",
                {
                    "oneOf": [
                        _ref("BusinessDaysWindow_2024_06_14"),
                        _ref("CalendarDaysWindow_2024_06_14"),
                        _ref("RangeWindow_2024_06_14"),
                        _ref("Disabled_2024_06_14"),
                    ]
                },
                "event-types.md 18: one object; {disabled: true} when off",
            ),
            Replace(
                f"{output} properties seats",
                {"oneOf": [_ref("Seats_2024_06_14"), _ref("Disabled_2024_06_14")]},
                "event-types.md 18: {disabled: true} when off",
            ),
            Allow(
                f"{output} properties bookingFields items oneOf",
                _object(_SPLIT_NAME, type=_STRING, slug=_STRING, isDefault=_BOOLEAN),
                "event-types.md 18 and 8.4: split name",
            ),
            Allow(
                f"{output} properties bookingFields items oneOf",
                _UNKNOWN_FIELD,
                "event-types.md 18 and 8.4: a stored field that fits no form",
            ),
        )
    ),
    Allow(
        f"{_OWN_OUTPUT} properties interfaceLanguage",
        _STRING,
        "event-types.md 1.4: ours, shown only when set",
    ),
    *(
        Allow(
            f"schemas {action}EventTypeInput_2024_06_14 properties interfaceLanguage",
            {**_STRING, "enum": [*get_args(Locale), ""]},
            "event-types.md 1.4: ours",
        )
        for action in ("Create", "Update")
    ),
    Relax(
        "schemas BaseConfirmationPolicy_2024_06_14",
        ("blockUnconfirmedBookingsInBooker",),
        "event-types.md 6.5: without it, it stays as it is",
    ),
    Replace(
        f"{_OWN_OUTPUT} properties users items",
        _object(
            id=_NUMBER,
            name=_nullable(_STRING),
            username=_nullable(_STRING),
            avatarUrl=_nullable(_STRING),
            brandColor=_nullable(_STRING),
            darkBrandColor=_nullable(_STRING),
            weekStart=_STRING,
            metadata={"type": "object"},
        ),
        "event-types.md 18 and 12.1: objects",
    ),
    Replace(f"{_OWN_OUTPUT} properties slotInterval", _nullable(_NUMBER), "event-types.md 18"),
    Replace(f"{_OWN_OUTPUT} properties successRedirectUrl", _nullable(_STRING), "event-types.md 18"),
    Replace(
        f"{_OWN_OUTPUT} properties forwardParamsSuccessRedirect", _nullable(_BOOLEAN), "event-types.md 18"
    ),
    Replace(
        f"{_TEAM_OUTPUT} properties schedulingType nullable",
        True,
        "event-types.md 18: null for managed children",
    ),
    Replace(
        f"{_TEAM_OUTPUT} properties teamId nullable", True, "event-types.md 18: null for managed children"
    ),
    Replace(f"{_TEAM_OUTPUT} properties offsetStart", _NUMBER, "event-types.md trap 18: 0 is the default"),
    Allow(
        "schemas Recurrence_2024_06_14 properties disabled", _BOOLEAN, "event-types.md 18: false when active"
    ),
    Allow("schemas Seats_2024_06_14 properties disabled", _BOOLEAN, "event-types.md 18: false when active"),
    Relax(
        "schemas PhoneFieldOutput_2024_06_14",
        ("label",),
        "event-types.md 18 and 8.4: attendeePhoneNumber may have none",
    ),
    Replace(
        "schemas RescheduleReasonDefaultFieldOutput_2024_06_14 properties slug enum",
        ["rescheduleReason"],
        "event-types.md 8.4: the slug that its own enum lacks",
    ),
    *(
        Relax(f"schemas {kind}FieldInput_2024_06_14", names, "event-types.md 18 and 8.1: optional")
        for kind, names in _FIELD_INPUTS.items()
    ),
    Replace(
        "schemas EmailDefaultFieldInput_2024_06_14 properties required", _BOOLEAN, "event-types.md 18 and B13"
    ),
    *(
        deviation
        for body in _EVENT_TYPE_INPUTS
        for deviation in (
            Replace(
                f"{body} properties lengthInMinutesOptions items", _NUMBER, "event-types.md 18: integers only"
            ),
            Allow(
                f"{body} properties bookingFields items oneOf",
                _object(_SPLIT_NAME, type=_STRING),
                "event-types.md B12: splitName is accepted",
            ),
        )
    ),
    *(
        Allow(
            f"schemas {body}_2024_06_14 properties bookingFields items oneOf",
            _ref("UrlFieldInput_2024_06_14"),
            "event-types.md 18: accepted in PATCH too",
        )
        for body in ("UpdateEventTypeInput", "UpdateTeamEventTypeInput")
    ),
    Replace(
        "schemas DeleteTeamEventTypeOutput properties data",
        _object(id=_NUMBER, title=_STRING),
        "event-types.md 18",
    ),
    Relax(
        "schemas CreatePhoneCallInput", ("enabled", "templateType"), "event-types.md 18: they have defaults"
    ),
)

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
_NULL_IN_BOOKINGS = {
    "description": _STRING,
    "eventTypeId": _NUMBER,
    "eventType": _ref("EventType"),
    "location": _STRING,
    "meetingUrl": _STRING,
    "updatedAt": _STRING,
    "rating": _NUMBER,
    "icsUid": _STRING,
}

_BOOKINGS: tuple[Deviation, ...] = (
    *(
        Replace(f"schemas {output} properties {name}", _nullable(schema), "bookings.md 3.1: may be null")
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
        _object(
            {
                "language": contract_json()["schemas"]["SeatedAttendee"]["properties"]["language"],
                "phoneNumber": _STRING,
            },
            name=_STRING,
            email=_STRING,
            timeZone=_STRING,
            absent=_BOOLEAN,
        ),
        "bookings.md 3.2 and 3.3: the document shows the attendee of requests here",
    ),
    *(
        Replace(f"schemas {output} properties attendees items", _ref("BookingAttendee"), "bookings.md 3.3")
        for output in ("BookingOutput_2024_08_13", "RecurringBookingOutput_2024_08_13")
    ),
    Relax("schemas SeatedAttendee", ("seatUid",), "bookings.md 3.2: guests and co-hosts have no seat"),
    Drop("schemas SeatedAttendee properties phoneNumber", "bookings.md 3.2: never returned"),
    *(
        Drop(f"schemas {output} properties metadata", "bookings.md 3.2: the metadata are the seats'")
        for output in _BOOKING_OUTPUTS
        if "Seated" in output
    ),
    Allow(
        "schemas MarkAbsentBookingOutput_2024_08_13 properties data oneOf",
        _ref("GetSeatedBookingOutput_2024_08_13"),
        "bookings.md B16: a seated booking keeps its shape",
    ),
    Replace(
        "schemas MarkAbsentBookingInput_2024_08_13 properties attendees items",
        _object(email=_STRING, absent=_BOOLEAN),
        "bookings.md 3.3",
    ),
    Replace(
        "schemas ReassignBookingOutput_2024_08_13 properties data",
        _object(bookingUid=_STRING, reassignedTo=_ref("ReassignedToDto")),
        "bookings.md 3.3: the document refers to itself",
    ),
    Replace("schemas CalendarLink", _object(label=_STRING, id=_STRING, link=_STRING), "bookings.md 3.3"),
    Replace("schemas CalendarLinksOutput_2024_08_13 properties status", _STATUS, "http-core.md 5"),
    Replace(
        "paths /v2/organizations/{orgId}/users/{userId}/bookings get responses 200 content",
        {"application/json": {"schema": _ref("GetBookingsOutput_2024_08_13")}},
        "bookings.md 3.3: as the list of bookings",
    ),
    *(
        Replace(f"paths /v2/bookings get parameters {name} schema", _NUMBER, "bookings.md 5.1: an integer")
        for name in ("eventTypeId", "teamId")
    ),
    *(
        deviation
        for body in _BOOKING_INPUTS
        for deviation in (
            Allow(f"{body} properties location oneOf", _STRING, "bookings.md 2.6: a text is taken too"),
            Allow(f"{body} properties reservationUid", _STRING, "bookings.md 0.0: ours"),
        )
    ),
    *(
        Allow(
            f"schemas Reschedule{kind}Input_2024_08_13 properties reservationUid",
            _STRING,
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

_SLOT = _object(
    {
        "end": _STRING,
        "seatsBooked": _NUMBER,
        "seatsRemaining": _NUMBER,
        "seatsTotal": _NUMBER,
        "bookingUid": _STRING,
    },
    start=_STRING,
)

_SLOTS: tuple[Deviation, ...] = (
    Replace(
        "schemas Slot", _SLOT, "slots.md 2.4: the document shows strings, or objects without start and seats"
    ),
    Allow("schemas Slot properties slotUid", _STRING, "slots.md 2.2: ours, with slotUids=true"),
    Replace(
        "paths /v2/slots get responses 200 content application/json schema",
        _object(
            status=_STATUS,
            data={
                "type": "object",
                "additionalProperties": {"type": "array", "items": _ref("Slot")},
            },
        ),
        "slots.md 2.4: the days are in the envelope",
    ),
    *(
        Allow("paths /v2/slots get parameters", {"in": "query", "name": name, "schema": {}}, why)
        for name, why in (
            ("format", "slots.md 2.1: what the document calls slotFormat"),
            ("bookingUidToReschedule", "slots.md 2.1: of later versions"),
            ("slotUids", "slots.md 2.2: ours"),
        )
    ),
    Replace(
        "schemas GetReservedSlotOutput_2024_09_04 properties data",
        _nullable(
            _object(
                eventTypeId=_NUMBER,
                slotStart=_STRING,
                slotEnd=_STRING,
                slotDuration=_NUMBER,
                reservationUid=_STRING,
                reservationUntil=_STRING,
            )
        ),
        "slots.md 3.2: the document refers to itself",
    ),
    Allow("schemas ReserveSlotInput_2024_09_04 properties slotUid", _STRING, "slots.md 3.1: ours"),
    *(
        Allow(f"schemas {holder} properties binding", _BOOLEAN, "slots.md 3.1: ours")
        for holder in (
            "ReserveSlotInput_2024_09_04",
            "ReserveSlotOutput_2024_09_04",
            "GetReservedSlotOutput_2024_09_04 properties data",
        )
    ),
)

_CHOICES_OF_USERS = {
    "weekday": list(get_args(Weekday)),
    "theme": ["dark", "light"],
    "appTheme": ["dark", "light"],
    "locale": list(get_args(LocaleOfUsers)),
}

_EMPTY_PARTS_OF_TEAMS = {
    **dict.fromkeys(
        (
            *("slug", "logoUrl", "calVideoLogo", "appLogo", "appIconLogo", "bio", "theme", "brandColor"),
            *("darkBrandColor", "bannerUrl"),
        ),
        _STRING,
    ),
    "parentId": _NUMBER,
    "timeFormat": _NUMBER,
}

_TEAMS: tuple[Deviation, ...] = (
    *(
        Replace(
            f"schemas {body} properties serviceAccountKey",
            {"type": "object"},
            "organizations-teams.md 8.1: an object, of either kind",
        )
        for body in ("CreateDelegationCredentialInput", "UpdateDelegationCredentialInput")
    ),
    *(
        Replace(
            f"schemas CreateOrganizationUserInput properties {name} enum",
            choices,
            "organizations-teams.md 7.2: only these are taken",
        )
        for name, choices in _CHOICES_OF_USERS.items()
    ),
    *(
        Replace(
            f"schemas {output} properties {name}",
            _nullable(schema),
            "organizations-teams.md 1.1: null when empty",
        )
        for output in ("TeamOutputDto", "OrgTeamOutputDto")
        for name, schema in _EMPTY_PARTS_OF_TEAMS.items()
    ),
    *(
        Allow(
            f"schemas {output} properties membershipId",
            _NUMBER,
            "organizations-teams.md 2: ours, the caller's own membership",
        )
        for output in ("TeamOutputDto", "OrgTeamOutputDto")
    ),
    *(
        Allow(
            f"schemas OrgTeamOutputDto properties {name}",
            schema,
            "organizations-teams.md 4: the list of the caller's own teams has them",
        )
        for name, schema in (("role", _STRING), ("accepted", _BOOLEAN))
    ),
    *(
        Replace(
            f"schemas {output} properties data",
            {"type": "array", "items": _ref("TeamMembershipOutput")},
            "organizations-teams.md 3.2 and 6: lists",
        )
        for output in ("GetAllOrgMemberships", "GetTeamMembershipsOutput")
    ),
    *(
        Replace(
            f"schemas MembershipUserOutputDto properties {name}",
            _nullable(_STRING),
            "organizations-teams.md 1.2: null when empty",
        )
        for name in ("avatarUrl", "name", "bio")
    ),
    Relax(
        "schemas MembershipUserOutputDto",
        ("email",),
        "organizations-teams.md 12: not of somebody who has not accepted",
    ),
    Replace(
        "schemas DeleteTeamMembershipOutput properties data",
        _object(
            id=_NUMBER,
            userId=_NUMBER,
            teamId=_NUMBER,
            accepted=_BOOLEAN,
            role={"type": "string", "enum": ["MEMBER", "OWNER", "ADMIN"]},
            disableImpersonation=_BOOLEAN,
        ),
        "organizations-teams.md 3.5: without its user",
    ),
    *(
        Relax(f"schemas {body}", ("role",), "organizations-teams.md 5.3: MEMBER when absent")
        for body in ("CreateOrgMembershipDto", "CreateOrgTeamMembershipDto")
    ),
    Replace(
        "schemas CreateTeamOutput properties data",
        _ref("TeamOutputDto"),
        "organizations-teams.md 2: never a payment; the other form is nowhere in the document",
    ),
    Replace(
        "schemas MicrosoftServiceAccountKeyInput",
        _object(private_key=_STRING, tenant_id=_STRING, client_id=_STRING),
        "organizations-teams.md 8.1: named by the document, and not in it",
    ),
)

_IDEMPOTENCY: tuple[Deviation, ...] = tuple(
    Allow(
        f"paths {path} post parameters",
        {"in": "header", "name": "Idempotency-Key", "schema": {}},
        "ours, on every POST: docs/idempotency.md",
    )
    for path, operations in contract_json()["paths"].items()
    if "post" in operations
)

_WEBHOOK_OUTPUTS = ("UserWebhookOutputDto", "EventTypeWebhookOutputDto", "TeamWebhookOutputDto")
_WHOLE_WEBHOOK = {
    "teamId": _nullable(_NUMBER),
    "eventTypeId": _nullable(_NUMBER),
    "oAuthClientId": _nullable(_STRING),
    "createdAt": _STRING,
    "appId": _nullable(_STRING),
    "platform": _BOOLEAN,
    "time": _nullable(_NUMBER),
    "timeUnit": _nullable(_STRING),
    "failingSince": _nullable(_STRING),
    "disabledReason": _nullable(_STRING),
}

_WEBHOOKS: tuple[Deviation, ...] = (
    Replace(
        "schemas UserWebhookOutputDto properties userId",
        _nullable(_NUMBER),
        "webhooks.md 3.1: null when a system admin looks at one of another scope",
    ),
    *(
        Replace(
            f"schemas {output} properties {name}", schema, "webhooks.md 2 and trap 1: what is really sent"
        )
        for output in _WEBHOOK_OUTPUTS
        for name, schema in (
            ("id", _STRING),
            ("payloadTemplate", _nullable(_STRING)),
            ("secret", _nullable(_STRING)),
            ("triggers", {"type": "array", "items": _STRING}),
        )
    ),
    *(
        Allow(
            f"schemas UserWebhookOutputDto properties {name}", schema, "webhooks.md 2: the single get has all"
        )
        for name, schema in _WHOLE_WEBHOOK.items()
    ),
    *(
        Replace(
            f"schemas {body} properties {name}", schema, "webhooks.md 2: an array of triggers; null is taken"
        )
        for body in ("CreateWebhookInputDto", "UpdateWebhookInputDto")
        for name, schema in (
            (
                "triggers",
                {
                    "type": "array",
                    "items": {
                        "type": "string",
                        "enum": contract_json()["schemas"]["CreateWebhookInputDto"]["properties"]["triggers"][
                            "enum"
                        ],
                    },
                },
            ),
            ("payloadTemplate", _nullable(_STRING)),
            ("secret", _nullable(_STRING)),
        )
    ),
)

DEVIATIONS: tuple[Deviation, ...] = (
    *_ENVELOPES,
    *_SCHEDULES,
    *_EVENT_TYPES,
    *_BOOKINGS,
    *_SLOTS,
    *_TEAMS,
    *_IDEMPOTENCY,
    *_WEBHOOKS,
)


@cache
def corrected_json() -> Mapping[str, Any]:
    """Return the contract as the wire is: the published document with `DEVIATIONS` applied."""
    return corrected(contract_json(), DEVIATIONS)


@cache
def contract() -> Document:
    """Return the operations and schemas of the corrected contract."""
    return read_document(corrected_json())
