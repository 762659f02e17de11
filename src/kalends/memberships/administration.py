"""Who changes memberships, and of what."""

from dataclasses import dataclass
from datetime import datetime

from kalends.audit.entry import Author
from kalends.settings import Settings


@dataclass(frozen=True, slots=True)
class Administration:
    """Somebody who changes the memberships of a team, or of an organization, which is one.

    `settings` say whether administrators enrol whom they want on this server, and how people are invited.
    """

    author: Author
    team_id: int
    is_system_admin: bool
    settings: Settings
    now: datetime

    @property
    def asks_consent(self) -> bool:
        """Whether people decide themselves what they are members of."""
        return not self.settings.memberships_without_consent
