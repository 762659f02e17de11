"""Where the wire is not what the contract document says: event types, of users and of teams."""

from typing import get_args

from kalends.api.input.locales import Locale
from tests.contract.deviations.schemas import BOOLEAN, NUMBER, STRING, nullable, object_of, ref
from tests.contract.patches import Allow, Deviation, Drop, Relax, Replace

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
    "firstNameLabel": STRING,
    "firstNamePlaceholder": STRING,
    "lastNameLabel": STRING,
    "lastNamePlaceholder": STRING,
    "lastNameRequired": BOOLEAN,
    "disableOnPrefill": BOOLEAN,
}
BOOKER_LIMIT = object_of({"offerReschedule": BOOLEAN}, maximumActiveBookings=NUMBER)
OF_LATER_VERSIONS = {
    "hidden": BOOLEAN,
    "disableCancelling": object_of({"disabled": BOOLEAN}),
    "disableRescheduling": object_of({"disabled": BOOLEAN, "minutesBefore": NUMBER}),
    "allowReschedulingPastBookings": BOOLEAN,
    "allowReschedulingCancelledBookings": BOOLEAN,
    "bookerActiveBookingsLimit": {"oneOf": [BOOKER_LIMIT, ref("Disabled_2024_06_14")]},
    "bookingRequiresAuthentication": BOOLEAN,
    "calVideoSettings": object_of(
        {
            **dict.fromkeys(
                (
                    "disableRecordingForOrganizer",
                    "disableRecordingForGuests",
                    "enableAutomaticRecordingForOrganizer",
                    "enableAutomaticTranscription",
                    "disableTranscriptionForGuests",
                    "disableTranscriptionForOrganizer",
                    "sendTranscriptionEmails",
                ),
                BOOLEAN,
            ),
            "redirectUrlOnExit": nullable(STRING),
        }
    ),
    "showOptimizedSlots": BOOLEAN,
}
_UNKNOWN_FIELD = object_of(type=STRING, slug=STRING, bookingField=STRING)

DEVIATIONS: tuple[Deviation, ...] = (
    *(
        Allow(
            "paths /v2/event-types get parameters",
            {"in": "query", "name": name, "schema": {}},
            "event-types.md 2.2: ours; lists are bounded and ordered",
        )
        for name in ("take", "skip", "sortCreatedAt")
    ),
    Replace(
        "paths /v2/event-types/{eventTypeId} get parameters eventTypeId schema",
        NUMBER,
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
                        ref("BusinessDaysWindow_2024_06_14"),
                        ref("CalendarDaysWindow_2024_06_14"),
                        ref("RangeWindow_2024_06_14"),
                        ref("Disabled_2024_06_14"),
                    ]
                },
                "event-types.md 18: one object; {disabled: true} when off",
            ),
            Replace(
                f"{output} properties seats",
                {"oneOf": [ref("Seats_2024_06_14"), ref("Disabled_2024_06_14")]},
                "event-types.md 18: {disabled: true} when off",
            ),
            Allow(
                f"{output} properties bookingFields items oneOf",
                object_of(_SPLIT_NAME, type=STRING, slug=STRING, isDefault=BOOLEAN),
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
        STRING,
        "event-types.md 1.4: ours, shown only when set",
    ),
    *(
        Allow(f"{schema} properties {name}", shape, "event-types.md 1.4: of later versions")
        for schema in (
            _OWN_OUTPUT,
            "schemas CreateEventTypeInput_2024_06_14",
            "schemas UpdateEventTypeInput_2024_06_14",
        )
        for name, shape in OF_LATER_VERSIONS.items()
        if schema != _OWN_OUTPUT or name != "bookerActiveBookingsLimit"
    ),
    Allow(
        f"{_OWN_OUTPUT} properties bookerActiveBookingsLimit",
        BOOKER_LIMIT,
        "event-types.md 1.4: of later versions",
    ),
    *(
        Allow(
            f"schemas {action}EventTypeInput_2024_06_14 properties bookingFields items oneOf",
            object_of(type=STRING, slug=STRING),
            "event-types.md 1.4: the location field, as answers show it",
        )
        for action in ("Create", "Update")
    ),
    *(
        Allow(
            f"schemas {action}EventTypeInput_2024_06_14 properties interfaceLanguage",
            {**STRING, "enum": [*get_args(Locale), ""]},
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
        object_of(
            id=NUMBER,
            name=nullable(STRING),
            username=nullable(STRING),
            avatarUrl=nullable(STRING),
            brandColor=nullable(STRING),
            darkBrandColor=nullable(STRING),
            weekStart=STRING,
            metadata={"type": "object"},
        ),
        "event-types.md 18 and 12.1: objects",
    ),
    Replace(f"{_OWN_OUTPUT} properties slotInterval", nullable(NUMBER), "event-types.md 18"),
    Replace(f"{_OWN_OUTPUT} properties successRedirectUrl", nullable(STRING), "event-types.md 18"),
    Replace(f"{_OWN_OUTPUT} properties forwardParamsSuccessRedirect", nullable(BOOLEAN), "event-types.md 18"),
    Replace(
        f"{_TEAM_OUTPUT} properties schedulingType nullable",
        True,
        "event-types.md 18: null for managed children",
    ),
    Replace(
        f"{_TEAM_OUTPUT} properties teamId nullable", True, "event-types.md 18: null for managed children"
    ),
    Replace(f"{_TEAM_OUTPUT} properties offsetStart", NUMBER, "event-types.md trap 18: 0 is the default"),
    Allow(
        "schemas Recurrence_2024_06_14 properties disabled", BOOLEAN, "event-types.md 18: false when active"
    ),
    Allow("schemas Seats_2024_06_14 properties disabled", BOOLEAN, "event-types.md 18: false when active"),
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
        "schemas EmailDefaultFieldInput_2024_06_14 properties required", BOOLEAN, "event-types.md 18 and B13"
    ),
    *(
        deviation
        for body in _EVENT_TYPE_INPUTS
        for deviation in (
            Replace(
                f"{body} properties lengthInMinutesOptions items", NUMBER, "event-types.md 18: integers only"
            ),
            Allow(
                f"{body} properties bookingFields items oneOf",
                object_of(_SPLIT_NAME, type=STRING),
                "event-types.md B12: splitName is accepted",
            ),
        )
    ),
    *(
        Allow(
            f"schemas {body}_2024_06_14 properties bookingFields items oneOf",
            ref("UrlFieldInput_2024_06_14"),
            "event-types.md 18: accepted in PATCH too",
        )
        for body in ("UpdateEventTypeInput", "UpdateTeamEventTypeInput")
    ),
    Replace(
        "schemas DeleteTeamEventTypeOutput properties data",
        object_of(id=NUMBER, title=STRING),
        "event-types.md 18",
    ),
    Relax(
        "schemas CreatePhoneCallInput", ("enabled", "templateType"), "event-types.md 18: they have defaults"
    ),
)
