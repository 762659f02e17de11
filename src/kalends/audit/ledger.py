"""Where an author's commands are written down: in the log of one organization, or of a team in none."""

from dataclasses import dataclass

from kalends.audit import service
from kalends.audit.entry import Author, NewEntry, Snapshot, Subject
from kalends.audit.service import changes_between
from kalends.db.database import UnitOfWork


@dataclass(frozen=True, slots=True)
class Ledger:
    """The log of a place, with the author of what is to be written there."""

    author: Author
    place_id: int

    async def record_created(self, work: UnitOfWork, subject: Subject, after: Snapshot) -> None:
        """Write down that something was made."""
        await self._record(work, NewEntry(self.place_id, subject, "created", after=after))

    async def record_updated(
        self, work: UnitOfWork, subject: Subject, before: Snapshot, after: Snapshot
    ) -> None:
        """Write down what of something differs now; nothing, if nothing does."""
        was, is_now = changes_between(before, after)
        if is_now:
            await self._record(work, NewEntry(self.place_id, subject, "updated", was, is_now))

    async def record_deleted(self, work: UnitOfWork, subject: Subject, before: Snapshot) -> None:
        """Write down that something is no more."""
        await self._record(work, NewEntry(self.place_id, subject, "deleted", before=before))

    async def _record(self, work: UnitOfWork, entry: NewEntry) -> None:
        await service.record(work, self.author, entry)
