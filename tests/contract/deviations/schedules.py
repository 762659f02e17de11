"""Where the wire is not what the contract document says: schedules."""

from tests.contract.deviations.schemas import NUMBER, nullable, ref
from tests.contract.patches import Deviation, Replace

DEVIATIONS: tuple[Deviation, ...] = (
    Replace(
        "schemas GetDefaultScheduleOutput_2024_06_11 properties data",
        nullable(ref("ScheduleOutput_2024_06_11")),
        "schedules.md 3.2: null without a default schedule",
    ),
    Replace(
        "paths /v2/schedules/{scheduleId} patch parameters scheduleId schema",
        NUMBER,
        "schedules.md 11 no. 5: ids are numbers, everything else is 400",
    ),
)
