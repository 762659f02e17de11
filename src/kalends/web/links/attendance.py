"""`/attendance`: the page on which somebody says that a booking is in their calendar.

GET changes nothing.
"""

from fastapi import Response

from kalends.api.dependencies import CurrentDatabase, CurrentSettings, Now, Reader
from kalends.api.http.operation import PageRouter
from kalends.api.output.errors import Conflict
from kalends.bookings.commands.attend import FoundAttendance, attend, find_attendance
from kalends.db.database import Connection
from kalends.event_types import service as event_types
from kalends.localization.language import language_for
from kalends.security.attendance_link import PATH
from kalends.security.secret import signing_key
from kalends.web import pages
from kalends.web.inputs import PageForm, PageQuery

router = PageRouter("", "Pages", show_failure=pages.show_failure)

_CONFLICT = 409


@router.get(PATH)
async def show_attendance(
    query: PageQuery, settings: CurrentSettings, now: Now, connection: Reader
) -> Response:
    """Show what somebody attends, and a button by which they say so."""
    token = query.get("token", "")
    found = await find_attendance(connection, signing_key(settings), token, now=now)
    return await _page(connection, found, token)


@router.post(PATH)
async def confirm_attendance(
    form: PageForm, settings: CurrentSettings, now: Now, database: CurrentDatabase
) -> Response:
    """Let the booking take the time of whoever has the link, and say so."""
    token, key, status = form.get("token", ""), signing_key(settings), 200
    try:
        async with database.pipelined_transaction() as work:
            await attend(work, key, token, now=now)
    except Conflict:
        status = _CONFLICT
    async with database.connection() as connection:
        found = await find_attendance(connection, key, token, now=now)
        return await _page(connection, found, token, status=status)


async def _page(connection: Connection, found: FoundAttendance, token: str, *, status: int = 200) -> Response:
    booking, reader = found.booking, found.attendee
    host = booking.organizer
    event_type = None
    if booking.event_type is not None:
        event_type = await event_types.find(connection, booking.event_type.id)
    zone = host.time_zone if reader is None else reader.time_zone
    language = language_for(None if reader is None else reader.locale, zone)
    return pages.page(
        "attendance.html",
        language,
        status=status,
        event="" if event_type is None else event_type.title,
        host=host.name or host.username,
        when=language.period(booking.start, booking.end),
        zone=language.zone.key,
        is_over=found.is_over,
        is_confirmed=found.is_confirmed,
        token=token,
        action=PATH,
    )
