"""What the pages are sent: who visits, by the link's query or by a form, and what they want."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, TypeAlias

from fastapi import Depends, Path, Request

from kalends.api.dependencies import CurrentSettings, Now, Reader
from kalends.api.http.body import parse_fields, read_form
from kalends.api.http.context import context_of
from kalends.api.input.time_zones import canonical_time_zone
from kalends.security.secret import signing_key
from kalends.settings import Settings
from kalends.web.month import FIRST_YEAR, LAST_YEAR
from kalends.web.refusals import MalformedDate, ReasonTooLong, TimeNotChosen, UnknownPageZone
from kalends.web.views import LONGEST_REASON, START_FORMAT, TimeChoice
from kalends.web.visit import Arrival, Visit, arrive

PageUid: TypeAlias = Annotated[str, Path(alias="bookingUid")]
Fields: TypeAlias = Mapping[str, str]


async def _query(request: Request) -> Fields:
    return parse_fields(request.scope["query_string"], name="query")


async def _form(request: Request) -> Fields:
    context = context_of(request.scope)
    if context.form is None:
        # A command that has to wait for others begins anew, and what is sent can be read once.
        context.form = await read_form(request.headers, request.receive)
    return context.form


PageQuery: TypeAlias = Annotated[Fields, Depends(_query)]
PageForm: TypeAlias = Annotated[Fields, Depends(_form)]


async def _arrival_by_query(query: PageQuery, uid: PageUid, settings: CurrentSettings, now: Now) -> Arrival:
    return _arrival(query, uid, settings, now)


async def _arrival_by_form(form: PageForm, uid: PageUid, settings: CurrentSettings, now: Now) -> Arrival:
    return _arrival(form, uid, settings, now)


QueryArrival: TypeAlias = Annotated[Arrival, Depends(_arrival_by_query)]
FormArrival: TypeAlias = Annotated[Arrival, Depends(_arrival_by_form)]


async def _visit_by_form(arrival: FormArrival, connection: Reader) -> Visit:
    return await arrive(connection, arrival)


async def _choice(query: PageQuery) -> TimeChoice:
    return choice_of(query)


FormVisit: TypeAlias = Annotated[Visit, Depends(_visit_by_form)]
QueryChoice: TypeAlias = Annotated[TimeChoice, Depends(_choice)]


def choice_of(query: Fields) -> TimeChoice:
    """Return the month and the day that are asked for; each may be left out.

    Raises:
        MalformedDate: they are no dates, or in years that no page shows.
    """
    day, month = query.get("day"), query.get("month")
    try:
        return TimeChoice(
            month=_within_years(date.fromisoformat(f"{month}-01")) if month else None,
            day=_within_years(date.fromisoformat(day)) if day else None,
        )
    except ValueError as error:
        raise MalformedDate from error


def start_of(form: Fields) -> datetime:
    """Return the time that was chosen.

    Raises:
        TimeNotChosen: none was.
    """
    try:
        start = datetime.strptime(form.get("start", ""), START_FORMAT).replace(tzinfo=UTC)
        _within_years(start.date())
    except ValueError as error:
        raise TimeNotChosen from error
    return start


def reason_of(form: Fields) -> str | None:
    """Return the reason that was given, if any.

    Raises:
        ReasonTooLong: it is.
    """
    reason = form.get("reason", "").strip()
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong
    return reason or None


def _arrival(fields: Fields, booking_uid: str, settings: Settings, now: datetime) -> Arrival:
    zone = fields.get("zone", "")
    canonical = canonical_time_zone(zone)
    if zone and canonical is None:
        raise UnknownPageZone(zone)
    return Arrival(
        booking_uid=booking_uid,
        token=fields.get("token", ""),
        zone=canonical,
        key=signing_key(settings),
        now=now,
    )


def _within_years(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError
    return day
