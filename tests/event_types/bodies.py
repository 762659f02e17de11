"""Random bodies of event types, and what they read back as, in a model made from event-types.md."""

import copy
from typing import Any, TypeAlias

from hypothesis import strategies as st

Settings: TypeAlias = dict[str, Any]

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
SLUGS = TEXTS.filter(bool)
BOOLEANS = st.booleans()
MINUTES = st.integers(0, 527_040)
URLS = st.sampled_from(
    ["https://acme.example/x?y=1", "acme.example", "ftp://files.acme.example:2121/a", "192.0.2.1"]
)
HEX = st.from_regex(r"#?([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})", fullmatch=True)
DATES = st.dates().filter(lambda day: 1000 <= day.year < 9000)


def _objects(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Settings]:
    return st.fixed_dictionaries(members)


def _with_optional(required: Settings, optional: Settings) -> st.SearchStrategy[Settings]:
    return st.fixed_dictionaries(required, optional=optional)


def _limits(least: int) -> st.SearchStrategy[Settings]:
    """Return limits that do not decrease with the period, in any order of the periods."""
    periods = st.lists(st.sampled_from(["day", "week", "month", "year"]), unique=True)
    values = st.lists(st.integers(least, 10_000), min_size=4, max_size=4).map(sorted)
    order = ("day", "week", "month", "year")
    return st.builds(
        lambda chosen, limits: {period: limits[order.index(period)] for period in chosen}, periods, values
    )


def _range(first: Any, second: Any) -> Settings:
    return {"type": "range", "value": [day.isoformat() for day in sorted((first, second))]}


LOCATIONS = st.one_of(
    _objects(type=st.just("address"), address=SLUGS, public=BOOLEANS),
    _objects(type=st.just("link"), link=URLS, public=BOOLEANS),
    _objects(type=st.just("phone"), phone=st.just("+37122222222"), public=BOOLEANS),
    _objects(type=st.just("integration"), integration=st.just("cal-video")),
    _objects(type=st.sampled_from(["attendeeAddress", "attendeePhone", "attendeeDefined"])),
)
LAYOUTS = st.lists(st.sampled_from(["month", "week", "column"]), min_size=1, unique=True).flatmap(
    lambda enabled: _objects(defaultLayout=st.sampled_from(enabled), enabledLayouts=st.just(enabled))
)
POLICIES = st.one_of(
    st.just({"disabled": True}),
    _objects(type=st.just("always"), blockUnconfirmedBookingsInBooker=BOOLEANS),
    _objects(
        type=st.just("time"),
        noticeThreshold=_objects(unit=st.sampled_from(["minutes", "hours"]), count=MINUTES),
        blockUnconfirmedBookingsInBooker=BOOLEANS,
    ),
)
WINDOWS = st.one_of(
    st.just({"disabled": True}),
    _objects(
        type=st.sampled_from(["businessDays", "calendarDays"]), value=st.integers(0, 36_500), rolling=BOOLEANS
    ),
    st.builds(_range, DATES, DATES),
)
RECURRENCES = st.one_of(
    st.just({"disabled": True}),
    _objects(
        interval=st.integers(1, 1_000),
        occurrences=st.integers(1, 366),
        frequency=st.sampled_from(["yearly", "monthly", "weekly"]),
    ),
)
SEATS = st.one_of(
    st.just({"disabled": True}),
    _objects(
        seatsPerTimeSlot=st.integers(1, 1_000), showAttendeeInfo=BOOLEANS, showAvailabilityCount=BOOLEANS
    ),
)
RESCHEDULING_BANS = st.one_of(
    _objects(disabled=BOOLEANS), _objects(disabled=st.just(False), minutesBefore=MINUTES)
)
BOOKER_LIMITS = st.one_of(
    st.just({"disabled": True}),
    _objects(maximumActiveBookings=st.integers(1, 1_000), offerReschedule=BOOLEANS),
)
CAL_VIDEO_SETTINGS = _with_optional(
    {},
    {
        "disableRecordingForOrganizer": BOOLEANS,
        "disableRecordingForGuests": BOOLEANS,
        "redirectUrlOnExit": st.none() | URLS,
        "enableAutomaticRecordingForOrganizer": BOOLEANS,
        "enableAutomaticTranscription": BOOLEANS,
        "disableTranscriptionForGuests": BOOLEANS,
        "disableTranscriptionForOrganizer": BOOLEANS,
        "sendTranscriptionEmails": BOOLEANS,
    },
)

