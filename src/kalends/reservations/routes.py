"""`/v2/slots/reservations`, version 2024-09-04."""

from datetime import date
from typing import Annotated, TypeAlias

from fastapi import Depends, Path
from pydantic import BeforeValidator

from kalends.api.dependencies import CurrentSettings, Now, Reader, Work
from kalends.api.http.operation import Router
from kalends.api.input.fields import check_text
from kalends.auth.dependencies import CallerIfKnown, CallerOrNobody
from kalends.reservations import inputs, outputs, service
from kalends.reservations.refusals import (
    OF_SLOT,
    AnonymousDuration,
    AnonymousExtension,
    UnknownReservation,
)
from kalends.reservations.service import Policy

router = Router("/v2/slots/reservations", "Slots", version=date(2024, 9, 4), version_is_required=True)

ReservationUid: TypeAlias = Annotated[str, Path(alias="uid"), BeforeValidator(check_text)]


async def _policy(settings: CurrentSettings) -> Policy:
    return Policy(settings.reservation_longest_minutes, settings.reservations_are_binding)


CurrentPolicy: TypeAlias = Annotated[Policy, Depends(_policy)]


@router.post("", refuses=(AnonymousDuration, *OF_SLOT))
async def reserve_slot(
    caller: CallerOrNobody, body: inputs.ReserveSlotBody, work: Work, now: Now, policy: CurrentPolicy
) -> outputs.ReservedSlot:
    """Keep a slot for a few minutes; public."""
    made = await service.create(work, caller, body.to_command(), now=now, policy=policy)
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
    body: inputs.ReserveSlotBody,
    work: Work,
    now: Now,
    policy: CurrentPolicy,
) -> outputs.ReservedSlot:
    """Move or renew a reservation."""
    renewed = await service.update(
        work, caller, inputs.uid_of(uid), body.to_command(), now=now, policy=policy
    )
    return outputs.reserved_slot_output(renewed, now)


@router.delete("/{uid}")
async def delete_reservation(uid: ReservationUid, work: Work) -> None:
    """Give a reservation up."""
    await service.delete(work, inputs.uid_of(uid))
