"""Where the wire is not what the contract document says: slots and reservations."""

from tests.contract.deviations.schemas import BOOLEAN, NUMBER, STATUS, STRING, nullable, object_of, ref
from tests.contract.patches import Allow, Deviation, Replace

_SLOT = object_of(
    {
        "end": STRING,
        "seatsBooked": NUMBER,
        "seatsRemaining": NUMBER,
        "seatsTotal": NUMBER,
        "bookingUid": STRING,
    },
    start=STRING,
)

DEVIATIONS: tuple[Deviation, ...] = (
    Replace(
        "schemas Slot", _SLOT, "slots.md 2.4: the document shows strings, or objects without start and seats"
    ),
    Allow("schemas Slot properties slotUid", STRING, "slots.md 2.2: ours, with slotUids=true"),
    Replace(
        "paths /v2/slots get responses 200 content application/json schema",
        object_of(
            status=STATUS,
            data={
                "type": "object",
                "additionalProperties": {"type": "array", "items": ref("Slot")},
            },
        ),
        "slots.md 2.4: the days are in the envelope",
    ),
    *(
        Allow("paths /v2/slots get parameters", {"in": "query", "name": name, "schema": {}}, why)
        for name, why in (
            ("format", "slots.md 2.1: what the document calls slotFormat"),
            ("bookingUidToReschedule", "slots.md 2.1: of later versions"),
            ("slotUids", "slots.md 2.2: ours"),
        )
    ),
    Replace(
        "schemas GetReservedSlotOutput_2024_09_04 properties data",
        nullable(
            object_of(
                eventTypeId=NUMBER,
                slotStart=STRING,
                slotEnd=STRING,
                slotDuration=NUMBER,
                reservationUid=STRING,
                reservationUntil=STRING,
            )
        ),
        "slots.md 3.2: the document refers to itself",
    ),
    Allow("schemas ReserveSlotInput_2024_09_04 properties slotUid", STRING, "slots.md 3.1: ours"),
    *(
        Allow(f"schemas {holder} properties binding", BOOLEAN, "slots.md 3.1: ours")
        for holder in (
            "ReserveSlotInput_2024_09_04",
            "ReserveSlotOutput_2024_09_04",
            "GetReservedSlotOutput_2024_09_04 properties data",
        )
    ),
)
