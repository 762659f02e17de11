"""`/booking/{uid}`: the pages on which people see and change a booking. GET never changes anything."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Response
from fastapi.responses import RedirectResponse

from kalends.api.dependencies import CurrentDatabase, CurrentSettings, Reader
from kalends.api.http.operation import PageRouter
from kalends.api.limits.mails import MailsOfStranger
from kalends.api.output.errors import DomainError
from kalends.bookings import service as bookings
from kalends.bookings.commands.command import Cancel, Reschedule
from kalends.db.database import Connection, Database
from kalends.security.link_tokens import Purpose
from kalends.web import pages, views
from kalends.web.addresses import page_of, same_page
from kalends.web.inputs import (
    Fields,
    FormArrival,
    FormVisit,
    PageForm,
    PageQuery,
    QueryArrival,
    QueryChoice,
    reason_of,
    start_of,
)
from kalends.web.refusals import NotPossible, NotTheHostsLink
from kalends.web.views import TimeChoice
from kalends.web.visit import Arrival, Visit, arrive

router = PageRouter("", "Pages", show_failure=pages.show_failure)

_SEE_OTHER = 303


class _Decision:
    """Approving or declining: a page each, which its own link opens, and the one that manages the booking."""

    def __init__(self, purpose: Purpose) -> None:
        self.is_declining = purpose is Purpose.DECLINE
        self._purposes = (purpose, Purpose.MANAGE)

    async def visit(self, connection: Connection, arrival: Arrival) -> Visit:
        """Return the visit of the host.

        Raises:
            NotTheHostsLink: it is somebody else.
        """
        visit = await arrive(connection, arrival, self._purposes, needs_token=True)
        if not visit.is_host:
            raise NotTheHostsLink
        return visit

    async def visit_by_form(self, arrival: FormArrival, connection: Reader) -> Visit:
        """Return the visit of the host who sent a form."""
        return await self.visit(connection, arrival)


_APPROVE = _Decision(Purpose.APPROVE)
_DECLINE = _Decision(Purpose.DECLINE)

ApprovingVisit: TypeAlias = Annotated[Visit, Depends(_APPROVE.visit_by_form)]
DecliningVisit: TypeAlias = Annotated[Visit, Depends(_DECLINE.visit_by_form)]


@router.get(pages.STYLE_PATH)
async def show_style() -> Response:
    """Show the style of the pages."""
    return pages.style()


@router.get("/booking/{bookingUid}")
async def show_booking(arrival: QueryArrival, query: PageQuery, connection: Reader) -> Response:
    """Show a booking to whoever has a link, or knows its uid."""
    visit = await arrive(connection, arrival)
    return await views.show_booking(connection, visit, done=query.get("done", ""))


@router.get("/booking/{bookingUid}/cancel")
async def ask_to_cancel(arrival: QueryArrival, connection: Reader) -> Response:
    """Ask before a booking, or the visitor's seat, is cancelled."""
    return await views.ask_to_cancel(connection, await arrive(connection, arrival))


@router.post("/booking/{bookingUid}/cancel")
async def cancel_booking(visit: FormVisit, form: PageForm, database: CurrentDatabase) -> Response:
    """Cancel a booking, with later ones of its series, or the visitor's seat."""
    arrival = visit.arrival
    try:
        command = Cancel(
            reason=reason_of(form), with_subsequent=form.get("scope") == "later", seat_uid=visit.seat_uid
        )
        if not visit.may_cancel:
            raise NotPossible
        async with database.pipelined_transaction() as work:
            await bookings.cancel(work, visit.actor, arrival.booking_uid, command, now=arrival.now)
    except DomainError as refusal:
        async with database.connection() as connection:
            visit = await arrive(connection, arrival)
            return await views.ask_to_cancel(connection, visit, form, refusal)
    return _see_other(same_page(visit, done="cancelled"))


