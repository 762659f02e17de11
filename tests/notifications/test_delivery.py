"""Mails reach the mail server once it takes them, once, and none that became wrong (notifications.md 12)."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from kalends.notifications import service as notifications
from kalends.notifications.content.messages import readable
from kalends.notifications.delivery import _Delivery, _transport, send_due, take
from kalends.notifications.mail import State
from kalends.notifications.queue import MAILS, LeasedMail
from kalends.outbox import service as outbox
from kalends.outbox.fact import Fact
from kalends.outbox.jobs.kind import MOST_LOSSES
from kalends.webhooks.deliveries.health import DISABLED, WebhookDisabled
from tests.conftest import Clock
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.client import Guest, Host

ANA, BO, CY = "ana@example.com", "bo@example.com", "cy@example.com"
ELEVEN = "2050-09-05T11:00:00Z"


async def test_a_booking_does_not_wait_for_a_mail_server_that_is_down(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await mailbox.stop()
    booking = await guest.books(await ana.creates_event_type())
    await office.works()
    assert {mail.state for mail in await office.log(booking["uid"])} == {State.QUEUED}
    await mailbox.start()
    await office.sends()
    assert mailbox.received == []
    clock.advance(MAILS.retries[0])
    await office.sends()
    assert mailbox.recipients == [ANA, BO]
    assert {mail.state for mail in await office.log(booking["uid"])} == {State.SENT}


async def test_a_temporary_refusal_is_tried_again_at_ever_longer_intervals_and_given_up_at_last(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    mailbox.refusals[BO] = "450 4.2.0 try again later"
    booking = await guest.books(await ana.creates_event_type())
    await office.works()
    assert mailbox.recipients == [ANA]
    for retry in MAILS.retries:
        [_, mail] = await office.log(booking["uid"])
        assert mail.state is State.QUEUED
        assert mail.next_attempt_at == clock() + retry
        assert "450" in (mail.last_error or "")
        clock.advance(retry)
        await office.sends()
    [_, mail] = await office.log(booking["uid"])
    assert (mail.state, mail.attempts, mail.next_attempt_at) == (State.FAILED, 7, None)


async def test_a_permanent_refusal_is_final_and_on_the_bookings_log(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    mailbox.refusals[BO] = "550 5.1.1 no such user"
    booking = await guest.books(await ana.creates_event_type(), guests=[CY])
    await office.works()
    assert mailbox.recipients == [ANA, CY]
    failed = next(mail for mail in await office.log(booking["uid"]) if mail.recipient == BO)
    assert (failed.state, failed.attempts) == (State.FAILED, 1)
    assert failed.last_error == "550 5.1.1 no such user"


async def test_every_attempt_sends_the_same_message(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await guest.books(await ana.creates_event_type())
    await office.works()
    [sent] = [mail for mail in await office.log() if mail.recipient == BO]
    async with office.database.transaction() as work:
        await notifications.send_again(work, sent.id, now=clock())
    await ana.client.patch("/v2/me", json={"name": "Anna"})
    await office.sends()
    first, second = [mail.message for mail in mailbox.received if mail.recipient == BO]
    assert first.as_bytes() == second.as_bytes()
    assert first["Message-ID"] == sent.message_id


async def test_a_fact_that_is_handed_on_twice_is_mailed_once(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await guest.books(await ana.creates_event_type())
    await office.works()
    async with office.database.transaction() as work:
        await work.connection.execute("UPDATE outbox_events SET handled_at = NULL")
    await office.works()
    assert mailbox.recipients == [ANA, BO]


async def test_many_workers_send_each_mail_once(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    for hour in range(7, 15):
        await guest.books(event_type, f"2050-09-05T{hour:02}:00:00Z", guests=[CY])
    await office.notes()
    await asyncio.gather(*(office.sends() for _ in range(4)))
    assert len(mailbox.received) == 24
    assert len({mail.message["Message-ID"] for mail in mailbox.received}) == 24


async def test_mails_about_one_booking_reach_each_person_in_their_order_whoever_sends_them(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, seats_per_time_slot=40, seats_show_attendees=True)
    names = [f"Guest {number}" for number in range(30)]
    for number, name in enumerate(names):
        attendee = {"name": name, "email": f"guest{number}@example.com", "timeZone": "Europe/Rome"}
        await guest.books(event_type, attendee=attendee)
    await office.notes()
    await asyncio.gather(*(office.sends() for _ in range(4)))
    await office.sends()
    told = [mail.text for mail in mailbox.received if mail.recipient == ANA]
    assert len(told) == len(names)
    assert [number for number, text in enumerate(told) if f"{names[number]} has booked a seat." in text] == [
        *range(1, len(names))
    ]


async def test_what_a_worker_took_and_never_sent_is_sent_by_another(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await guest.books(await ana.creates_event_type())
    await office.notes()
    async with office.database.transaction() as work:
        await work.connection.execute(
            "UPDATE jobs SET state = 'leased', lease = gen_random_uuid(), attempts = 1, due_at = %s",
            (clock() + timedelta(minutes=10),),
        )
    await office.sends()
    assert mailbox.received == []
    clock.advance(timedelta(minutes=10))
    await office.sends()
    assert mailbox.recipients == [ANA, BO]


async def test_a_worker_that_was_presumed_dead_sends_and_reports_nothing(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    booking = await guest.books(await ana.creates_event_type())
    await office.notes()
    taken = await _takes(office)
    assert len(taken) == 2
    clock.advance(MAILS.lease)
    await office.sends()
    await office.sends()
    mailbox.refusals = {ANA: "550 no", BO: "550 no"}
    async with _transport(office.settings) as transport:
        await _Delivery(office.database, office.settings, transport, clock()).deliver(taken)
    log = await office.log(booking["uid"])
    assert [(mail.state, mail.last_error) for mail in log] == [(State.SENT, None), (State.SENT, None)]
    assert mailbox.recipients == [ANA, BO]


async def test_a_mail_that_has_ended_its_workers_is_set_aside_and_the_others_are_sent(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await guest.books(await ana.creates_event_type())
    await office.notes()
    assert len(await _takes(office)) == 2
    for _ in range(MOST_LOSSES):
        clock.advance(MAILS.lease)
        taken = await _takes(office)
        # From now on alone, so that it shows which one it was.
        assert len(taken) <= 1
        if taken and taken[0].recipient == BO:
            async with _transport(office.settings) as transport:
                await _Delivery(office.database, office.settings, transport, clock()).deliver(taken)
    clock.advance(MAILS.lease)
    await office.sends()
    [failed, sent] = await office.log()
    assert (failed.recipient, failed.state, sent.state) == (ANA, State.FAILED, State.SENT)
    assert "workers in a row ended" in (failed.last_error or "")
    assert mailbox.recipients == [BO]
    async with office.database.transaction() as work:
        await notifications.send_again(work, failed.id, now=clock())
    await office.sends()
    assert mailbox.recipients == [BO, ANA]


async def _takes(office: Office) -> Sequence[LeasedMail]:
    """Take what is due, as a worker does that ends before it has sent anything."""
    return (await take(office.database, office.clock()))[0]


async def test_of_a_booking_cancelled_before_the_mails_left_only_the_cancellation_is_told(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    booking = await guest.books(await ana.creates_event_type())
    await guest.cancels(booking, "ill")
    await office.works()
    assert [mail.subject.partition(":")[0] for mail in mailbox.received] == ["Cancelled", "Cancelled"]
    assert [mail.state.value for mail in await office.log()] == ["suppressed", "suppressed", "sent", "sent"]
    assert (await office.log())[0].reason == "the booking had changed before the mail was sent"


async def test_of_a_booking_moved_before_the_mails_left_only_the_new_time_is_told(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    booking = await guest.books(await ana.creates_event_type())
    await guest.reschedules(booking, ELEVEN)
    await office.works()
    assert [mail.subject.partition(":")[0] for mail in mailbox.received] == ["Rescheduled", "Rescheduled"]


async def test_a_request_confirmed_before_the_mails_left_is_not_asked_about(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    await office.sets(event_type, requires_confirmation=True)
    await ana.confirms(await guest.books(event_type))
    await office.works()
    assert [mail.subject.partition(":")[0] for mail in mailbox.received] == ["New event", "Scheduled"]


async def test_a_late_mail_never_follows_the_one_that_outdates_it(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    mailbox.refusals[BO] = "450 4.2.0 try again later"
    booking = await guest.books(await ana.creates_event_type())
    await office.works()
    mailbox.refusals.clear()
    await guest.cancels(booking, "ill")
    await office.works()
    clock.advance(timedelta(days=1))
    await office.sends()
    assert [mail.subject.partition(":")[0] for mail in mailbox.received if mail.recipient == BO] == [
        "Cancelled"
    ]


async def test_without_a_mail_server_mails_are_files_that_only_their_owner_reads(
    ana: Host, guest: Guest, office: Office, tmp_path: Path, clock: Clock
) -> None:
    settings = office.settings.model_copy(update={"smtp_url": None, "data_dir": tmp_path})
    await guest.books(await ana.creates_event_type())
    await office.notes()
    assert await send_due(office.database, settings, clock()) == 2
    files = sorted((tmp_path / "mail").iterdir())
    assert [file.name for file in files] == [f"{mail.id}.eml" for mail in await office.log()]
    assert b"\nTo: ana@example.com" in files[0].read_bytes().replace(b"\r", b"")
    assert files[0].stat().st_mode & 0o077 == 0
    assert (tmp_path / "mail").stat().st_mode & 0o077 == 0


async def test_a_message_can_be_read_while_it_is_kept(ana: Host, guest: Guest, office: Office) -> None:
    await guest.books(await ana.creates_event_type())
    await office.works()
    async with office.database.connection() as connection:
        _, message = await notifications.read_mail(connection, office.settings, 2)
    shown = readable(message or b"").splitlines()
    assert shown[:4] == [
        "From: Ana <kalends@example.com>",
        "To: Bo Guest <bo@example.com>",
        "Reply-To: ana@example.com",
        "Subject: Scheduled: Intro between Ana and Bo Guest, Mon, Sep 5, 2050, 12:00 PM – 1:00 PM",
    ]
    assert "Your event is scheduled" in shown


async def test_messages_are_kept_for_thirty_days_and_the_log_for_good(
    ana: Host, guest: Guest, office: Office
) -> None:
    await guest.books(await ana.creates_event_type())
    await office.works()
    [_, mail] = await office.log()
    for days, is_kept in ((29, True), (31, False)):
        await notifications.forget(office.database, datetime.now(UTC) + timedelta(days=days))
        async with office.database.connection() as connection:
            _, message = await notifications.read_mail(connection, office.settings, mail.id)
        assert (message is not None) is is_kept
    assert len(await office.log()) == 2


async def test_a_copy_of_the_database_holds_no_link_of_a_mail(
    ana: Host, guest: Guest, office: Office
) -> None:
    await guest.books(await ana.creates_event_type())
    await office.works()
    async with office.database.connection() as connection:
        cursor = await connection.execute("SELECT message FROM mails")
        rows = await cursor.fetchall()
    assert rows
    assert all(b"token" not in message and b"Scheduled" not in message for (message,) in rows)


@pytest.mark.parametrize("name", ["Zoë Ñandú – 日本", 'Bo; <x@example.com>, "Q"', "Bo\r\nBcc: x@example.com"])
async def test_a_name_cannot_add_a_header_or_a_recipient(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox, name: str
) -> None:
    attendee = {"name": name, "email": BO, "timeZone": "Europe/Rome"}
    await guest.books(await ana.creates_event_type(), attendee=attendee)
    await office.works()
    mail = mailbox.to(BO)
    [to] = mail.message["To"].addresses
    assert to.addr_spec == BO
    assert "Bcc" not in mail.message
    assert mail.message["Subject"].count("\n") == 0
    assert mail.event.attendee_list[1].value == f"mailto:{BO}"


async def test_the_owner_of_a_webhook_that_was_switched_off_is_told(
    ana: Host, office: Office, mailbox: Mailbox, clock: Clock
) -> None:
    await ana.client.patch("/v2/me", json={"locale": "de"})
    told = WebhookDisabled("w1", "https://example.com/hook", datetime(2050, 8, 27, tzinfo=UTC), clock(), "")
    fact = Fact(DISABLED, None, None, ana.id, "w1", msgspec.json.encode(told))
    async with office.database.transaction() as work:
        await outbox.record(work, [fact])
    await office.works()
    mail = mailbox.to(ANA)
    assert mail.subject == "Webhook abgeschaltet: https://example.com/hook"
    assert "Samstag, 27. August 2050" in mail.text
    assert mail.invitation is None
