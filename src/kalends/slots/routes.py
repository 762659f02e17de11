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
from kalends.event_types import service as event_types
from kalends.slots import outputs, schemas, service

router = Router("/v2/slots", "Slots", version=date(2024, 9, 4), version_is_required=True)


@router.get("/explain", response_model=Success[outputs.Explanation])
async def explain_slot(
    caller: OptionalCaller,
    query: Annotated[schemas.ExplainQuery, Depends(Query(schemas.ExplainQuery))],
    connection: Reader,
    request: Request,
) -> Response:
    """Say why a time can or cannot be booked; intervals and sources are for the host only."""
    found = await service.explain(connection, query.to_command(), now=now_of(request))
    is_authorised = found.event_type is not None and event_types.is_owner(found.event_type, caller)
    return success(outputs.explanation(found, query.time_zone, is_authorised=is_authorised))


@router.get("", response_model=Success[dict[str, list[outputs.SlotOutput]]])
async def list_slots(
    query: Annotated[schemas.SlotsQuery, Depends(Query(schemas.SlotsQuery))],
    request: Request,
) -> Response:
    """List the open slots of an event type, by calendar day; public."""
    async with reader_of(request) as connection:
        found = await service.list_slots(
            connection,
            query.to_command(),
            now=now_of(request),
            longest_days=settings_of(request).slots_range_days,
        )
    return raw_success(outputs.slots_json(found, query))
