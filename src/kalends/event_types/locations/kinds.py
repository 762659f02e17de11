"""The kinds of location: their names in the API, and in row form (event-types.md 7)."""

from typing import Literal, TypeAlias, get_args

# fmt: off
Integration: TypeAlias = Literal[
    "cal-video", "google-meet", "zoom", "whereby-video", "whatsapp-video", "webex-video", "telegram-video",
    "tandem", "sylaps-video", "skype-video", "sirius-video", "signal-video", "shimmer-video",
    "salesroom-video", "roam-video", "riverside-video", "ping-video", "office365-video", "mirotalk-video",
    "jitsi", "jelly-video", "jelly-conferencing", "huddle", "facetime-video", "element-call-video",
    "eightxeight-video", "discord-video", "demodesk-video", "campfire-video", "around-video",
]
# fmt: on

INTEGRATIONS: tuple[Integration, ...] = get_args(Integration)

ROW_KINDS: dict[str, str] = {
    "address": "inPerson",
    "link": "link",
    "phone": "userPhone",
    "attendeeAddress": "attendeeInPerson",
    "attendeePhone": "phone",
    "attendeeDefined": "somewhereElse",
    "organizersDefaultApp": "conferencing",
}
"""The row form's `type` of each kind of location of the API, but for integrations."""

INTEGRATION_PREFIX = "integrations:"

_IRREGULAR = {
    "cal-video": "daily",
    "google-meet": "google:meet",
    "sirius-video": "sirius_video_video",
    "element-call-video": "element-call_video",
    "huddle": "huddle01",
    "tandem": "tandem",
    "jitsi": "jitsi",
}


_API_KINDS = {row_kind: kind for kind, row_kind in ROW_KINDS.items()}


def api_kind(row_kind: str) -> str:
    """Return what the API calls the row form's `type` of a location; of an integration, its name."""
    return APPS.get(row_kind) or _API_KINDS.get(row_kind, row_kind)


def integration_kind(integration: str) -> str:
    """Return the row form's `type` of an integration, such as `integrations:daily` of `cal-video`."""
    return INTEGRATION_PREFIX + _IRREGULAR.get(integration, integration.replace("-", "_"))


APPS: dict[str, Integration] = {integration_kind(name): name for name in INTEGRATIONS}
"""The integration of each of the row form's `type`s that are one's."""
