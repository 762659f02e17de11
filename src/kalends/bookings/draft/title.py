"""What is kept of a title when a booking is made (bookings.md 2.8; event-types.md 6.8)."""

from kalends.bookings.booking import TitleWords
from kalends.event_types.event_type import EventType
from kalends.localization.titles import LONGEST_TITLE


def title_words_of(event_type: EventType, location_kind: str | None) -> TitleWords:
    """Return what a new booking is called; the kind of the location is the row form's, such as `phone`."""
    template = event_type.event_name
    return TitleWords(
        event=event_type.title[:LONGEST_TITLE],
        template=template[:LONGEST_TITLE] if template else None,
        place=location_kind if template else None,
    )
