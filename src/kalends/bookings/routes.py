"""`/v2/bookings`, version 2024-08-13."""

from datetime import date
from typing import Annotated, TypeAlias

from fastapi import Depends, Response

from kalends.api.dependencies import Now, Reader, Work
from kalends.api.envelope import success
from kalends.api.fields import BookingUid
from kalends.api.query import Query
from kalends.api.routing import Router
from kalends.api.wire import Success
from kalends.auth.dependencies import Authenticated, OptionalCaller
from kalends.auth.principal import Permission, Principal
from kalends.bookings import outputs, schemas, service

router = Router("/v2/bookings", "Bookings", version=date(2024, 8, 13), version_is_required=True)

ReadingCaller: TypeAlias = Annotated[Principal, Depends(Authenticated(Permission.BOOKING_READ))]


@router.post("", response_model=Success[outputs.BookingOutput])
async def create_booking(body: schemas.CreateBookingBody, work: Work, now: Now) -> Response:
    """Book a time of an event type; public."""
    return success(outputs.booking(await service.create(work, body.to_command(), now=now)), 201)


@router.get("", response_model=Success[list[outputs.BookingOutput]])
async def list_bookings(
    caller: ReadingCaller,
    query: Annotated[schemas.BookingsQuery, Depends(Query(schemas.BookingsQuery))],
    connection: Reader,
    now: Now,
) -> Response:
    """List the bookings that the caller organizes or attends."""
    found = await service.list_for(connection, caller, query.to_command(), now=now)
    return success([outputs.booking(one) for one in found])


@router.get("/{bookingUid}", response_model=Success[outputs.BookingOutput])
async def get_booking(booking_uid: BookingUid, connection: Reader) -> Response:
    """Show a booking to whoever knows its uid."""
    return success(outputs.booking(await service.get(connection, booking_uid)))


@router.post("/{bookingUid}/reschedule", response_model=Success[outputs.BookingOutput])
async def reschedule_booking(
    booking_uid: BookingUid,
    caller: OptionalCaller,
    body: schemas.RescheduleBookingBody,
    work: Work,
    now: Now,
) -> Response:
    """Move a booking: the old one is cancelled, a new one takes its place."""
    moved = await service.reschedule(work, caller, booking_uid, body.to_command(), now=now)
    return success(outputs.booking(moved), 201)


@router.post("/{bookingUid}/cancel", status_code=200, response_model=Success[outputs.BookingOutput])
async def cancel_booking(
    booking_uid: BookingUid, caller: OptionalCaller, body: schemas.CancelBookingBody, work: Work
) -> Response:
    """Cancel a booking; a host says why."""
    return success(outputs.booking(await service.cancel(work, caller, booking_uid, body.to_command())))
