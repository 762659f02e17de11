"""Where the wire is not what the contract document says: the caller's own account."""

from tests.contract.deviations.schemas import STRING, nullable
from tests.contract.patches import Allow, Deviation

_OUTPUT = "schemas MeOutput"

DEVIATIONS: tuple[Deviation, ...] = (
    *(
        Allow(f"{_OUTPUT} properties {name}", nullable(STRING), "platform.md 6: of later versions")
        for name in ("name", "bio", "avatarUrl")
    ),
    Allow(f"{_OUTPUT} properties locale", nullable(STRING), "platform.md 6: ours"),
    Allow(f"{_OUTPUT} properties metadata", {"type": "object"}, "platform.md 6: ours"),
)
