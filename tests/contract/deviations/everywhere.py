"""Where the wire is not what the contract document says: what all operations have in common."""

from tests.contract.document import contract_json
from tests.contract.patches import Allow, Deviation, Drop

_ENVELOPES: tuple[Deviation, ...] = tuple(
    Drop(f"schemas {name} properties error", "http-core.md 5: failures have an envelope of their own")
    for name in (
        "CreateManagedUserOutput",
        "GetBookingOutput_2024_08_13",
        "GetBookingsOutput_2024_08_13",
        "GetScheduleOutput_2024_06_11",
        "GetSchedulesOutput_2024_06_11",
        "UpdateScheduleOutput_2024_06_11",
    )
)

_IDEMPOTENCY: tuple[Deviation, ...] = tuple(
    Allow(
        f"paths {path} post parameters",
        {"in": "header", "name": "Idempotency-Key", "schema": {}},
        "ours, on every POST: docs/idempotency.md",
    )
    for path, operations in contract_json()["paths"].items()
    if "post" in operations
)

DEVIATIONS: tuple[Deviation, ...] = (*_ENVELOPES, *_IDEMPOTENCY)