@router.get("/booking/{bookingUid}/reschedule")
async def choose_time(
    choice: QueryChoice, arrival: QueryArrival, connection: Reader, settings: CurrentSettings
) -> Response:
    """Show the times to which a booking, or the visitor's seat, can be moved."""
    visit = await arrive(connection, arrival)
    return await views.choose_time(connection, visit, choice, longest_days=settings.slots_range_days)


@router.post("/booking/{bookingUid}/reschedule")
async def reschedule_booking(
    visit: FormVisit,
    form: PageForm,
    database: CurrentDatabase,
    settings: CurrentSettings,
    mails: MailsOfStranger,
) -> Response:
    """Move a booking, or the visitor's seat, to the time that was chosen."""
    arrival = visit.arrival
    start = None
    try:
        start = start_of(form)
        command = Reschedule(
            start=start, rescheduled_by=visit.actor.email, reason=reason_of(form), seat_uid=visit.seat_uid
        )
        if not visit.may_reschedule:
            raise NotPossible
        async with database.pipelined_transaction() as work:
            outcome = await bookings.reschedule(
                work,
                visit.actor,
                arrival.booking_uid,
                command,
                now=arrival.now,
                blocked=settings.blocked_addresses,
            )
            if not visit.is_host:
                await mails.take(work, outcome.told)
    except DomainError as refusal:
        async with database.connection() as connection:
            visit = await arrive(connection, arrival)
            day = start.astimezone(visit.language.zone).date() if start is not None else None
            choice = TimeChoice(month=day, day=day, start=start)
            longest_days = settings.slots_range_days
            return await views.choose_time(
                connection, visit, choice, form, refusal, longest_days=longest_days
            )
    moved = outcome.bookings[0]
    token = visit.token_for(moved, seat_uid=outcome.seat_uid)
    return _see_other(page_of(moved.uid, token=token, zone=arrival.zone, done="moved"))


@router.get("/booking/{bookingUid}/approve")
async def ask_to_approve(arrival: QueryArrival, query: PageQuery, connection: Reader) -> Response:
    """Ask the host before a booking is approved."""
    visit = await _APPROVE.visit(connection, arrival)
    return views.ask_to_decide(visit, is_declining=False, done=query.get("done", ""))


@router.get("/booking/{bookingUid}/decline")
async def ask_to_decline(arrival: QueryArrival, query: PageQuery, connection: Reader) -> Response:
    """Ask the host before a booking is declined."""
    visit = await _DECLINE.visit(connection, arrival)
    return views.ask_to_decide(visit, is_declining=True, done=query.get("done", ""))


@router.post("/booking/{bookingUid}/approve")
async def approve_booking(visit: ApprovingVisit, form: PageForm, database: CurrentDatabase) -> Response:
    """Approve a booking that waits for its host."""
    return await _decide(_APPROVE, visit, form, database)


@router.post("/booking/{bookingUid}/decline")
async def decline_booking(visit: DecliningVisit, form: PageForm, database: CurrentDatabase) -> Response:
    """Decline a booking that waits for its host."""
    return await _decide(_DECLINE, visit, form, database)


async def _decide(decision: _Decision, visit: Visit, form: Fields, database: Database) -> Response:
    uid, now = visit.arrival.booking_uid, visit.arrival.now
    try:
        reason = reason_of(form)
        if not visit.may_decide:
            raise NotPossible
        async with database.pipelined_transaction() as work:
            if decision.is_declining:
                await bookings.decline(work, visit.actor, uid, reason, now=now)
            else:
                await bookings.confirm(work, visit.actor, uid, now=now)
    except DomainError as refusal:
        async with database.connection() as connection:
            visit = await decision.visit(connection, visit.arrival)
        return views.ask_to_decide(visit, form, refusal, is_declining=decision.is_declining)
    part, done = ("decline", "declined") if decision.is_declining else ("approve", "approved")
    return _see_other(same_page(visit, part, done=done))


def _see_other(address: str) -> Response:
    return RedirectResponse(address, _SEE_OTHER, headers={"cache-control": "no-store"})
