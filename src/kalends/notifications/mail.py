"""A mail, from what it tells of to the row that it is stored as."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from kalends.localization.addresses import mailbox_of


class Audience(Enum):
    """From whose side a mail tells."""

    HOST = "host"
    ATTENDEE = "attendee"
    MEMBER = "member"
    """Somebody who is invited to a team or an organization, or asked for consent."""

    ACCOUNT = "account"
    """Whoever has an account, or is said to have one."""


class Template(Enum):
    """The mails that there are, by the name that their rows have."""

    HOST_SCHEDULED = "host.scheduled"
    HOST_AWAITING_APPROVAL = "host.awaiting_approval"
    HOST_APPROVAL_REMINDER = "host.approval_reminder"
    HOST_RESCHEDULED = "host.rescheduled"
    HOST_CANCELLED = "host.cancelled"
    HOST_SEAT_JOINED = "host.seat_joined"
    HOST_SEAT_LEFT = "host.seat_left"
    HOST_SEAT_MOVED = "host.seat_moved"
    HOST_WEBHOOK_DISABLED = "host.webhook_disabled"
    SCHEDULED = "attendee.scheduled"
    REQUESTED = "attendee.requested"
    DECLINED = "attendee.declined"
    RESCHEDULED = "attendee.rescheduled"
    CANCELLED = "attendee.cancelled"
    SEAT_LEFT = "attendee.seat_left"
    REMINDER = "attendee.reminder"
    MEMBER_INVITED = "member.invited"
    MEMBER_CONSENT = "member.consent"
    CONFIRM_ADDRESS = "account.confirm_address"
    ADDRESS_CHANGE = "account.address_change"

    @property
    def audience(self) -> Audience:
        """Whom it goes to."""
        return Audience(self.value.partition(".")[0])


class Method(Enum):
    """What an invitation asks of a calendar."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class State(Enum):
    """Where a mail stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a mail goes to.

    `clock` None: as their language has it. `may_change` is true for hosts and for who booked, not for their
    guests. `user_id` makes them a host; `seat_uid` is the seat that is theirs.
    """

    name: str
    email: str
    locale: str | None
    time_zone: str
    clock: int | None = None
    may_change: bool = False
    user_id: int | None = None
    seat_uid: UUID | None = None

    @property
    def mailbox(self) -> str:
        """Where mails to them go: of a managed user, the address without their client's id."""
        return mailbox_of(self.email)

    @property
    def address(self) -> str:
        """The mailbox in the form that tells whether two are the same."""
        return self.mailbox.lower()


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to store; one with a `reason` is suppressed. `owner` is the host whose turn it takes (`user 5`).

    `cause` names what it follows from: the same mail of one cause is stored once. `thread` is the calendar
    object that it is about. `starts_at` and `attendee` are what it presumes, if anything: when its booking
    starts, and the address of somebody who attends. `message` None: it is rendered from the fact `event_id`
    when it is sent.
    """

    cause: str
    template: Template
    recipient: str
    locale: str
    time_zone: str
    message_id: str
    due_at: datetime
    owner: str
    reason: str | None = None
    event_id: int | None = None
    booking_id: int | None = None
    booking_uid: str | None = None
    thread: str | None = None
    starts_at: datetime | None = None
    attendee: str | None = None
    subject: str | None = None
    message: bytes | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, as the log shows it. `subject` None: it was not written yet; `reason`: why it is suppressed."""

    id: int
    template: str
    recipient: str
    state: State
    reason: str | None
    subject: str | None
    booking_uid: str | None
    locale: str
    time_zone: str
    message_id: str
    attempts: int
    last_error: str | None
    next_attempt_at: datetime | None
    created_at: datetime
    sent_at: datetime | None
