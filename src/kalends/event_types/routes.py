"""`/v2/event-types`, version 2024-06-14: the event types of a user."""

import asyncio
from datetime import date
from typing import Annotated, TypeAlias

from fastapi import Depends

from kalends.api.dependencies import CurrentSettings, Reader, Work
from kalends.api.http.operation import Router
from kalends.api.input.fields import EventTypeId
from kalends.api.input.query import Query
from kalends.api.refusals import BoundReached
from kalends.auth.dependencies import Authenticated, CallerIfKnown
from kalends.auth.principal import Permission, Principal
from kalends.event_types import inputs, outputs, service
from kalends.event_types.bounds import Page
from kalends.event_types.dependencies import CurrentBounds
from kalends.event_types.refusals import (
    OF_SETTINGS,
    ChangedSlugTaken,
    EventTypeNotYours,
    EventTypeOfAnotherUser,
    EventTypeOfTeam,
    EventTypeSlugTaken,
    UnknownEventType,
)

router = Router("/v2/event-types", "Event Types", version=date(2024, 6, 14), version_is_required=True)

ReadingCaller: TypeAlias = Annotated[Principal, Depends(Authenticated(Permission.EVENT_TYPE_READ))]
WritingCaller: TypeAlias = Annotated[Principal, Depends(Authenticated(Permission.EVENT_TYPE_WRITE))]


@router.post("", refuses=(BoundReached, EventTypeSlugTaken, *OF_SETTINGS))
async def create_event_type(
    caller: WritingCaller, body: inputs.CreateEventTypeBody, work: Work, bounds: CurrentBounds
) -> outputs.EventTypeOutput:
    """Create an event type."""
    created = await service.create(work, caller.user.id, body.to_changes(), bounds)
    return outputs.event_type_output(created)


@router.get("")
async def list_event_types(
    caller: CallerIfKnown,
    query: Annotated[inputs.EventTypesQuery, Depends(Query(inputs.EventTypesQuery))],
    connection: Reader,
    settings: CurrentSettings,
) -> list[outputs.EventTypeOutput]:
    """List the event types of a user, or the group meeting of several; public.

    With a credential and nobody named: the caller's own, hidden ones too, by `eventSlug` if it is sent.
    `take` and `skip` are ours: a list ends early where the event types have very long forms.
    """
    listing = query.to_listing()
    if listing.is_of_group:
        return [outputs.group_meeting_output(await service.find_group(connection, listing))]
    page = Page(query.take, query.skip, settings.event_types_listed_bytes, query.sort_created_at)
    shown = []
    for one in await service.list_public(connection, listing, page, caller):
        shown.append(outputs.public_event_type_output(one, is_own=service.is_owner(one, caller)))
        # A form may be long, and others wait.
        await asyncio.sleep(0)
    return shown


@router.get("/{eventTypeId}", refuses=(EventTypeNotYours,))
async def get_event_type(
    caller: ReadingCaller, event_type_id: EventTypeId, connection: Reader
) -> outputs.EventTypeOutput:
    """Show an event type of the caller."""
    found = await service.get_for(connection, caller, event_type_id)
    return outputs.event_type_output(found)


@router.patch("/{eventTypeId}", refuses=(BoundReached, EventTypeNotYours, ChangedSlugTaken, *OF_SETTINGS))
async def update_event_type(
    caller: WritingCaller,
    event_type_id: EventTypeId,
    body: inputs.UpdateEventTypeBody,
    work: Work,
    bounds: CurrentBounds,
) -> outputs.EventTypeOutput:
    """Change an event type; what is not sent stays."""
    changed = await service.update(work, caller, event_type_id, body.to_changes(), bounds)
    return outputs.event_type_output(changed)


@router.delete("/{eventTypeId}", refuses=(UnknownEventType, EventTypeOfTeam, EventTypeOfAnotherUser))
async def delete_event_type(
    caller: WritingCaller, event_type_id: EventTypeId, work: Work
) -> outputs.DeletedEventType:
    """Delete an event type; its bookings stay."""
    return outputs.deleted_event_type_output(await service.delete(work, caller, event_type_id))
