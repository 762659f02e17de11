"""Every place that reads the address of an account, and what for: where it decides, it is the proven one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "kalends"

# In SQL: a column of users. In Python: an attribute of an account, under the names that accounts have here.
_READS = re.compile(
    r"\b(?:u|users|user|account|actor|caller\.user|organizer|owner|host)\.(?:email|verified_email|pending_email)\b"
    r"|\bemail_verified_at\b|\bpending_email\b"
)

SHOWS = "shows or mails the address that counts, and decides nothing"
HOLDS = "holds or declares it"
PROVES = "goes by what is proven"
MAKES = "lets an address become proven, or wait"
HOST = "goes by a credential or a link; the address is only what the host is called"
FINDS = "finds an account for its operator or organization, the proven one first"

PLACES = {
    "accounts/address_request.py": MAKES,
    "accounts/claims.py": MAKES,
    "accounts/deletion.py": SHOWS,
    "accounts/outputs.py": "shows the holder, and nobody else, the address that waits",
    "accounts/owned_account.py": HOLDS,
    "accounts/queries.py": f"{MAKES}; {FINDS}",
    "accounts/service.py": f"{MAKES}; {FINDS}",
    "accounts/user.py": HOLDS,
    "api/limits/mails.py": PROVES,
    "audit/authorship.py": SHOWS,
    "auth/queries.py": SHOWS,
    "bookings/access.py": PROVES,
    "bookings/actors.py": PROVES,
    "bookings/draft/draft.py": PROVES,
    "bookings/facts/snapshots.py": SHOWS,
    "bookings/permissions/bookers.py": PROVES,
    "bookings/sql/listing.py": PROVES,
    "bookings/sql/reads.py": PROVES,
    "bookings/sql/walk.py": PROVES,
    "bookings/wire/outputs.py": SHOWS,
    "cli/accounts.py": SHOWS,
    "cli/serve.py": SHOWS,
    "memberships/invitations/sql.py": PROVES,
    "models/accounts.py": HOLDS,
    "notifications/content/rows.py": SHOWS,
    "notifications/content/writing.py": SHOWS,
    "notifications/invitations/invitation.py": SHOWS,
    "notifications/plan.py": SHOWS,
    "notifications/queries.py": PROVES,
    "organizations/users/commands/update.py": MAKES,
    "organizations/users/outputs.py": SHOWS,
    "organizations/users/sql.py": FINDS,
    "out_of_office/queries.py": FINDS,
    "platform/consent/sql.py": PROVES,
    "platform/users/outputs.py": SHOWS,
    "platform/users/sql.py": PROVES,
    "slots/statements.py": PROVES,
    "web/content.py": SHOWS,
    "web/links/confirmation.py": SHOWS,
    "web/routes.py": HOST,
    "webhooks/payloads/meeting.py": SHOWS,
    "webhooks/payloads/parts.py": SHOWS,
}
"""Whoever adds a place says here what it does with the address; tests/accounts/test_authority.py tries it."""


def reading() -> Iterator[str]:
    """Yield the files that read an address of an account."""
    for file in sorted(SOURCE.rglob("*.py")):
        name = file.relative_to(SOURCE).as_posix()
        if not name.startswith("db/migrations/") and _READS.search(file.read_text(encoding="utf-8")):
            yield name


def test_every_place_that_reads_an_address_is_known() -> None:
    assert list(reading()) == sorted(PLACES)


@pytest.mark.parametrize("name", [name for name, does in PLACES.items() if does == PROVES])
def test_what_goes_by_an_address_asks_whether_it_is_proven(name: str) -> None:
    text = (SOURCE / name).read_text(encoding="utf-8")
    assert re.search(r"verified_email|email_verified_at", text)


@pytest.mark.parametrize(
    "line",
    [
        "WHERE a.address = lower(u.email)",
        "if caller.user.email == email:",
        "user.verified_email",
        "actor.email",
    ],
)
def test_a_read_of_an_address_is_found(line: str) -> None:
    assert _READS.search(line)


@pytest.mark.parametrize("line", ["attendee.email", "mail.recipient", "a.email = %(attendee_email)s"])
def test_what_reads_no_address_of_an_account_is_not_found(line: str) -> None:
    assert not _READS.search(line)
