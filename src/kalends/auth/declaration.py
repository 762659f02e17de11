"""What an operation demands of its caller, as data that tests compare with the contract."""

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from kalends.auth.principal import NO_PERMISSION, Permission


@dataclass(frozen=True, slots=True)
class Declaration:
    """The guards of an operation, in the words and the order of http-core.md Appendix A.

    `steps` are such as `Auth`, `Org`, `Roles`, `TeamInOrg`, `UserInOrg`; empty for a public operation. `role`
    is the weakest that passes, such as `ORG_ADMIN`; `permissions` are what an OAuth client needs.
    """

    steps: tuple[str, ...] = ()
    role: str | None = None
    permissions: Permission = NO_PERMISSION

    def followed_by(self, step: str) -> "Declaration":
        """Return what an operation with one more guard demands."""
        return replace(self, steps=(*self.steps, step))


@runtime_checkable
class Declaring(Protocol):
    """A dependency that decides who may call; if an operation has several, the one with most steps counts."""

    @property
    def declaration(self) -> Declaration:
        """Return what it demands."""
