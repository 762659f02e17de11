"""`/booking/{uid}`: the pages on which people see and change a booking. GET never changes anything."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from kalends.api.body import parse_fields, read_form
from kalends.api.dependencies import now_of, reader_of, settings_of, transaction_of
from kalends.api.errors import BadRequest, Conflict, DomainError
from kalends.api.http.operation import PageRouter
from kalends.api.time_zones import canonical_time_zone
from kalends.bookings import service as bookings
from kalends.bookings.commands import Cancel, Reschedule
from kalends.db.database import Connection
from kalends.link_tokens import Purpose
from kalends.secrets import signing_key
from kalends.web import pages, views
from kalends.web.addresses import page_of, same_page
from kalends.web.choosing import FIRST_YEAR, LAST_YEAR
from kalends.web.problems import NOT_POSSIBLE, Problem
from kalends.web.views import LONGEST_REASON, START_FORMAT, Choice
from kalends.web.visit import Arrival, LinkInvalid, Visit, arrive
from kalends.words.language import mark

router = PageRouter("", "Pages", show_failure=pages.show_failure)

_TO_APPROVE = (Purpose.APPROVE, Purpose.MANAGE)
_TO_DECLINE = (Purpose.DECLINE, Purpose.MANAGE)

_SEE_OTHER = 303


@router.get(pages.STYLE_PATH)
async def show_style() -> Response:
    """Show the style of the pages."""
    return pages.style()


@router.get("/booking/{bookingUid}")
async def show_booking(request: Request) -> Response:
    """Show a booking to whoever has a link, or knows its uid."""
    query = _query(request)
    async with reader_of(request) as connection:
        visit = await arrive(connection, _arrival(request, query))
        return await views.show_booking(connection, visit, done=query.get("done", ""))


@router.get("/booking/{bookingUid}/cancel")
async def ask_to_cancel(request: Request) -> Response:
    """Ask before a booking, or the visitor's seat, is cancelled."""
    async with reader_of(request) as connection:
        visit = await arrive(connection, _arrival(request, _query(request)))
        return await views.ask_to_cancel(connection, visit)


@router.post("/booking/{bookingUid}/cancel")
async def cancel_booking(request: Request) -> Response:
    """Cancel a booking, with later ones of its series, or the visitor's seat."""
    form = await read_form(request.headers, request.receive)
    arrival = _arrival(request, form)
    visit = await _visit(request, arrival)
    try:
        command = Cancel(
            reason=_reason(form), with_subsequent=form.get("scope") == "later", seat_uid=visit.seat_uid
        )
        if not visit.may_cancel:
            raise _not_possible()
        async with transaction_of(request) as work:
            await bookings.cancel(work, visit.actor, arrival.booking_uid, command, now=arrival.now)
    except DomainError as refusal:
        async with reader_of(request) as connection:
            visit = await arrive(connection, arrival)
            return await views.ask_to_cancel(connection, visit, form, refusal)
    return _see_other(same_page(visit, done="cancelled"))


@router.get("/booking/{bookingUid}/reschedule")
async def choose_time(request: Request) -> Response:
    """Show the times to which a booking, or the visitor's seat, can be moved."""
    query = _query(request)
    choice = _choice(query)
    async with reader_of(request) as connection:
        visit = await arrive(connection, _arrival(request, query))
        longest_days = settings_of(request).slots_range_days
        return await views.choose_time(connection, visit, choice, longest_days=longest_days)


@router.post("/booking/{bookingUid}/reschedule")
async def reschedule_booking(request: Request) -> Response:
    """Move a booking, or the visitor's seat, to the time that was chosen."""
    form = await read_form(request.headers, request.receive)
    arrival = _arrival(request, form)
    visit = await _visit(request, arrival)
    start = None
    try:
        start = _start(form)
        command = Reschedule(
            start=start, rescheduled_by=visit.actor.email, reason=_reason(form), seat_uid=visit.seat_uid
        )
        if not visit.may_reschedule:
            raise _not_possible()
        async with transaction_of(request) as work:
            outcome = await bookings.reschedule(
                work,
                visit.actor,
                arrival.booking_uid,
                command,
                now=arrival.now,
                blocked=settings_of(request).blocked_addresses,
            )
    except DomainError as refusal:
        async with reader_of(request) as connection:
            visit = await arrive(connection, arrival)
            day = start.astimezone(visit.language.zone).date() if start is not None else None
            choice = Choice(month=day, day=day, start=start)
            longest_days = settings_of(request).slots_range_days
            return await views.choose_time(
                connection, visit, choice, form, refusal, longest_days=longest_days
            )
    moved = outcome.bookings[0]
    token = visit.token_for(moved, seat_uid=outcome.seat_uid)
    return _see_other(page_of(moved.uid, token=token, zone=arrival.zone, done="moved"))


