"""`/v2/bookings`, version 2024-08-13, and the lists of organizations, users and teams, in every version."""

from datetime import date
from typing import Annotated, TypeAlias

from fastapi import Depends

from kalends.access.guards import OrganizationAdmin, OrganizationTeamAdmin, UserInOrganization
from kalends.api.dependencies import CurrentSettings, Now, Reader, Work
from kalends.api.http.operation import Router
from kalends.api.input.fields import BookingUid
from kalends.api.input.query import Query
from kalends.api.limits.mails import MailsOfStranger
from kalends.api.output.pagination import Page
from kalends.api.refusals import BoundReached, MailLimitReached
from kalends.auth.dependencies import Authenticated, CallerIfKnown
from kalends.auth.principal import Permission, Principal
from kalends.bookings import service
from kalends.bookings.access import all_seen_by, seen_by
from kalends.bookings.actors import actor_of
from kalends.bookings.bounds import Bounds
from kalends.bookings.draft.refusals import OF_ANSWERS, RescheduleReasonMissing
from kalends.bookings.permissions.refusals import (
    OF_BOOKERS,
    BookerLimitReached,
    BookingOver,
    TooLateToReschedule,
)
from kalends.bookings.refusals import (
    OF_NEW_TIME,
    OF_STATE_TO_MOVE,
    OF_TIME,
    AddressBlocked,
    AlreadySignedUp,
    BeyondCalendar,
    BookingLimitReached,
    CancellationReasonMissing,
    CancellingDisabled,
    ConfirmationWithoutEventType,
    CursorOfAnotherOrder,
    CursorWithSkip,
    DurationLimitReached,
    HostLocked,
    HostNotProven,
    InstantNotOffered,
    LengthNotOffered,
    LimitWithTake,
    LinksWithoutEventType,
    MoveWithoutEventType,
    NobodyAttends,
    NotAccepted,
    NotOfSeries,
    NotPending,
    NotStarted,
    NotTheHost,
    NotTheHostOfAllSeats,
    OccurrenceNotNamed,
    ReschedulingDisabled,
    SeatsFull,
    SeriesWithoutSeats,
    TeamNotBookable,
    TimeUnavailable,
    TooManyOccurrences,
    UnknownAttendee,
    UnknownBooking,
    UnknownEventTypes,
    UnknownSeat,
    UnknownSeatToMove,
    UnknownSeatToShow,
    UnknownUsers,
    UsersOfElsewhere,
    WrongState,
)
from kalends.bookings.scope import OfTeam, OfUser
from kalends.bookings.wire import inputs, outputs, pages
from kalends.event_types.refusals import OF_ADDRESS, TeamEventTypeNotServed, UnknownEventType

PAGED = date(2026, 5, 1)
"""The version from which on lists have pages by `limit` and `cursor`, and say where they stand."""

router = Router("/v2/bookings", "Bookings", version=date(2024, 8, 13), version_is_required=True)
paged = Router("/v2/bookings", "Bookings", version=PAGED, version_is_required=True)

OF_PAGES = (LimitWithTake, CursorWithSkip, CursorOfAnotherOrder)

ReadingCaller: TypeAlias = Annotated[Principal, Depends(Authenticated(Permission.BOOKING_READ))]
WritingCaller: TypeAlias = Annotated[Principal, Depends(Authenticated(Permission.BOOKING_WRITE))]


@router.post(
    "",
    refuses=(
        *OF_ADDRESS,
        TeamNotBookable,
        TeamEventTypeNotServed,
        HostLocked,
        InstantNotOffered,
        LengthNotOffered,
        TooManyOccurrences,
        BeyondCalendar,
        *OF_ANSWERS,
        AddressBlocked,
        BoundReached,
        MailLimitReached,
        AlreadySignedUp,
        *OF_BOOKERS,
        *OF_TIME,
    ),
)
async def create_booking(
    caller: CallerIfKnown,
    body: inputs.CreateBookingBody,
    work: Work,
    now: Now,
    settings: CurrentSettings,
    mails: MailsOfStranger,
) -> outputs.CreatedOutput:
    """Book a time of an event type: one booking, a series, or a seat; public."""
    actor = actor_of(caller)
    bounds = Bounds(
        guests=settings.guests_most,
        occurrences=settings.occurrences_most,
        series_guests=settings.series_guests_most,
        series_answers=settings.series_answers_bytes,
    )
    blocked = settings.blocked_addresses
    created = await service.create(work, actor, body.to_command(), bounds, now=now, blocked=blocked)
    if caller is None:
        await mails.take(work, created.told)
    return outputs.created_output(seen_by(actor, created))