_TEXTS_OF_FIELD = {"label": TEXTS, "placeholder": TEXTS}
_SWITCHES = {"required": BOOLEANS, "hidden": BOOLEANS, "disableOnPrefill": BOOLEANS}
NAMES = _with_optional({"type": st.just("name")}, {**_TEXTS_OF_FIELD, "disableOnPrefill": BOOLEANS})
SPLIT_NAMES = _with_optional(
    {"type": st.just("splitName")},
    {
        "firstNameLabel": TEXTS,
        "firstNamePlaceholder": TEXTS,
        "lastNameLabel": TEXTS,
        "lastNamePlaceholder": TEXTS,
        "lastNameRequired": BOOLEANS,
        "disableOnPrefill": BOOLEANS,
    },
)
EMAILS = _with_optional(
    {"type": st.just("email")},
    {**_TEXTS_OF_FIELD, "required": st.just(True), "hidden": st.just(False), "disableOnPrefill": BOOLEANS},
)
SYSTEM_SLUGS = ("title", "notes", "guests", "rescheduleReason")
RESERVED = (*SYSTEM_SLUGS, "name", "email", "location", "attendeePhoneNumber")
SYSTEM_FIELDS = _with_optional({"slug": st.sampled_from(SYSTEM_SLUGS)}, {**_TEXTS_OF_FIELD, **_SWITCHES})
_OWN = {"slug": SLUGS.filter(lambda slug: slug not in RESERVED), "label": TEXTS, "required": BOOLEANS}
_OPTIONAL = {"hidden": BOOLEANS, "disableOnPrefill": BOOLEANS}
WRITTEN_TYPES = ("phone", "address", "text", "url", "number", "textarea", "multiemail")
OWN_FIELDS = st.one_of(
    _with_optional({"type": st.sampled_from(WRITTEN_TYPES), **_OWN}, {**_OPTIONAL, "placeholder": TEXTS}),
    _with_optional(
        {"type": st.just("select"), **_OWN, "options": st.lists(TEXTS, max_size=3)},
        {**_OPTIONAL, "placeholder": TEXTS},
    ),
    _with_optional(
        {
            "type": st.sampled_from(["multiselect", "checkbox", "radio"]),
            **_OWN,
            "options": st.lists(TEXTS, max_size=3),
        },
        _OPTIONAL,
    ),
    _with_optional({"type": st.just("boolean"), **_OWN}, _OPTIONAL),
    _with_optional(
        {
            "type": st.just("phone"),
            "slug": st.just("attendeePhoneNumber"),
            "label": TEXTS,
            "required": BOOLEANS,
        },
        {**_OPTIONAL, "placeholder": TEXTS},
    ),
)
FORMS = st.lists(
    st.one_of(NAMES, SPLIT_NAMES, EMAILS, SYSTEM_FIELDS, OWN_FIELDS), min_size=1, max_size=5
).filter(
    lambda fields: (
        len({one["slug"] for one in fields if "slug" in one}) == sum("slug" in one for one in fields)
    )
)

CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "lengthInMinutes": st.integers(1, 1_440),
        "lengthInMinutesOptions": st.lists(st.integers(1, 1_440), min_size=1, max_size=4, unique=True),
        "description": TEXTS.filter(bool),
        "locations": st.lists(LOCATIONS, max_size=3),
        "bookingFields": st.just([]) | FORMS,
        "disableGuests": BOOLEANS,
        "slotInterval": st.none() | MINUTES,
        "minimumBookingNotice": MINUTES,
        "beforeEventBuffer": MINUTES,
        "afterEventBuffer": MINUTES,
        "bookingLimitsCount": _limits(1),
        "bookingLimitsDuration": _limits(15),
        "onlyShowFirstAvailableSlot": BOOLEANS,
        "offsetStart": st.integers(0, 1_440),
        "bookingWindow": WINDOWS,
        "bookerLayouts": LAYOUTS,
        "confirmationPolicy": POLICIES,
        "recurrence": RECURRENCES,
        "requiresBookerEmailVerification": BOOLEANS,
        "hideCalendarNotes": BOOLEANS,
        "hideCalendarEventDetails": BOOLEANS,
        "hideOrganizerEmail": BOOLEANS,
        "lockTimeZoneToggleOnBookingPage": BOOLEANS,
        "color": _objects(lightThemeHex=HEX, darkThemeHex=HEX),
        "seats": SEATS,
        "customName": TEXTS.filter(lambda name: "{" not in name),
        "useDestinationCalendarEmail": st.just(False),
        "successRedirectUrl": st.none() | st.just("") | URLS,
        "interfaceLanguage": st.sampled_from(["de", "pt-BR"]),
        "hidden": BOOLEANS,
        "disableCancelling": _objects(disabled=BOOLEANS),
        "disableRescheduling": RESCHEDULING_BANS,
        "allowReschedulingPastBookings": BOOLEANS,
        "allowReschedulingCancelledBookings": BOOLEANS,
        "bookerActiveBookingsLimit": BOOKER_LIMITS,
        "bookingRequiresAuthentication": BOOLEANS,
        "calVideoSettings": CAL_VIDEO_SETTINGS,
        "showOptimizedSlots": BOOLEANS,
    },
)
"""Bodies that no rule of a single property refuses."""


