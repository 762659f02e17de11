"""What operations on event types ask for."""

from typing import Annotated, TypeAlias

from fastapi import Depends

from kalends.api.dependencies import CurrentSettings
from kalends.event_types.bounds import Bounds


async def _bounds(settings: CurrentSettings) -> Bounds:
    return Bounds(
        settings.event_types_most,
        settings.booking_fields_most,
        settings.field_options_most,
        settings.event_type_hosts_most,
    )


CurrentBounds: TypeAlias = Annotated[Bounds, Depends(_bounds)]
