"""`/v2/slots`, version 2024-09-04."""

from datetime import date
from typing import Annotated

from fastapi import Depends

from kalends.api.dependencies import CurrentDatabase, CurrentSettings, Now, Reader
from kalends.api.http.answers import EncodedJson
from kalends.api.http.operation import Router
from kalends.api.input.query import Query
from kalends.auth.dependencies import CallerIfKnown
from kalends.event_types.refusals import OF_ADDRESS
from kalends.slots import inputs, outputs, service
from kalends.slots.refusals import (
    DurationNotOffered,
    NotInGroups,
    RangeTooLong,
    TooManySlots,
    UnknownEventTypeId,
)

router = Router("/v2/slots", "Slots", version=date(2024, 9, 4), version_is_required=True)


@router.get("/explain", refuses=(DurationNotOffered, *OF_ADDRESS, UnknownEventTypeId, NotInGroups))
async def explain_slot(
    caller: CallerIfKnown,
    query: Annotated[inputs.ExplainQuery, Depends(Query(inputs.ExplainQuery))],
    connection: Reader,
    now: Now,
) -> outputs.Explanation:
    """Say why a time can or cannot be booked; intervals and sources are for the host or the host's team."""
    caller_id = None if caller is None else caller.user.id
    found = await service.explain(connection, query.to_command(caller_id), now=now)
    is_told_all = await service.may_see_reasons(connection, found.subject, caller)
    reader_id = caller.user.id if caller is not None and is_told_all else None
    return outputs.explanation_output(found, query.time_zone, reader_id=reader_id)


@router.get(
    "", refuses=(RangeTooLong, TooManySlots, DurationNotOffered, *OF_ADDRESS, UnknownEventTypeId, NotInGroups)
)
async def list_slots(
    caller: CallerIfKnown,
    query: Annotated[inputs.SlotsQuery, Depends(Query(inputs.SlotsQuery))],
    database: CurrentDatabase,
    now: Now,
    settings: CurrentSettings,
) -> EncodedJson[dict[str, list[outputs.SlotOutput]]]:
    """List the open slots of an event type, by calendar day; public."""
    command = query.to_command(None if caller is None else caller.user.id)
    async with database.connection() as connection:
        inquiry = await service.read_inquiry(
            connection, command, now=now, longest_days=settings.slots_range_days
        )
    # While this works, others may have the connection.
    found = await service.answer_inquiry(inquiry, most_slots=settings.slots_most)
    return EncodedJson(outputs.slots_json(found, query))
