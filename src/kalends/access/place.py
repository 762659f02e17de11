"""Where a request stands, resolved and permitted before its body is looked at."""

from dataclasses import dataclass

from kalends.auth.principal import Principal
from kalends.memberships.membership import Role


@dataclass(frozen=True, slots=True)
class Standing:
    """An organization or a team, and the caller's role there; None without an accepted membership."""

    id: int
    role: Role | None
    is_platform: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a request, as far as its path names one.

    `user_id` is whose things the request is about: the user of the path, else the caller. `membership_id` and
    `client_id` are those of the path.
    """

    caller: Principal
    user_id: int
    organization: Standing | None = None
    team: Standing | None = None
    membership_id: int | None = None
    client_id: str | None = None

    @property
    def organization_id(self) -> int:
        """Return the id of the organization.

        Raises:
            LookupError: the guard of the operation resolves none, which is a defect of ours.
        """
        return _id_of(self.organization)

    @property
    def team_id(self) -> int:
        """Return the id of the team, or of the organization that a path names as one.

        Raises:
            LookupError: the guard of the operation resolves none, which is a defect of ours.
        """
        return _id_of(self.team)

    @property
    def own_id(self) -> int:
        """Return the id of what the path names last, the team or else the organization, which is one too.

        Raises:
            LookupError: the guard of the operation resolves none, which is a defect of ours.
        """
        return _id_of(self.organization if self.team is None else self.team)

    @property
    def ruler_id(self) -> int | None:
        """Return the caller's id if they need a role in a team of the organization; None: they need none."""
        role = None if self.organization is None else self.organization.role
        is_ruler = role is not None and role.is_at_least(Role.ADMIN)
        return None if is_ruler or self.caller.user.is_system_admin else self.caller.user.id

    @property
    def known_membership_id(self) -> int:
        """Return the id of the membership of the path.

        Raises:
            LookupError: the guard of the operation resolves none, which is a defect of ours.
        """
        if self.membership_id is None:
            raise LookupError("the guard of this operation does not resolve what its handler asks for")
        return self.membership_id

    @property
    def is_administered(self) -> bool:
        """Whether the caller is at least an ADMIN of what the path names last, or of their platform."""
        return self.own_role is not None and self.own_role.is_at_least(Role.ADMIN)

    @property
    def own_role(self) -> Role | None:
        """Return the caller's role in what the path names last, or in their platform."""
        standing = self.organization if self.team is None else self.team
        return None if standing is None else standing.role

    @property
    def known_client_id(self) -> str:
        """Return the id of the OAuth client of the path.

        Raises:
            LookupError: the guard of the operation resolves none, which is a defect of ours.
        """
        if self.client_id is None:
            raise LookupError("the guard of this operation does not resolve what its handler asks for")
        return self.client_id


def _id_of(standing: Standing | None) -> int:
    if standing is None:
        raise LookupError("the guard of this operation does not resolve what its handler asks for")
    return standing.id
