"""What an OAuth client may do, in words."""

from kalends.auth.principal import Permission
from kalends.localization.language import mark

_WORDS = {
    Permission.EVENT_TYPE_READ: mark("see event types"),
    Permission.EVENT_TYPE_WRITE: mark("change event types"),
    Permission.BOOKING_READ: mark("see bookings"),
    Permission.BOOKING_WRITE: mark("change bookings"),
    Permission.SCHEDULE_READ: mark("see working hours"),
    Permission.SCHEDULE_WRITE: mark("change working hours"),
    Permission.APPS_READ: mark("see connected applications"),
    Permission.APPS_WRITE: mark("change connected applications"),
    Permission.PROFILE_READ: mark("see your profile"),
    Permission.PROFILE_WRITE: mark("change your profile"),
}


def powers_of(bits: int) -> list[str]:
    """Return what a client with these permissions may do, as sentences to be translated."""
    return [words for permission, words in _WORDS.items() if permission & bits]
