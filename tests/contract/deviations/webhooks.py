"""Where the wire is not what the contract document says: webhooks."""

from tests.contract.deviations.schemas import BOOLEAN, NUMBER, STRING, nullable
from tests.contract.document import contract_json
from tests.contract.patches import Allow, Deviation, Replace

_WEBHOOK_OUTPUTS = (
    "UserWebhookOutputDto",
    "EventTypeWebhookOutputDto",
    "TeamWebhookOutputDto",
    "OAuthClientWebhookOutputDto",
)
_WHOLE_WEBHOOK = {
    "teamId": nullable(NUMBER),
    "eventTypeId": nullable(NUMBER),
    "oAuthClientId": nullable(STRING),
    "createdAt": STRING,
    "appId": nullable(STRING),
    "platform": BOOLEAN,
    "time": nullable(NUMBER),
    "timeUnit": nullable(STRING),
    "failingSince": nullable(STRING),
    "disabledReason": nullable(STRING),
}

DEVIATIONS: tuple[Deviation, ...] = (
    *(
        Allow(
            f"schemas {body} properties version",
            {**STRING, "enum": ["2021-10-20"]},
            "webhooks.md 2: of later versions",
        )
        for body in ("CreateWebhookInputDto", "UpdateWebhookInputDto")
    ),
    Replace(
        "schemas UserWebhookOutputDto properties userId",
        nullable(NUMBER),
        "webhooks.md 3.1: null when a system admin looks at one of another scope",
    ),
    *(
        Replace(
            f"schemas {output} properties {name}", schema, "webhooks.md 2 and trap 1: what is really sent"
        )
        for output in _WEBHOOK_OUTPUTS
        for name, schema in (
            ("id", STRING),
            ("payloadTemplate", nullable(STRING)),
            ("secret", nullable(STRING)),
            ("triggers", {"type": "array", "items": STRING}),
        )
    ),
    *(
        Allow(
            f"schemas UserWebhookOutputDto properties {name}", schema, "webhooks.md 2: the single get has all"
        )
        for name, schema in _WHOLE_WEBHOOK.items()
    ),
    *(
        Replace(
            f"schemas {body} properties {name}", schema, "webhooks.md 2: an array of triggers; null is taken"
        )
        for body in ("CreateWebhookInputDto", "UpdateWebhookInputDto")
        for name, schema in (
            (
                "triggers",
                {
                    "type": "array",
                    "items": {
                        "type": "string",
                        "enum": contract_json()["schemas"]["CreateWebhookInputDto"]["properties"]["triggers"][
                            "enum"
                        ],
                    },
                },
            ),
            ("payloadTemplate", nullable(STRING)),
            ("secret", nullable(STRING)),
        )
    ),
)
