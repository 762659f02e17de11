"""Event types with every setting, in groups that stand together."""

from collections.abc import Mapping
from typing import Any

EVENT_TYPES: Mapping[str, Mapping[str, Any]] = {
    "intro": {
        "description": "A **first** talk",
        "locations": [
            {"type": "address", "address": "Dock 4", "public": True},
            {"type": "link", "link": "https://meet.example.com/r", "public": False},
            {"type": "phone", "phone": "+393331234567", "public": True},
            {"type": "integration", "integration": "cal-video"},
            {"type": "attendeeAddress"},
            {"type": "attendeePhone"},
            {"type": "attendeeDefined"},
        ],
        "bookingFields": [
            {"type": "name", "label": "Your name", "disableOnPrefill": False},
            {"type": "text", "slug": "topic", "label": "Topic", "required": False, "placeholder": "any"},
            {"type": "select", "slug": "size", "label": "Size", "required": False, "options": ["S", "L"]},
            {"type": "checkbox", "slug": "days", "label": "Days", "required": False, "options": ["Mo"]},
            {"type": "boolean", "slug": "terms", "label": "Terms", "required": False, "hidden": False},
            {"slug": "notes", "label": "Wishes"},
        ],
        "customName": "{Event type title} of {Scheduler}",
        "color": {"lightThemeHex": "#292929", "darkThemeHex": "#fafafa"},
        "bookerLayouts": {"defaultLayout": "week", "enabledLayouts": ["month", "week"]},
        "successRedirectUrl": "https://example.com/thanks",
        "interfaceLanguage": "de",
        "lockTimeZoneToggleOnBookingPage": True,
        "hideCalendarNotes": True,
        "hideCalendarEventDetails": True,
    },
    "bounded": {
        "lengthInMinutes": 30,
        "lengthInMinutesOptions": [15, 30, 60],
        "slotInterval": 15,
        "offsetStart": 5,
        "minimumBookingNotice": 60,
        "beforeEventBuffer": 5,
        "afterEventBuffer": 10,
        "bookingLimitsCount": {"day": 3, "week": 10},
        "bookingLimitsDuration": {"day": 120, "month": 1_000},
        "onlyShowFirstAvailableSlot": True,
        "bookingWindow": {"type": "businessDays", "value": 30, "rolling": True},
        "disableGuests": True,
        "hideOrganizerEmail": True,
        "requiresBookerEmailVerification": True,
    },
    "permitting": {
        "hidden": True,
        "showOptimizedSlots": True,
        "disableCancelling": {"disabled": True},
        "disableRescheduling": {"disabled": False, "minutesBefore": 60},
        "allowReschedulingPastBookings": True,
        "allowReschedulingCancelledBookings": True,
        "bookerActiveBookingsLimit": {"maximumActiveBookings": 3, "offerReschedule": True},
        "bookingRequiresAuthentication": True,
        "calVideoSettings": {"disableRecordingForGuests": True, "redirectUrlOnExit": "https://example.com"},
    },
    "dated": {"bookingWindow": {"type": "range", "value": ["2050-09-01", "2050-12-31"]}},
    "asked": {"confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": True}},
    "soon": {
        "confirmationPolicy": {
            "type": "time",
            "noticeThreshold": {"unit": "hours", "count": 2},
            "blockUnconfirmedBookingsInBooker": False,
        }
    },
    "weekly": {"recurrence": {"interval": 1, "occurrences": 3, "frequency": "weekly"}},
    "class": {
        "seats": {"seatsPerTimeSlot": 3, "showAttendeeInfo": True, "showAvailabilityCount": True},
    },
}
