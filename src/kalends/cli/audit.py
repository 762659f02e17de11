"""`kalends audit`: who did what in organizations and teams."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from kalends.cli.common import (
    DatabaseUrl,
    DataDir,
    Json,
    Refused,
    in_transaction,
    instant,
    show_list,
    use_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kalends.audit.entry import Entry
    from kalends.db.database import UnitOfWork

app = typer.Typer(help="Show who did what in organizations and teams.", no_args_is_help=True)


@app.command("list")
def show_all(
    organization: Annotated[
        int, typer.Option(metavar="ID", help="The organization, or the team that is in none.")
    ],
    action: Annotated[
        str | None, typer.Option(help="Only this, such as membership.deleted.", show_default=False)
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Only after this date or date-time, in UTC.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 100,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List what was done, the newest first."""
    settings = use_settings(data_dir, database_url)
    from kalends.audit import service
    from kalends.audit.entry import ListEntries

    wanted = ListEntries(take=limit, action=action, after=_moment(since))

    async def run(work: "UnitOfWork") -> "Sequence[Entry]":
        return await service.list_entries(work.connection, organization, wanted)

    found = in_transaction(settings, run)
    columns: dict[str, Callable[[Entry], object]] = {
        "TIME": lambda entry: instant(entry.created_at),
        "ACTOR": lambda entry: entry.actor_email,
        "ACTION": lambda entry: entry.action,
        "SUBJECT": lambda entry: entry.subject_id,
        "CHANGE": _told,
    }
    show_list("entries", found, _facts, columns, as_json=as_json)


# Without another command beside it, `list` would be the whole of `audit`.
@app.callback()
def _of_several() -> None:
    pass


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    from pydantic_core import PydanticCustomError

    from kalends.api.input.instants import parse_instant

    try:
        return parse_instant(text)
    except PydanticCustomError as error:
        raise Refused(f"--since {error.message()}") from error


def _told(entry: "Entry") -> str:
    return json.dumps(entry.after if entry.after is not None else entry.before, ensure_ascii=False)


def _facts(entry: "Entry") -> dict[str, object]:
    from kalends.audit.outputs import entry_output

    return dict(entry_output(entry))
