"""What the commands share: their options, the settings that follow from these, and their output.

Modules that take long to load are imported by the function that needs them, so that `--help` and a mistyped
option answer at once.
"""

import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

import typer

if TYPE_CHECKING:
    from pydantic import ValidationError

    from kalends.db.database import UnitOfWork
    from kalends.settings import Settings

DataDir: TypeAlias = Annotated[
    Path | None,
    typer.Option(help="Folder of the own database.  [variable: KALENDS_DATA_DIR]", show_default=False),
]
DatabaseUrl: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="Use this PostgreSQL.  [variable: KALENDS_DATABASE_URL]", show_default=False
    ),
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object, on the last line.")]

Limit: TypeAlias = Annotated[int, typer.Option(min=1, max=10_000, help="How many, the newest first.")]

Answer = TypeVar("Answer")

_OF_PYDANTIC = "Value error, "
"""What Pydantic puts before the words of a rule of ours."""
Item = TypeVar("Item")


class Refused(Exception):
    """The command cannot be carried out; the message says in one line why, and what to do."""


def use_settings(data_dir: Path | None, database_url: str | None, **others: str | int | None) -> "Settings":
    """Return the settings in force: options before variables before defaults.

    Options are written into the environment, from where worker processes and the application take them too.
    A data folder that was asked for on the command line outweighs a database URL in a variable.

    Raises:
        Refused: a variable or an option has a value that its type does not allow.
    """
    from pydantic import ValidationError

    from kalends.settings import get_settings

    if data_dir is not None and database_url is None:
        os.environ.pop("KALENDS_DATABASE_URL", None)
    asked = {"data_dir": data_dir, "database_url": database_url, **others}
    os.environ |= {
        f"KALENDS_{name.upper()}": str(value) for name, value in asked.items() if value is not None
    }
    get_settings.cache_clear()
    try:
        return get_settings()
    except ValidationError as error:
        raise Refused(explain_settings(error)) from error


def explain_settings(error: "ValidationError") -> str:
    """Return which variables are wrong, and why, without their values: one may be a password."""
    faults = ((str(fault["loc"][0]).upper(), fault["msg"]) for fault in error.errors())
    return "; ".join(f"KALENDS_{name}: {text.removeprefix(_OF_PYDANTIC)}" for name, text in faults)


def in_transaction(settings: "Settings", command: "Callable[[UnitOfWork], Awaitable[Answer]]") -> Answer:
    """Run a command on the database of the settings, which must have been migrated."""
    import asyncio

    from kalends.db import migrate
    from kalends.db.connect import database_url
    from kalends.db.database import Database

    async def run(url: str) -> Answer:
        async with Database(url, size=1) as database, database.transaction() as work:
            return await command(work)

    with database_url(settings) as url:
        migrate.require_current(url)
        return asyncio.run(run(url))


def show(facts: Mapping[str, object], lines: Iterable[str], *, as_json: bool) -> None:
    """Print the outcome of a command: the lines for people, or the facts for programs."""
    if as_json:
        typer.echo(json.dumps(facts))
        return
    for line in lines:
        typer.echo(_printable(line))


def show_list(
    name: str,
    items: Sequence[Item],
    facts_of: Callable[[Item], Mapping[str, object]],
    columns: Mapping[str, Callable[[Item], object]],
    *,
    as_json: bool,
) -> None:
    """Print a list: a table for people, or under `name` the facts of each item for programs."""
    if as_json:
        show({name: [facts_of(item) for item in items]}, (), as_json=True)
        return
    rows = [[value_of(item) for value_of in columns.values()] for item in items]
    show({}, table(list(columns), rows), as_json=False)


def is_confirmed(question: str) -> bool:
    """Ask a question on stderr, as stdout is for programs; anything but a yes is a no."""
    typer.echo(f"{_printable(question)} [y/N] ", err=True, nl=False)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterable[str]:
    """Lay out rows in columns under their titles; None is a dash."""
    cells = [titles, *(["-" if value is None else str(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def instant(value: datetime | None) -> str | None:
    """Return an instant as the API writes it: UTC, milliseconds, `Z`."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _printable(line: str) -> str:
    """Return a line of which no terminal takes a part for a command; people choose their names."""
    return "".join(
        sign if sign.isprintable() or sign == "\t" else "\N{REPLACEMENT CHARACTER}" for sign in line
    )


def explain(error: Exception) -> str | None:
    """Return what to tell about an error of ordinary use; None: it is a defect of the program."""
    from psycopg import OperationalError

    from kalends.api.output.errors import DomainError
    from kalends.db.connect import one_line
    from kalends.db.errors import DatabaseFault
    from kalends.security.secret import SecretUnavailable
    from kalends.server import ServerFailed

    if isinstance(error, Refused | DatabaseFault | SecretUnavailable | ServerFailed | DomainError):
        return one_line(error)
    if isinstance(error, UnicodeEncodeError):
        return "An option is not UTF-8 text"
    if isinstance(error, OperationalError):
        return f"The database did not answer: {one_line(error)}"
    return None
