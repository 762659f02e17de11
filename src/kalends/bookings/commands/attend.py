"""Saying oneself that one attends a booking, which then takes one's time (slots.md 4.8)."""

from dataclasses import dataclass
from datetime import datetime

from kalends.bookings.access import is_same_address
from kalends.bookings.booking import Attendee, Booking, Standing, Status
from kalends.bookings.refusals import AttendanceLinkInvalid, AttendanceOver
from kalends.bookings.sql import reads, writes
from kalends.db.database import Connection, UnitOfWork
from kalends.db.locks import lock_hosts
from kalends.security.attendance_link import Attendance, read_token


@dataclass(frozen=True, slots=True)
class FoundAttendance:
    """Somebody at a booking, as their link finds it. `is_over`: it takes place no more, or without them."""

    booking: Booking
    attendee: Attendee | None
    is_over: bool

    @property
    def is_confirmed(self) -> bool:
        """Whether they have said so."""
        return self.attendee is not None and self.attendee.standing is Standing.OWN


async def find_attendance(
    connection: Connection, key: bytes, token: str, *, now: datetime
) -> FoundAttendance:
    """Return what a link is about; `key` is the one that signs links.

    Raises:
        AttendanceLinkInvalid: it is none of this server's, or the booking was deleted.
    """
    attendance = read_token(key, token)
    found = [] if attendance is None else await reads.find_by_ids(connection, [attendance.booking_id])
    if attendance is None or not found:
        raise AttendanceLinkInvalid
    return _found(found[0], attendance, now)


async def attend(work: UnitOfWork, key: bytes, token: str, *, now: datetime) -> FoundAttendance:
    """Let a booking, and the others of its series, take the time of whoever has the link.

    Raises:
        AttendanceLinkInvalid: the link is none of this server's, or the booking was deleted.
        AttendanceOver: the booking is cancelled or over, or they do not attend it.
    """
    attendance = read_token(key, token)
    if attendance is None:
        raise AttendanceLinkInvalid
    # Whoever books them at this moment sees them busy, or comes first.
    await lock_hosts(work, await reads.list_accounts_of(work.connection, attendance.address))
    await reads.lock_rows(work, [attendance.booking_id])
    if (await find_attendance(work.connection, key, token, now=now)).is_over:
        raise AttendanceOver
    await writes.confirm_attendance(work, attendance.booking_id, attendance.address)
    return await find_attendance(work.connection, key, token, now=now)


def _found(booking: Booking, attendance: Attendance, now: datetime) -> FoundAttendance:
    attendee = next(
        (one for one in booking.attendees if is_same_address(attendance.address, one.email)), None
    )
    takes_place = booking.status in (Status.ACCEPTED, Status.PENDING) and now < attendance.expires_at
    return FoundAttendance(booking, attendee, is_over=attendee is None or not takes_place)
