"""A team, as the other domains know it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Team:
    """A team; an organization is one too. `parent_id` is the organization that it is in, None: in none.

    `week_start` names the day on which its weeks begin.
    """

    id: int
    parent_id: int | None
    name: str
    slug: str | None
    is_organization: bool
    week_start: str
