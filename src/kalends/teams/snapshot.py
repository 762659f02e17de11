"""What the audit log tells of a team."""

from dataclasses import asdict
from typing import Any

from pydantic.alias_generators import to_camel

from kalends.teams.settings import WholeTeam


def snapshot_of(team: WholeTeam) -> dict[str, Any]:
    """Return a team by the names of the API, without what is empty."""
    return {to_camel(name): value for name, value in asdict(team).items() if value not in (None, {})}
