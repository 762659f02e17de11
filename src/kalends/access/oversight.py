"""What an organization's ADMINs do with what is its own or its users': while they are its ADMINs, and logged.

The same operations on somebody's own things need neither; there the dependency yields None.
"""

from dataclasses import dataclass
from typing import ClassVar

from kalends.access.guards import OrganizationAdmin
from kalends.access.locked_places import lock_place
from kalends.access.place import Place
from kalends.access.refusals import RoleChanged
from kalends.api.output.errors import Refusals
from kalends.audit.authorship import RequestAuthor
from kalends.audit.entry import Author
from kalends.audit.ledger import Ledger
from kalends.db.database import UnitOfWork


@dataclass(frozen=True, slots=True)
class Oversight:
    """An ADMIN of an organization, about to change something there."""

    place: Place
    author: Author


class OrganizationOversight:
    """Tell who oversees what is changed at a place of an organization.

    Raises:
        RoleChanged: the caller's role is not what it was when the guard let them in.
    """

    refusals: ClassVar[Refusals] = (RoleChanged,)

    async def __call__(self, place: OrganizationAdmin, author: RequestAuthor) -> Oversight | None:
        """Return the ADMIN."""
        return Oversight(place, author)


organization_oversight = OrganizationOversight()


async def no_oversight() -> Oversight | None:
    """Return None: people change what is their own."""
    return None


async def open_ledger(work: UnitOfWork, oversight: Oversight | None) -> Ledger | None:
    """Lock the organization until this command ends, and return where the command is to be written down.

    Raises:
        RoleChanged: the caller's role is not what it was when the guard let them in.
    """
    if oversight is None:
        return None
    await lock_place(work, oversight.place)
    return Ledger(oversight.author, oversight.place.organization_id)