@router.get("", refuses=(UnknownEventTypes,))
async def list_bookings(
    caller: ReadingCaller,
    query: Annotated[inputs.BookingsQuery, Depends(Query(inputs.BookingsQuery))],
    connection: Reader,
    now: Now,
) -> list[outputs.AnyBookingOutput]:
    """List the bookings that the caller organizes or attends, and those of what they administer."""
    found = await service.list_visible(connection, caller.user.id, query.to_command(), now=now)
    return [outputs.booking_output(one) for one in all_seen_by(actor_of(caller), found.bookings)]


@paged.get("", refuses=(UnknownEventTypes, *OF_PAGES))
async def page_bookings(
    caller: ReadingCaller,
    query: Annotated[pages.PagedBookingsQuery, Depends(Query(pages.PagedBookingsQuery))],
    connection: Reader,
    now: Now,
) -> Page[list[outputs.AnyBookingOutput]]:
    """List the bookings that the caller organizes or attends or administers, page by page."""
    command = query.to_command()
    found = await service.list_visible(connection, caller.user.id, command, now=now)
    return pages.page_output(actor_of(caller), command, found)


@router.get("/{bookingUid}", refuses=(UnknownBooking, UnknownSeatToShow))
async def get_booking(
    booking_uid: BookingUid,
    caller: CallerIfKnown,
    query: Annotated[inputs.BookingQuery, Depends(Query(inputs.BookingQuery))],
    connection: Reader,
) -> outputs.AnyBookingOutput | outputs.AnySeriesOutput:
    """Show a booking, or all of a series, to whoever knows its uid; with seatUid, that seat whole."""
    found = await service.get_booking_or_series(connection, booking_uid, seat_uid=query.seat_uid)
    return outputs.booking_or_series_output(seen_by(actor_of(caller), found))


@router.post(
    "/{bookingUid}/reschedule",
    refuses=(
        UnknownBooking,
        *OF_STATE_TO_MOVE,
        MoveWithoutEventType,
        ReschedulingDisabled,
        TooLateToReschedule,
        BookingOver,
        TeamEventTypeNotServed,
        HostLocked,
        HostNotProven,
        NotTheHostOfAllSeats,
        UnknownSeatToMove,
        NobodyAttends,
        AddressBlocked,
        BookerLimitReached,
        RescheduleReasonMissing,
        MailLimitReached,
        *OF_NEW_TIME,
    ),
)
async def reschedule_booking(
    booking_uid: BookingUid,
    caller: CallerIfKnown,
    body: inputs.RescheduleBookingBody,
    work: Work,
    now: Now,
    settings: CurrentSettings,
    mails: MailsOfStranger,
) -> outputs.MovedOutput:
    """Move a booking: the old one is cancelled, a new one takes its place; or move a seat."""
    actor = actor_of(caller)
    blocked = settings.blocked_addresses
    moved = await service.reschedule(work, actor, booking_uid, body.to_command(), now=now, blocked=blocked)
    if caller is None:
        await mails.take(work, moved.told)
    return outputs.moved_output(seen_by(actor, moved))


