"""A mail server that is away costs no mail, however long it takes within five days, and is told of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from kalends.app import Api
from kalends.notifications import service as notifications
from kalends.notifications.delivery import PATIENCE, send_due
from kalends.notifications.mail import Mail, State
from kalends.notifications.queue import MAILS
from tests.conftest import Clock
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.client import Client, Guest, Host

ANA, BO = "ana@example.com", "bo@example.com"
LATE = "2050-09-26T10:00:00Z"
"""A start that the longest outage of these tests does not reach."""


async def _retries(office: Office, clock: Clock, until: datetime) -> list[timedelta]:
    """Let the worker try whenever mails are due until an instant; return the waits between."""
    waits: list[timedelta] = []
    while True:
        due = min((mail.next_attempt_at for mail in await office.log() if mail.next_attempt_at), default=None)
        if due is None or due > until:
            return waits
        waits.append(due - clock())
        clock.advance(due - clock())
        await office.sends()


def _states(mails: Sequence[Mail]) -> set[State]:
    return {mail.state for mail in mails}


async def test_an_outage_of_almost_five_days_uses_up_no_attempt(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await mailbox.stop()
    await guest.books(await ana.creates_event_type(), LATE)
    began = clock()
    await office.works()
    waits = await _retries(office, clock, began + PATIENCE - timedelta(minutes=20))
    assert waits[:6] == [timedelta(minutes=minutes) for minutes in (1, 1, 2, 4, 8, 15)]
    assert set(waits[6:]) == {timedelta(minutes=15)}
    assert {(mail.state, mail.attempts) for mail in await office.log()} == {(State.QUEUED, 0)}
    await mailbox.start()
    clock.advance(timedelta(minutes=15))
    await office.sends()
    assert mailbox.recipients == [ANA, BO]
    assert {(mail.state, mail.attempts) for mail in await office.log()} == {(State.SENT, 1)}


async def test_mails_are_given_up_after_five_days_of_outage_and_can_be_sent_again(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await mailbox.stop()
    await guest.books(await ana.creates_event_type(), LATE)
    began = clock()
    await office.works()
    await _retries(office, clock, began + timedelta(days=10))
    assert timedelta(0) <= clock() - began - PATIENCE <= timedelta(minutes=15)
    log = await office.log()
    assert _states(log) == {State.FAILED}
    assert all("127.0.0.1" in (mail.last_error or "") for mail in log)
    await mailbox.start()
    async with office.database.transaction() as work:
        for mail in log:
            await notifications.send_again(work, mail.id, now=clock())
    await office.sends()
    assert mailbox.recipients == [ANA, BO]


async def test_what_waits_leaves_as_soon_as_a_mail_finds_the_server_there_again(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    event_type = await ana.creates_event_type()
    await mailbox.stop()
    first = await guest.books(event_type, LATE)
    await office.works()
    await _retries(office, clock, clock() + timedelta(hours=1))
    await mailbox.start()
    second = await guest.books(event_type, "2050-09-27T10:00:00Z")
    await office.works()
    assert [mail.state for mail in await office.log(first["uid"])] == [State.SENT, State.SENT]
    assert [mail.state for mail in await office.log(second["uid"])] == [State.SENT, State.SENT]


async def test_refusals_after_an_outage_have_all_their_attempts(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await mailbox.stop()
    booking = await guest.books(await ana.creates_event_type(), LATE)
    await office.works()
    await _retries(office, clock, clock() + timedelta(days=2))
    await mailbox.start()
    mailbox.refusals[BO] = "450 4.2.0 try again later"
    clock.advance(timedelta(minutes=15))
    await office.sends()
    [_, mail] = await office.log(booking["uid"])
    assert (mail.state, mail.attempts) == (State.QUEUED, 1)
    for retry in MAILS.retries:
        clock.advance(retry)
        await office.sends()
    [_, mail] = await office.log(booking["uid"])
    assert (mail.state, mail.attempts) == (State.FAILED, 7)


async def test_of_a_booking_cancelled_during_an_outage_only_the_cancellation_is_told(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await mailbox.stop()
    booking = await guest.books(await ana.creates_event_type(), LATE)
    await office.works()
    await _retries(office, clock, clock() + timedelta(days=1))
    await guest.cancels(booking, "ill")
    await office.works()
    await mailbox.start()
    clock.advance(timedelta(minutes=15))
    await office.sends()
    assert [mail.subject.partition(":")[0] for mail in mailbox.received] == ["Cancelled", "Cancelled"]


@pytest.mark.parametrize("url", ["smtp://no-such-host.invalid:25", "smtps://127.0.0.1:{port}"])
async def test_a_name_that_is_not_known_and_a_failed_handshake_are_outages_too(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock, url: str
) -> None:
    office.configures(smtp_url=SecretStr(url.format(port=mailbox.port)))
    await guest.books(await ana.creates_event_type(), LATE)
    await office.works()
    assert {(mail.state, mail.attempts) for mail in await office.log()} == {(State.QUEUED, 0)}


async def test_a_folder_that_cannot_be_written_uses_up_no_attempt(
    ana: Host, guest: Guest, office: Office, tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "mail").touch()
    settings = office.settings.model_copy(update={"smtp_url": None, "data_dir": tmp_path})
    await guest.books(await ana.creates_event_type(), LATE)
    await office.notes()
    assert await send_due(office.database, settings, clock()) == 0
    assert {(mail.state, mail.attempts) for mail in await office.log()} == {(State.QUEUED, 0)}
    (tmp_path / "mail").unlink()
    clock.advance(timedelta(minutes=1))
    assert await send_due(office.database, settings, clock()) == 2


async def test_metrics_tell_for_how_long_the_mail_server_has_been_away(
    api: Api, ana: Host, guest: Guest, client: Client, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await mailbox.stop()
    await guest.books(await ana.creates_event_type(), LATE)
    await office.works()
    clock.advance(timedelta(minutes=1))
    api.runtime.metrics_page.forget()
    assert _away_seconds(await client.get("/metrics")) == 60
    await mailbox.start()
    await office.sends()
    api.runtime.metrics_page.forget()
    answer = await client.get("/metrics")
    assert _away_seconds(answer) == 0
    assert 'kalends_mail_attempts_total{outcome="server_away"} 2.0' in answer.text


def _away_seconds(answer: httpx.Response) -> float:
    [line] = [
        line for line in answer.text.splitlines() if line.startswith("kalends_mail_server_away_seconds")
    ]
    return float(line.split()[1])
