"""`kalends mail`: what was mailed to whom."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kalends.cli.common import (
    DatabaseUrl,
    DataDir,
    Json,
    Limit,
    Refused,
    in_transaction,
    instant,
    show,
    show_list,
    use_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from kalends.db.database import UnitOfWork
    from kalends.notifications.mail import Mail

app = typer.Typer(help="See what was mailed to whom, and send it again.", no_args_is_help=True)

MailId = Annotated[int, typer.Argument(metavar="ID", help="The mail's id, as `list` shows it.")]


@app.command("list")
def show_all(
    booking: Annotated[
        str | None, typer.Option(metavar="UID", help="Only mails about this booking.", show_default=False)
    ] = None,
    limit: Limit = 50,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List mails: to whom, about what, and whether they were sent or why not."""
    settings = use_settings(data_dir, database_url)
    from kalends.notifications import service

    async def run(work: "UnitOfWork") -> "list[Mail]":
        return await service.list_mails(work.connection, booking_uid=booking, limit=limit)

    mails = in_transaction(settings, run)
    columns: dict[str, Callable[[Mail], object]] = {
        "ID": lambda mail: mail.id,
        "WRITTEN": lambda mail: instant(mail.created_at),
        "TO": lambda mail: mail.recipient,
        "MAIL": lambda mail: mail.template,
        "STATE": lambda mail: mail.state.value,
        "WHY": lambda mail: mail.reason or mail.last_error,
    }
    show_list("mails", mails, _facts, columns, as_json=as_json)


@app.command("show")
def show_one(
    mail_id: MailId, data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False
) -> None:
    """Show a mail as it was sent; its links give power over the booking."""
    settings = use_settings(data_dir, database_url)
    from kalends.notifications import service
    from kalends.notifications.content.messages import readable

    async def run(work: "UnitOfWork") -> "tuple[Mail, bytes | None]":
        return await service.read_mail(work.connection, settings, mail_id)

    mail, message = in_transaction(settings, run)
    text = None if message is None else readable(message)
    missing = "The message was not written yet, was never to be sent, or is no longer kept."
    show(_facts(mail) | {"message": text}, (text or missing).splitlines(), as_json=as_json)


@app.command("resend")
def resend(
    mail_id: MailId, data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False
) -> None:
    """Queue a mail once more that was sent, or could not be; the worker sends it."""
    settings = use_settings(data_dir, database_url)
    from kalends.notifications import service

    async def run(work: "UnitOfWork") -> None:
        await service.send_again(work, mail_id, now=datetime.now(UTC))

    in_transaction(settings, run)
    show({"id": mail_id, "queued": True}, [f"Mail {mail_id} is queued again."], as_json=as_json)


@app.command("preview")
def preview(
    folder: Annotated[Path, typer.Argument(help="Where the files go.")],
    language: Annotated[str, typer.Option(help="Language code, such as de or pt-BR.")] = "en",
    as_json: Json = False,
) -> None:
    """Write every kind of mail as HTML and text, about meetings that nobody has."""
    from typing import cast, get_args

    from kalends.api.input.locales import Locale
    from kalends.notifications.content.preview import write_previews

    if language not in get_args(Locale):
        raise Refused(f"{language!r} is none of the languages {', '.join(sorted(get_args(Locale)))}")
    files = [str(file) for file in write_previews(folder, cast("Locale", language))]
    show({"files": files}, files, as_json=as_json)


def _facts(mail: "Mail") -> dict[str, object]:
    return {
        "id": mail.id,
        "mail": mail.template,
        "to": mail.recipient,
        "subject": mail.subject,
        "bookingUid": mail.booking_uid,
        "state": mail.state.value,
        "reason": mail.reason,
        "lastError": mail.last_error,
        "attempts": mail.attempts,
        "language": mail.locale,
        "timeZone": mail.time_zone,
        "messageId": mail.message_id,
        "createdAt": instant(mail.created_at),
        "nextAttemptAt": instant(mail.next_attempt_at),
        "sentAt": instant(mail.sent_at),
    }