def after(before: Settings, sent: Settings) -> Settings:
    """Return what an event type reads as after a change; `before` as it read."""
    read = copy.deepcopy({**before, **sent})
    if "lengthInMinutesOptions" in sent:
        read["metadata"]["multipleDuration"] = sent["lengthInMinutesOptions"]
    if sent.get("bookerActiveBookingsLimit") == {"disabled": True}:
        del read["bookerActiveBookingsLimit"]
    if "recurrence" in sent:
        is_off = sent["recurrence"].get("disabled")
        read["recurrence"] = None if is_off else {**sent["recurrence"], "disabled": False}
    if "seatsPerTimeSlot" in sent.get("seats", {}):
        read["seats"] = {**sent["seats"], "disabled": False}
    if "bookingFields" in sent:
        read["bookingFields"] = form(sent["bookingFields"])
        explicit = [field for field in sent["bookingFields"] if field.get("slug") == "guests"]
        if explicit:
            read["disableGuests"] = explicit[0].get("hidden", False)
    for field in read["bookingFields"]:
        if field["slug"] == "guests":
            field["hidden"] = read["disableGuests"]
    return read


def is_contradiction(read: Settings) -> bool:
    """Tell whether an event type that would read so has seats and what they exclude."""
    excluded = (
        len(read["locations"]) > 1,
        read["confirmationPolicy"] != {"disabled": True},
        read["recurrence"],
    )
    return read["seats"] != {"disabled": True} and any(excluded)


def form(sent: list[Settings]) -> list[Settings]:
    """Return what a booking form reads as."""
    names = [one for one in sent if one.get("type") in ("name", "splitName")] or [{"type": "name"}]
    emails = [one for one in sent if one.get("type") == "email"] or [{"type": "email"}]
    own = [one for one in sent if "type" in one and "slug" in one]
    system = {one["slug"]: one for one in sent if "type" not in one}
    return [
        _name(names[0]),
        {
            "isDefault": True,
            "slug": "email",
            "required": True,
            "hidden": False,
            "disableOnPrefill": False,
            **emails[0],
        },
        {"isDefault": True, "type": "radioInput", "slug": "location", "required": False, "hidden": False},
        *map(_own, own),
        *(_system(slug, system.get(slug)) for slug in SYSTEM_SLUGS),
    ]


def _name(sent: Settings) -> Settings:
    if sent["type"] == "name":
        return {"isDefault": True, "slug": "name", "required": True, "disableOnPrefill": False, **sent}
    return {
        "isDefault": True,
        "slug": "splitName",
        "firstNameLabel": "",
        "firstNamePlaceholder": "",
        "lastNameLabel": "",
        "lastNamePlaceholder": "",
        "lastNameRequired": False,
        "disableOnPrefill": False,
        **sent,
    }


def _own(sent: Settings) -> Settings:
    placeholder = {"placeholder": ""} if sent["type"] == "url" else {}
    is_default = sent["slug"] == "attendeePhoneNumber"
    return {"isDefault": is_default, "hidden": False, "disableOnPrefill": False, **placeholder, **sent}


def _system(slug: str, sent: Settings | None) -> Settings:
    shown = {
        "isDefault": True,
        "type": {"title": "text", "guests": "multiemail"}.get(slug, "textarea"),
        "slug": slug,
        "required": False,
        "hidden": False,
        "disableOnPrefill": False,
    }
    if sent is None:
        return {**shown, "required": True, "hidden": True} if slug == "title" else shown
    return {**shown, "placeholder": "", **sent}
