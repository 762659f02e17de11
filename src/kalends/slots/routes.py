"""`/v2/slots`, version 2024-09-04."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Request, Response

from kalends.api.dependencies import Reader, now_of, reader_of, settings_of
from kalends.api.envelope import raw_success, success
from kalends.api.query import Query
from kalends.api.routing import Router
from kalends.api.wire import Success
from kalends.auth.dependencies import OptionalCaller
from kalends.slots import outputs, schemas, service

router = Router("/v2/slots", "Slots", version=date(2024, 9, 4), version_is_required=True)


@router.get("/explain", response_model=Success[outputs.Explanation])
async def explain_slot(
    caller: OptionalCaller,
    query: Annotated[schemas.ExplainQuery, Depends(Query(schemas.ExplainQuery))],
    connection: Reader,
    request: Request,
) -> Response:
    """Say why a time can or cannot be booked; intervals and sources are for the host or the host's team."""
    found = await service.explain(connection, query.to_command(), now=now_of(request))
    is_told_all = await service.may_see_reasons(connection, found.subject, caller)
    reader_id = caller.user.id if caller is not None and is_told_all else None
    return success(outputs.explanation(found, query.time_zone, reader_id=reader_id))


@router.get("", response_model=Success[dict[str, list[outputs.SlotOutput]]])
async def list_slots(
    query: Annotated[schemas.SlotsQuery, Depends(Query(schemas.SlotsQuery))],
    request: Request,
) -> Response:
    """List the open slots of an event type, by calendar day; public."""
    settings = settings_of(request)
    async with reader_of(request) as connection:
        found = await service.list_slots(
            connection,
            query.to_command(),
            now=now_of(request),
            longest_days=settings.slots_range_days,
            most_slots=settings.slots_most,
        )
    return raw_success(outputs.slots_json(found, query))
