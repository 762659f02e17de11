"""Which absence a request is about, resolved before its body is looked at."""

from typing import ClassVar

from kalends.access.guards import UserInOrganization, user_in_organization
from kalends.api.dependencies import Reader
from kalends.api.output.errors import DomainError
from kalends.auth.declaration import Declaration
from kalends.out_of_office import service
from kalends.out_of_office.entry import OutOfOfficeEntry
from kalends.out_of_office.inputs import OooId
from kalends.out_of_office.refusals import EntryOfSomebodyElse


class EntryOfUserGuard:
    """Admit ADMINs of an organization to an absence, `{oooId}`, of the user of the path.

    Raises:
        what `UserInOrganizationGuard` raises;
        EntryOfSomebodyElse: it is not this user's, or there is none.
    """

    declaration: ClassVar[Declaration] = user_in_organization.declaration.followed_by("OooOwner")
    refusals: ClassVar[tuple[type[DomainError], ...]] = (
        *user_in_organization.refusals,
        EntryOfSomebodyElse,
    )

    async def __call__(
        self, place: UserInOrganization, entry_id: OooId, connection: Reader
    ) -> OutOfOfficeEntry:
        """Return the absence."""
        return await service.get_for(connection, place.user_id, entry_id)


entry_of_user = EntryOfUserGuard()