@router.get("/booking/{bookingUid}/approve")
async def ask_to_approve(request: Request) -> Response:
    """Ask the host before a booking is approved."""
    return await _ask_to_decide(request, _TO_APPROVE, is_declining=False)


@router.get("/booking/{bookingUid}/decline")
async def ask_to_decline(request: Request) -> Response:
    """Ask the host before a booking is declined."""
    return await _ask_to_decide(request, _TO_DECLINE, is_declining=True)


@router.post("/booking/{bookingUid}/approve")
async def approve_booking(request: Request) -> Response:
    """Approve a booking that waits for its host."""
    return await _decide(request, _TO_APPROVE, is_declining=False)


@router.post("/booking/{bookingUid}/decline")
async def decline_booking(request: Request) -> Response:
    """Decline a booking that waits for its host."""
    return await _decide(request, _TO_DECLINE, is_declining=True)


async def _ask_to_decide(request: Request, purposes: Collection[Purpose], *, is_declining: bool) -> Response:
    query = _query(request)
    async with reader_of(request) as connection:
        visit = await _host_visit(connection, _arrival(request, query), purposes)
    return views.ask_to_decide(visit, is_declining=is_declining, done=query.get("done", ""))


async def _decide(request: Request, purposes: Collection[Purpose], *, is_declining: bool) -> Response:
    form = await read_form(request.headers, request.receive)
    arrival = _arrival(request, form)
    async with reader_of(request) as connection:
        visit = await _host_visit(connection, arrival, purposes)
    uid, now = arrival.booking_uid, arrival.now
    try:
        reason = _reason(form)
        if not visit.may_decide:
            raise _not_possible()
        async with transaction_of(request) as work:
            if is_declining:
                await bookings.decline(work, visit.actor, uid, reason, now=now)
            else:
                await bookings.confirm(work, visit.actor, uid, now=now)
    except DomainError as refusal:
        async with reader_of(request) as connection:
            visit = await _host_visit(connection, arrival, purposes)
        return views.ask_to_decide(visit, form, refusal, is_declining=is_declining)
    part = "decline" if is_declining else "approve"
    return _see_other(same_page(visit, part, done="declined" if is_declining else "approved"))


async def _visit(request: Request, arrival: Arrival) -> Visit:
    async with reader_of(request) as connection:
        return await arrive(connection, arrival)


async def _host_visit(connection: Connection, arrival: Arrival, purposes: Collection[Purpose]) -> Visit:
    visit = await arrive(connection, arrival, purposes, needs_token=True)
    if not visit.is_host:
        raise LinkInvalid("Only the host of a booking decides about it.")
    return visit


def _arrival(request: Request, fields: Mapping[str, str]) -> Arrival:
    zone = fields.get("zone", "")
    canonical = canonical_time_zone(zone)
    if zone and canonical is None:
        raise BadRequest(f"zone: {zone[:40]!r} is not an IANA time zone such as Europe/Rome.")
    return Arrival(
        booking_uid=request.path_params["bookingUid"],
        token=fields.get("token", ""),
        zone=canonical,
        key=signing_key(settings_of(request)),
        now=now_of(request),
    )


def _query(request: Request) -> dict[str, str]:
    return parse_fields(request.scope["query_string"], name="query")


def _choice(query: Mapping[str, str]) -> Choice:
    """Return the month and the day that are asked for; each may be left out."""
    day, month = query.get("day"), query.get("month")
    try:
        return Choice(
            month=_within_years(date.fromisoformat(f"{month}-01")) if month else None,
            day=_within_years(date.fromisoformat(day)) if day else None,
        )
    except ValueError as error:
        raise BadRequest("month must look like 2050-09, day like 2050-09-05.") from error


def _within_years(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError
    return day


def _start(form: Mapping[str, str]) -> datetime:
    try:
        start = datetime.strptime(form.get("start", ""), START_FORMAT).replace(tzinfo=UTC)
        _within_years(start.date())
    except ValueError as error:
        raise Problem(mark("Please choose a time.")) from error
    return start


def _reason(form: Mapping[str, str]) -> str | None:
    reason = form.get("reason", "").strip()
    if len(reason) > LONGEST_REASON:
        raise Problem(mark("The reason is too long."))
    return reason or None


def _not_possible() -> DomainError:
    """Return the refusal of what the page no longer offers: somebody was faster, or time has passed."""
    return Conflict(NOT_POSSIBLE)


def _see_other(address: str) -> Response:
    return RedirectResponse(address, _SEE_OTHER, headers={"cache-control": "no-store"})
