"""Which attendances take time: set for every session, so that no two statements go by different rules."""

from typing import Literal, LiteralString, TypeAlias

AttendingBlocks: TypeAlias = Literal["own", "bookers", "all", "none"]

# The standings of attendees that count; none is a part of another.
_COUNTED = {"own": "own", "bookers": "own,booker", "all": "own,booker,guest", "none": "none"}

COUNTED: LiteralString = "current_setting('kalends.busy', true)"

TAKES_TIME: LiteralString = f"strpos({COUNTED}, a.standing) > 0"
"""Whether the attendance `a` does; in a session that was not opened by `Database` none does."""


def session_option(blocks: AttendingBlocks) -> str:
    """Return the option that sets the rule for a session."""
    return f" -c kalends.busy={_COUNTED[blocks]}"
