"""Where the wire is not what the contract document says: event types of teams."""

from typing import get_args

from kalends.api.input.locales import Locale
from tests.contract.deviations.event_types import BOOKER_LIMIT, OF_LATER_VERSIONS
from tests.contract.deviations.schemas import BOOLEAN, NUMBER, STRING, nullable, object_of
from tests.contract.patches import Allow, Deviation, Replace

_OUTPUT = "schemas TeamEventTypeOutput_2024_06_14"
_INPUTS = tuple(f"schemas {action}TeamEventTypeInput_2024_06_14" for action in ("Create", "Update"))
_OF_HOSTS = {"weight": nullable(NUMBER), "scheduleId": nullable(NUMBER)}
_EMPTY_PARTS_OF_TEAMS = ("slug", "bannerUrl", "logoUrl", "brandColor", "darkBrandColor", "theme")

DEVIATIONS: tuple[Deviation, ...] = (
    *(
        Allow(f"{schema} properties {name}", shape, "event-types.md 1.4: of later versions")
        for schema in (_OUTPUT, *_INPUTS)
        for name, shape in {**OF_LATER_VERSIONS, "rescheduleWithSameRoundRobinHost": BOOLEAN}.items()
        if schema != _OUTPUT or name != "bookerActiveBookingsLimit"
    ),
    Allow(
        f"{_OUTPUT} properties bookerActiveBookingsLimit",
        BOOKER_LIMIT,
        "event-types.md 1.4: of later versions",
    ),
    Allow(f"{_OUTPUT} properties interfaceLanguage", STRING, "event-types.md 1.4: shown only when set"),
    *(
        deviation
        for body in _INPUTS
        for deviation in (
            Allow(
                f"{body} properties interfaceLanguage",
                {**STRING, "enum": [*get_args(Locale), ""]},
                "event-types.md 1.4: of later versions",
            ),
            Allow(
                f"{body} properties bookingFields items oneOf",
                object_of(type=STRING, slug=STRING),
                "event-types.md 1.4: the location field, as answers show it",
            ),
        )
    ),
    *(
        Allow(f"schemas {schema} properties {name}", shape, "event-types.md 9: ours")
        for schema in ("Host", "TeamEventTypeResponseHost")
        for name, shape in _OF_HOSTS.items()
    ),
    Allow(
        f"{_INPUTS[1]} properties schedulingType",
        {"type": "string", "enum": ["collective", "roundRobin", "managed"]},
        "event-types.md 1.4: what is shown can be written back; it never changes",
    ),
    *(
        Replace(
            f"schemas EventTypeTeam properties {name}",
            nullable(STRING),
            "event-types.md 12.2: nulls are kept",
        )
        for name in _EMPTY_PARTS_OF_TEAMS
    ),
    Replace(
        "schemas EventTypeTeam properties id",
        nullable(NUMBER),
        "event-types.md 10: null for managed children",
    ),
    *(
        Allow(
            f"paths /v2/{path}/event-types get parameters",
            {"in": "query", "name": name, "schema": {}},
            "event-types.md 3.2: ours, or of later versions; lists are bounded and ordered",
        )
        for path in ("teams/{teamId}", "organizations/{orgId}/teams/{teamId}", "organizations/{orgId}/teams")
        for name in ("take", "skip", "sortCreatedAt")
        if (path, name)
        not in {("organizations/{orgId}/teams", "take"), ("organizations/{orgId}/teams", "skip")}
    ),
)
