"""Who changes memberships, and of what."""

from dataclasses import dataclass

from kalends.audit.entry import Author


@dataclass(frozen=True, slots=True)
class Administration:
    """Somebody who changes the memberships of a team, or of an organization, which is one.

    `asks_consent` false: on this server administrators enrol whom they want.
    """

    author: Author
    team_id: int
    is_system_admin: bool
    asks_consent: bool
