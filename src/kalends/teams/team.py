"""A team, as other domains see it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Team:
    """A team; an organization is one too. `parent_id` is the organization that it is in, if any.

    `week_start` names the day on which its weeks begin.
    """

    id: int
    parent_id: int | None
    name: str
    slug: str | None
    is_organization: bool
    week_start: str
