"""An event type, as stored and as other domains see it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, IntEnum
from typing import Any, TypeAlias

from kalends.event_types.owner import Host, Owner, TeamOwner, UserOwner
from kalends.event_types.settings.terms import SchedulingTerms

CAL_VIDEO = {"type": "integrations:daily"}
"""The stored form of the built-in video location."""

StoredObject: TypeAlias = dict[str, Any]
"""An entry of a JSON column, in row form: a location or a booking field (event-types.md 7 and 8.3)."""

MOST_OCCURRENCES = 366
"""The most bookings of a series, which are all made at once."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Bookings less than `time` units from now need a confirmation; `unit` is minutes or hours."""

    time: int
    unit: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether a booking waits for its host, and whether it blocks its time while it waits."""

    is_required: bool = False
    blocks_slot: bool = False
    threshold: Threshold | None = None


class Frequency(IntEnum):
    """The unit in which a series repeats, by the numbers of the row form."""

    YEARLY = 0
    MONTHLY = 1
    WEEKLY = 2


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A series of `count` bookings, `interval` years, months or weeks apart."""

    frequency: Frequency
    interval: int
    count: int


@dataclass(frozen=True, slots=True)
class ReschedulingBan:
    """When bookings cannot be rescheduled: never if it `is_total`, else not in the last `minutes_before`."""

    is_total: bool = False
    minutes_before: int | None = None

    def covers(self, start: datetime, now: datetime) -> bool:
        """Tell whether a booking with this start cannot be rescheduled now."""
        if self.minutes_before is None:
            return self.is_total
        return self.is_total or start - now < timedelta(minutes=self.minutes_before)


@dataclass(frozen=True, slots=True)
class BookerLimit:
    """The most bookings that a booker may have before them, and whether to offer moving the last of them."""

    most: int
    offers_reschedule: bool = False


class SchedulingType(Enum):
    """How a team's event type uses its hosts; a managed one is a template of its members' own."""

    COLLECTIVE = "collective"
    ROUND_ROBIN = "roundRobin"
    MANAGED = "managed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of an event type.

    `length_options` are the lengths that a booker may choose from; empty: only the length of the terms.
    `schedule_id` None: the default schedule of each host. `locations`, `booking_fields` and `booker_layouts`
    are in row form (event-types.md 6.4, 7 and 8.3); `booking_fields` None: the system fields. `metadata` is
    what the row form keeps there besides other settings, such as `disableStandardEmails`.
    """

    title: str
    slug: str
    terms: SchedulingTerms
    length_options: tuple[int, ...] = ()
    description: str | None = None
    schedule_id: int | None = None
    hidden: bool = False
    locations: tuple[StoredObject, ...] = (CAL_VIDEO,)
    event_name: str | None = None
    booking_fields: tuple[StoredObject, ...] | None = None
    disable_guests: bool = False
    booker_layouts: StoredObject | None = None
    confirmation: Confirmation = field(default_factory=Confirmation)
    recurrence: Recurrence | None = None
    requires_booker_email_verification: bool = False
    hide_calendar_notes: bool = False
    hide_calendar_event_details: bool = False
    hide_organizer_email: bool = False
    lock_time_zone_toggle: bool = False
    use_destination_calendar_email: bool = False
    disable_cancelling: bool = False
    disable_rescheduling: ReschedulingBan = field(default_factory=ReschedulingBan)
    allow_rescheduling_past_bookings: bool = False
    allow_rescheduling_cancelled_bookings: bool = False
    booker_active_bookings_limit: BookerLimit | None = None
    booking_requires_authentication: bool = False
    cal_video_settings: StoredObject | None = None
    interface_language: str | None = None
    success_redirect_url: str | None = None
    forward_params_success_redirect: bool | None = True
    color: StoredObject | None = None
    price: int = 0
    currency: str = "usd"
    metadata: StoredObject = field(default_factory=dict)

    @property
    def counts_bookings(self) -> bool:
        """Whether a further booking depends on how many there are, so that commands must take turns."""
        return self.terms.counts_bookings or self.booker_active_bookings_limit is not None


BLANK = Settings(title="", slug="", terms=SchedulingTerms(length=1))
"""The settings of a new event type before its request is applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType(Settings):
    """A template of bookings, with its owner and its hosts.

    A user's event type is hosted by the owner alone and has no `scheduling_type`; one that was copied from a
    managed one names that as `parent_id`. Nobody can be booked through a managed one: its hosts, if they are
    read at all, are the members who have a copy.
    """

    id: int
    owner: Owner
    hosts: tuple[Host, ...]
    scheduling_type: SchedulingType | None = None
    parent_id: int | None = None
    assign_all_team_members: bool = False
    reschedule_with_same_round_robin_host: bool = False

    def is_owned_by(self, user_id: int) -> bool:
        """Tell whether it belongs to this user; a team's belongs to no user."""
        match self.owner:
            case UserOwner(user):
                return user.id == user_id
            case TeamOwner():
                return False
