"""The rules of absences (schedules.md 6)."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import errors

from kalends.access.refusals import UserNotInOrganization
from kalends.api.input.changes import UNSET
from kalends.api.refusals import BoundReached
from kalends.audit.entry import Subject
from kalends.audit.ledger import Ledger
from kalends.db.database import Connection, UnitOfWork
from kalends.db.locks import lock_stand_ins
from kalends.out_of_office import fact, queries
from kalends.out_of_office.entry import (
    ListEntries,
    NewOutOfOfficeEntry,
    OutOfOfficeChanges,
    OutOfOfficeEntry,
)
from kalends.out_of_office.refusals import (
    AwayAlready,
    EndsBeforeStart,
    EntryOfSomebodyElse,
    OneDateOnly,
    StandInOfElsewhere,
    StandInsInCircle,
    StandsInForThemselves,
)
from kalends.out_of_office.stand_ins import Redirect, leads_back
from kalends.outbox import service as outbox
from kalends.outbox.fact import Fact
from kalends.outbox.fact import Subject as FactSubject

_SUBJECT = "out_of_office"


@dataclass(frozen=True, slots=True)
class Registrar:
    """Somebody who writes down for an organization, whose log is `ledger`, when a user is out of office."""

    ledger: Ledger
    user_id: int
    now: datetime

    @property
    def organization_id(self) -> int:
        """The organization."""
        return self.ledger.place_id


async def get_for(connection: Connection, user_id: int, entry_id: int) -> OutOfOfficeEntry:
    """Return an absence of a user.

    Raises:
        EntryOfSomebodyElse: the user has none with this id.
    """
    entry = await queries.find_entry(connection, entry_id, user_id)
    if entry is None:
        raise EntryOfSomebodyElse(entry_id, user_id)
    return entry


async def list_of_user(connection: Connection, user_id: int, wanted: ListEntries) -> list[OutOfOfficeEntry]:
    """Return absences of a user, by id unless another order is asked for."""
    return await queries.list_of_user(connection, user_id, wanted)


async def list_of_organization(
    connection: Connection, organization_id: int, wanted: ListEntries
) -> list[OutOfOfficeEntry]:
    """Return absences of all whom an organization knows, by id unless another order is asked for."""
    return await queries.list_of_organization(connection, organization_id, wanted)


async def create(
    work: UnitOfWork, registrar: Registrar, new: NewOutOfOfficeEntry, *, most: int
) -> OutOfOfficeEntry:
    """Write an absence down, where the organization is held.

    Raises:
        UserNotInOrganization: it no longer knows the user.
        EndsBeforeStart, StandInsInCircle, AwayAlready, StandsInForThemselves, StandInOfElsewhere: see there.
        BoundReached: the user has `most` already.
    """
    await _require_known(work, registrar)
    await _check(work, registrar.user_id, new)
    try:
        entry, before = await queries.insert_entry(work, registrar.user_id, new)
    except errors.UniqueViolation as error:
        raise AwayAlready from error
    if before >= most:
        raise BoundReached("start", most, "out of office entries of a user; delete one first")
    await registrar.ledger.record_created(work, _subject(entry), entry.snapshot)
    await _tell(work, registrar, entry)
    return entry


async def update(
    work: UnitOfWork, registrar: Registrar, entry_id: int, changes: OutOfOfficeChanges
) -> OutOfOfficeEntry:
    """Change an absence, where the organization is held; what the changes do not say stays.

    Raises:
        UserNotInOrganization: it no longer knows the user.
        EntryOfSomebodyElse: the absence was deleted meanwhile.
        OneDateOnly: one date is to change without the other.
        EndsBeforeStart, StandInsInCircle, AwayAlready, StandsInForThemselves, StandInOfElsewhere: see there.
        psycopg.errors.UniqueViolation: another organization wrote down the same dates at the same time.
    """
    before = await _lock(work, registrar, entry_id)
    if changes.says_one_date:
        raise OneDateOnly
    if not changes.said:
        return before
    wanted = changes.applied_to(before)
    await _check(
        work,
        registrar.user_id,
        NewOutOfOfficeEntry(wanted.start_date, wanted.end_date, wanted.notes, wanted.to_user_id),
        has_new_dates=changes.says_dates,
        has_new_stand_in=changes.to_user_id is not UNSET,
    )
    await queries.update_entry(work, entry_id, changes)
    await registrar.ledger.record_updated(work, _subject(before), before.snapshot, wanted.snapshot)
    return wanted


async def delete(work: UnitOfWork, registrar: Registrar, entry_id: int) -> OutOfOfficeEntry:
    """Delete an absence, where the organization is held, and return it.

    Raises:
        UserNotInOrganization: it no longer knows the user.
        EntryOfSomebodyElse: the absence was deleted meanwhile.
    """
    entry = await _lock(work, registrar, entry_id)
    await queries.delete_entry(work, entry_id)
    await registrar.ledger.record_deleted(work, _subject(entry), entry.snapshot)
    return entry


async def _require_known(work: UnitOfWork, registrar: Registrar) -> None:
    if not await queries.is_known(work, registrar.user_id, registrar.organization_id):
        raise UserNotInOrganization(registrar.user_id, registrar.organization_id)


async def _lock(work: UnitOfWork, registrar: Registrar, entry_id: int) -> OutOfOfficeEntry:
    await _require_known(work, registrar)
    await queries.lock_entry(work, entry_id)
    return await get_for(work.connection, registrar.user_id, entry_id)


async def _check(
    work: UnitOfWork,
    user_id: int,
    wanted: NewOutOfOfficeEntry,
    *,
    has_new_dates: bool = True,
    has_new_stand_in: bool = True,
) -> None:
    """Check an absence as it would be, in the order of schedules.md 6.3."""
    to_user_id = wanted.to_user_id
    if has_new_dates and wanted.end_date < wanted.start_date:
        raise EndsBeforeStart
    if to_user_id is not None and to_user_id != user_id and (has_new_dates or has_new_stand_in):
        await lock_stand_ins(work)
        redirect = Redirect(user_id, to_user_id, wanted.start_date, wanted.end_date)
        if leads_back(redirect, await queries.list_redirects(work, redirect)):
            raise StandInsInCircle(user_id, to_user_id)
    if has_new_dates and await queries.has_entry(work, user_id, wanted.start_date, wanted.end_date):
        raise AwayAlready
    if to_user_id is not None and has_new_stand_in:
        if to_user_id == user_id:
            raise StandsInForThemselves
        if not await queries.may_stand_in(work, to_user_id, user_id):
            raise StandInOfElsewhere(to_user_id)


def _subject(entry: OutOfOfficeEntry) -> Subject:
    return Subject(_SUBJECT, entry.id)


async def _tell(work: UnitOfWork, registrar: Registrar, entry: OutOfOfficeEntry) -> None:
    people = await queries.list_people(work, entry)
    to_user = None if entry.to_user_id is None else people.get(entry.to_user_id)
    told = fact.fact_of(entry, people[entry.user_id], to_user, registrar.now)
    await outbox.record(
        work,
        [
            Fact(
                fact.CREATED,
                FactSubject(_SUBJECT, entry.id),
                event_type_id=None,
                user_id=entry.user_id,
                organization_id=registrar.organization_id,
                ordering_key=f"{_SUBJECT}:{entry.id}",
                payload=fact.encode(told),
            )
        ],
    )
