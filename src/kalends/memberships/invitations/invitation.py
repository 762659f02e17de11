"""An invitation to a team or an organization: what is mailed of a membership that others have made."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation with what its mail and its page tell.

    `email` is where it was mailed to, `address` what the account has now. `is_verified`: that address is
    proven. `has_key`: the account has an API key. `was_made_for` says that an organization made the account
    for this membership.
    """

    id: UUID
    membership_id: int
    team_id: int
    team_name: str
    is_organization: bool
    parent_id: int | None
    user_id: int
    email: str
    address: str
    name: str | None
    locale: str | None
    time_zone: str
    time_format: int
    is_verified: bool
    has_key: bool
    was_made_for: bool
    inviter: str | None
    accepted_at: datetime | None
    expires_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Tell whether it can be accepted: in time, not yet, and by the account that it was mailed to."""
        is_theirs = self.email.lower() == self.address.lower()
        return self.accepted_at is None and now < self.expires_at and is_theirs

    @property
    def may_be_mailed(self) -> bool:
        """Whether the address is the account's for sure.

        Somebody may have typed an address that is another person's, whose acceptance would prove it theirs.
        """
        return self.is_verified or (self.was_made_for and not self.has_key)