@router.post(
    "/{bookingUid}/cancel",
    status=200,
    refuses=(
        UnknownBooking,
        CancellingDisabled,
        CancellationReasonMissing,
        HostNotProven,
        NotTheHostOfAllSeats,
        UnknownSeat,
        SeriesWithoutSeats,
        NotOfSeries,
        OccurrenceNotNamed,
        WrongState,
    ),
)
async def cancel_booking(
    booking_uid: BookingUid, caller: CallerIfKnown, body: inputs.CancelBookingBody, work: Work, now: Now
) -> outputs.AnyBookingOutput | outputs.AnySeriesOutput:
    """Cancel a booking, an occurrence and those after it, a series, or one seat; a host says why."""
    actor = actor_of(caller)
    cancelled = await service.cancel(work, actor, booking_uid, body.to_command(), now=now)
    return outputs.booking_or_series_output(seen_by(actor, cancelled))


@router.post(
    "/{bookingUid}/confirm",
    status=200,
    refuses=(
        UnknownBooking,
        NotTheHost,
        NotPending,
        TeamEventTypeNotServed,
        ConfirmationWithoutEventType,
        TimeUnavailable,
        BookingLimitReached,
        DurationLimitReached,
        SeatsFull,
    ),
)
async def confirm_booking(
    booking_uid: BookingUid, caller: WritingCaller, work: Work, now: Now
) -> outputs.AnyBookingOutput | outputs.AnySeriesOutput:
    """Accept a booking that waits for its host, with all of its series that wait."""
    return outputs.booking_output(await service.confirm(work, actor_of(caller), booking_uid, now=now))


@router.post("/{bookingUid}/decline", status=200, refuses=(UnknownBooking, NotTheHost, NotPending))
async def decline_booking(
    booking_uid: BookingUid, caller: WritingCaller, body: inputs.DeclineBookingBody, work: Work, now: Now
) -> outputs.AnyBookingOutput | outputs.AnySeriesOutput:
    """Reject a booking that waits for its host, with all of its series that wait."""
    actor = actor_of(caller)
    declined = await service.decline(work, actor, booking_uid, body.reason or None, now=now)
    return outputs.booking_output(declined)


@router.post(
    "/{bookingUid}/mark-absent",
    status=200,
    refuses=(UnknownBooking, NotTheHost, NotAccepted, NotStarted, UnknownAttendee),
)
async def mark_absent(
    booking_uid: BookingUid, caller: WritingCaller, body: inputs.MarkAbsentBody, work: Work, now: Now
) -> outputs.MarkedOutput:
    """Record who did not come: the host, attendees, or both."""
    actor = actor_of(caller)
    marked = await service.mark_absent(work, actor, booking_uid, body.to_command(), now=now)
    return outputs.booking_output(marked)


@router.get(
    "/{bookingUid}/calendar-links",
    refuses=(UnknownBooking, NotTheHost, LinksWithoutEventType, UnknownEventType),
)
async def calendar_links(
    booking_uid: BookingUid, caller: ReadingCaller, connection: Reader
) -> list[outputs.CalendarLinkOutput]:
    """Show the links that put a booking into a calendar."""
    links = await service.calendar_links_for(connection, actor_of(caller), booking_uid)
    return outputs.calendar_link_outputs(links)


of_organization = Router("/v2/organizations/{orgId}/bookings", "Orgs / Bookings")
paged_of_organization = Router("/v2/organizations/{orgId}/bookings", "Orgs / Bookings", version=PAGED)


@of_organization.get("", refuses=(UnknownUsers, UsersOfElsewhere, UnknownEventTypes))
async def list_organization_bookings(
    place: OrganizationAdmin,
    query: Annotated[inputs.OrganizationBookingsQuery, Depends(Query(inputs.OrganizationBookingsQuery))],
    connection: Reader,
    now: Now,
) -> list[outputs.AnyBookingOutput]:
    """List what members of an organization organize or attend, and what is booked of its teams."""
    user_ids = None if query.user_ids is None else tuple(query.user_ids)
    found = await service.list_of_organization(
        connection,
        place.organization_id,
        user_ids,
        query.to_command(),
        viewer_id=place.caller.user.id,
        now=now,
    )
    return [outputs.booking_output(one) for one in all_seen_by(actor_of(place.caller), found.bookings)]


