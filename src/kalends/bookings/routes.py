"""`/v2/bookings`, version 2024-08-13."""

from datetime import date
from typing import Annotated, TypeAlias

from fastapi import Depends, Response

from kalends.api.dependencies import CurrentSettings, Now, Reader, Work
from kalends.api.envelope import success
from kalends.api.fields import BookingUid
from kalends.api.query import Query
from kalends.api.routing import Router
from kalends.api.wire import Success
from kalends.auth.dependencies import Authenticated, CallerIfKnown
from kalends.auth.principal import Permission, Principal
from kalends.bookings import outputs, schemas, service
from kalends.bookings.access import all_seen_by, seen_by
from kalends.bookings.actors import Actor, actor_of
from kalends.bookings.outcome import Outcome

router = Router("/v2/bookings", "Bookings", version=date(2024, 8, 13), version_is_required=True)

ReadingCaller: TypeAlias = Annotated[Principal, Depends(Authenticated(Permission.BOOKING_READ))]
WritingCaller: TypeAlias = Annotated[Principal, Depends(Authenticated(Permission.BOOKING_WRITE))]


@router.post("", response_model=Success[outputs.Created])
async def create_booking(
    caller: CallerIfKnown, body: schemas.CreateBookingBody, work: Work, now: Now, settings: CurrentSettings
) -> Response:
    """Book a time of an event type: one booking, a series, or a seat; public."""
    actor = actor_of(caller)
    blocked = settings.blocked_addresses
    created = await service.create(work, actor, body.to_command(), now=now, blocked=blocked)
    return _answer(actor, created, 201)


@router.get("", response_model=Success[list[outputs.Found]])
async def list_bookings(
    caller: ReadingCaller,
    query: Annotated[schemas.BookingsQuery, Depends(Query(schemas.BookingsQuery))],
    connection: Reader,
    now: Now,
) -> Response:
    """List the bookings that the caller organizes or attends."""
    found = await service.list_for(connection, caller, query.to_command(), now=now)
    return success([outputs.booking(one) for one in all_seen_by(actor_of(caller), found)])


@router.get("/{bookingUid}", response_model=Success[outputs.Found | outputs.FoundSeries])
async def get_booking(booking_uid: BookingUid, caller: CallerIfKnown, connection: Reader) -> Response:
    """Show a booking, or all of a series, to whoever knows its uid."""
    return _answer(actor_of(caller), await service.find(connection, booking_uid))


@router.post("/{bookingUid}/reschedule", response_model=Success[outputs.Moved])
async def reschedule_booking(
    booking_uid: BookingUid,
    caller: CallerIfKnown,
    body: schemas.RescheduleBookingBody,
    work: Work,
    now: Now,
    settings: CurrentSettings,
) -> Response:
    """Move a booking: the old one is cancelled, a new one takes its place; or move a seat."""
    actor = actor_of(caller)
    blocked = settings.blocked_addresses
    moved = await service.reschedule(work, actor, booking_uid, body.to_command(), now=now, blocked=blocked)
    return _answer(actor, moved, 201)


@router.post(
    "/{bookingUid}/cancel", status_code=200, response_model=Success[outputs.Found | outputs.FoundSeries]
)
async def cancel_booking(
    booking_uid: BookingUid, caller: CallerIfKnown, body: schemas.CancelBookingBody, work: Work, now: Now
) -> Response:
    """Cancel a booking, an occurrence and those after it, a series, or one seat; a host says why."""
    actor = actor_of(caller)
    return _answer(actor, await service.cancel(work, actor, booking_uid, body.to_command(), now=now))


@router.post(
    "/{bookingUid}/confirm", status_code=200, response_model=Success[outputs.Found | outputs.FoundSeries]
)
async def confirm_booking(booking_uid: BookingUid, caller: WritingCaller, work: Work, now: Now) -> Response:
    """Accept a booking that waits for its host, with all of its series that wait."""
    return success(outputs.booking(await service.confirm(work, actor_of(caller), booking_uid, now=now)))


@router.post(
    "/{bookingUid}/decline", status_code=200, response_model=Success[outputs.Found | outputs.FoundSeries]
)
async def decline_booking(
    booking_uid: BookingUid, caller: WritingCaller, body: schemas.DeclineBookingBody, work: Work, now: Now
) -> Response:
    """Reject a booking that waits for its host, with all of its series that wait."""
    actor = actor_of(caller)
    return success(
        outputs.booking(await service.decline(work, actor, booking_uid, body.reason or None, now=now))
    )


@router.post("/{bookingUid}/mark-absent", status_code=200, response_model=Success[outputs.Marked])
async def mark_absent(
    booking_uid: BookingUid, caller: WritingCaller, body: schemas.MarkAbsentBody, work: Work, now: Now
) -> Response:
    """Keep who did not come: the host, attendees, or both."""
    actor = actor_of(caller)
    marked = await service.mark_absent(work, actor, booking_uid, body.to_command(), now=now)
    return success(outputs.booking(marked))


@router.get("/{bookingUid}/calendar-links", response_model=Success[list[outputs.CalendarLinkOutput]])
async def calendar_links(booking_uid: BookingUid, caller: ReadingCaller, connection: Reader) -> Response:
    """Show the links that put a booking into a calendar."""
    links = await service.calendar_links_for(connection, actor_of(caller), booking_uid)
    return success(outputs.calendar_links(links))


def _answer(actor: Actor, outcome: Outcome, status: int = 200) -> Response:
    return success(outputs.shown(seen_by(actor, outcome)), status)
