"""`/v2/slots/reservations`, version 2024-09-04."""

from datetime import date
from typing import Annotated, TypeAlias

from fastapi import Depends, Path, Request
from pydantic import BeforeValidator

from kalends.api.dependencies import CurrentSettings, Now, Reader, Work
from kalends.api.http.context import context_of
from kalends.api.http.operation import Router
from kalends.api.input.fields import check_text
from kalends.api.limits.rate_limits import network_of
from kalends.auth.dependencies import CallerIfKnown, CallerOrNobody
from kalends.reservations import inputs, outputs, service
from kalends.reservations.refusals import (
    OF_SLOT,
    AnonymousDuration,
    AnonymousExtension,
    UnknownReservation,
)
from kalends.reservations.service import Asker, Policy

router = Router("/v2/slots/reservations", "Slots", version=date(2024, 9, 4), version_is_required=True)

ReservationUid: TypeAlias = Annotated[str, Path(alias="uid"), BeforeValidator(check_text)]


async def _policy(settings: CurrentSettings) -> Policy:
    return Policy(
        longest_minutes=settings.reservation_longest_minutes,
        is_binding=settings.reservations_are_binding,
        strangers_most=settings.binding_reservations_most,
        strangers_most_in_all=settings.binding_reservations_address_most,
        strangers_minutes=settings.binding_reservation_minutes,
    )


async def _network(request: Request) -> str:
    return network_of(context_of(request.scope).client_address)


CurrentPolicy: TypeAlias = Annotated[Policy, Depends(_policy)]
Network: TypeAlias = Annotated[str, Depends(_network)]


@router.post("", refuses=(AnonymousDuration, *OF_SLOT))
async def reserve_slot(
    caller: CallerOrNobody,
    network: Network,
    body: inputs.ReserveSlotBody,
    work: Work,
    now: Now,
    policy: CurrentPolicy,
) -> outputs.ReservedSlot:
    """Reserve a slot for a few minutes; public."""
    asker = Asker(caller, network)
    made = await service.create(work, asker, body.to_command(), now=now, policy=policy)
    return outputs.reserved_slot_output(made, now)


@router.get("/{uid}")
async def get_reservation(uid: ReservationUid, connection: Reader) -> outputs.StoredReservation | None:
    """Show a reservation to whoever knows its uid; null for an unknown one."""
    found = await service.find(connection, inputs.uid_of(uid))
    return None if found is None else outputs.reservation_output(found)


@router.patch("/{uid}", refuses=(UnknownReservation, AnonymousExtension, *OF_SLOT))
async def update_reservation(
    uid: ReservationUid,
    caller: CallerIfKnown,
    network: Network,
    body: inputs.ReserveSlotBody,
    work: Work,
    now: Now,
    policy: CurrentPolicy,
) -> outputs.ReservedSlot:
    """Move or renew a reservation."""
    renewed = await service.replace_slot(
        work, Asker(caller, network), inputs.uid_of(uid), body.to_command(), now=now, policy=policy
    )
    return outputs.reserved_slot_output(renewed, now)


@router.delete("/{uid}")
async def delete_reservation(uid: ReservationUid, work: Work) -> None:
    """Delete a reservation."""
    await service.delete(work, inputs.uid_of(uid))