@paged_of_organization.get("", refuses=(UnknownUsers, UsersOfElsewhere, UnknownEventTypes, *OF_PAGES))
async def page_organization_bookings(
    place: OrganizationAdmin,
    query: Annotated[
        pages.PagedOrganizationBookingsQuery, Depends(Query(pages.PagedOrganizationBookingsQuery))
    ],
    connection: Reader,
    now: Now,
) -> Page[list[outputs.AnyBookingOutput]]:
    """List, page by page, what members of an organization organize or attend, and what its teams have."""
    command = query.to_command()
    user_ids = None if query.user_ids is None else tuple(query.user_ids)
    found = await service.list_of_organization(
        connection, place.organization_id, user_ids, command, viewer_id=place.caller.user.id, now=now
    )
    return pages.page_output(actor_of(place.caller), command, found)


of_user = Router("/v2/organizations/{orgId}/users/{userId}/bookings", "Orgs / Users / Bookings")
paged_of_user = Router(
    "/v2/organizations/{orgId}/users/{userId}/bookings", "Orgs / Users / Bookings", version=PAGED
)


@of_user.get("", refuses=(UnknownEventTypes,))
async def list_user_bookings(
    place: UserInOrganization,
    query: Annotated[inputs.BookingsQuery, Depends(Query(inputs.BookingsQuery))],
    connection: Reader,
    now: Now,
) -> list[outputs.AnyBookingOutput]:
    """List the bookings that a user of an organization organizes or attends."""
    found = await service.list_for(
        connection, OfUser(place.user_id), query.to_command(), viewer_id=place.caller.user.id, now=now
    )
    return [outputs.booking_output(one) for one in all_seen_by(actor_of(place.caller), found.bookings)]


@paged_of_user.get("", refuses=(UnknownEventTypes, *OF_PAGES))
async def page_user_bookings(
    place: UserInOrganization,
    query: Annotated[pages.PagedBookingsQuery, Depends(Query(pages.PagedBookingsQuery))],
    connection: Reader,
    now: Now,
) -> Page[list[outputs.AnyBookingOutput]]:
    """List the bookings that a user of an organization organizes or attends, page by page."""
    command = query.to_command()
    found = await service.list_for(
        connection, OfUser(place.user_id), command, viewer_id=place.caller.user.id, now=now
    )
    return pages.page_output(actor_of(place.caller), command, found)


of_team = Router("/v2/organizations/{orgId}/teams/{teamId}/bookings", "Orgs / Teams / Bookings")
paged_of_team = Router(
    "/v2/organizations/{orgId}/teams/{teamId}/bookings", "Orgs / Teams / Bookings", version=PAGED
)


@of_team.get("", refuses=(UnknownEventTypes,))
async def list_team_bookings(
    place: OrganizationTeamAdmin,
    query: Annotated[inputs.TeamBookingsQuery, Depends(Query(inputs.TeamBookingsQuery))],
    connection: Reader,
    now: Now,
) -> list[outputs.AnyBookingOutput]:
    """List what is booked of the event types of a team."""
    found = await service.list_for(
        connection, OfTeam(place.team_id), query.to_command(), viewer_id=place.caller.user.id, now=now
    )
    return [outputs.booking_output(one) for one in all_seen_by(actor_of(place.caller), found.bookings)]


@paged_of_team.get("", refuses=(UnknownEventTypes, *OF_PAGES))
async def page_team_bookings(
    place: OrganizationTeamAdmin,
    query: Annotated[pages.PagedTeamBookingsQuery, Depends(Query(pages.PagedTeamBookingsQuery))],
    connection: Reader,
    now: Now,
) -> Page[list[outputs.AnyBookingOutput]]:
    """List what is booked of the event types of a team, page by page."""
    command = query.to_command()
    found = await service.list_for(
        connection, OfTeam(place.team_id), command, viewer_id=place.caller.user.id, now=now
    )
    return pages.page_output(actor_of(place.caller), command, found)


routers = (
    router,
    paged,
    of_organization,
    paged_of_organization,
    of_user,
    paged_of_user,
    of_team,
    paged_of_team,
)
