"""`kalends user`: the accounts."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from kalends.cli.common import (
    DatabaseUrl,
    DataDir,
    Json,
    Refused,
    in_transaction,
    instant,
    is_confirmed,
    show,
    show_list,
    use_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from kalends.accounts.user import User
    from kalends.db.database import UnitOfWork

app = typer.Typer(help="Create, list, change and delete accounts.", no_args_is_help=True)

Account = Annotated[str, typer.Option("--user", metavar="EMAIL", help="Whose account; its id also names it.")]


@app.command("create")
def create(
    email: Annotated[str, typer.Option(help="Where mail for the account goes; unique.")],
    username: Annotated[str, typer.Option(help="The account's part of booking links; unique.")],
    name: Annotated[str | None, typer.Option(help="The name that is shown.", show_default=False)] = None,
    time_zone: Annotated[str, typer.Option(help="IANA time zone, such as Europe/Rome.")] = "Europe/London",
    bare: Annotated[bool, typer.Option("--bare", help="Without schedule and event types.")] = False,
    admin: Annotated[
        bool, typer.Option("--admin", help="A system administrator, whom no role keeps out.")
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Create an account, with weekday hours from nine to five and four event types unless it is bare."""
    settings = use_settings(data_dir, database_url)
    from kalends.accounts import service

    command = service.CreateUser(
        email, username, name, time_zone, is_bare=bare, is_system_admin=admin, has_verified_email=True
    )

    async def run(work: "UnitOfWork") -> "User":
        return await service.create_user(work, command)

    user = in_transaction(settings, run)
    show(_facts(user), _lines(user), as_json=as_json)


@app.command("list")
def show_all(data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """List all accounts."""
    settings = use_settings(data_dir, database_url)
    from kalends.accounts import service

    async def run(work: "UnitOfWork") -> "list[User]":
        return await service.list_users(work.connection)

    users = in_transaction(settings, run)
    columns: dict[str, Callable[[User], object]] = {
        "ID": lambda user: user.id,
        "E-MAIL": lambda user: user.email,
        "USERNAME": lambda user: user.username,
        "NAME": lambda user: user.name,
        "TIME ZONE": lambda user: user.time_zone,
    }
    show_list("users", users, _facts, columns, as_json=as_json)


@app.command("update")
def update(
    account: Account,
    email: Annotated[
        str | None, typer.Option(help="A new address, which counts as verified.", show_default=False)
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="A new name; an empty text: none.", show_default=False)
    ] = None,
    username: Annotated[str | None, typer.Option(help="A new username.", show_default=False)] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(help="A new time zone; the default schedule moves along.", show_default=False),
    ] = None,
    admin: Annotated[
        bool | None, typer.Option("--admin/--no-admin", help="System administrator.", show_default=False)
    ] = None,
    lock: Annotated[
        bool | None,
        typer.Option(
            "--lock/--unlock", help="A locked account cannot call or be booked.", show_default=False
        ),
    ] = None,
    verify_email: Annotated[
        bool,
        typer.Option("--verify-email", help="Vouch for the address that it asks for, else for its own."),
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Change an account."""
    asked = (email, name, username, time_zone, admin, lock, verify_email or None)
    if all(value is None for value in asked):
        raise Refused("Say what to change, such as --name or --lock; see `kalends user update --help`")
    settings = use_settings(data_dir, database_url)
    from kalends.accounts import service

    changes = service.AccountChanges(
        email=email,
        username=username,
        name=name,
        time_zone=time_zone,
        is_system_admin=admin,
        is_locked=lock,
        verifies_email=verify_email,
    )

    async def run(work: "UnitOfWork") -> "User":
        user = await service.find_user_by_email(work.connection, account)
        return await service.change_account(work, user, changes, now=datetime.now(UTC))

    user = in_transaction(settings, run)
    standing: dict[str, object] = {
        "isAdmin": user.is_system_admin,
        "isLocked": user.is_locked,
        "emailVerified": instant(user.email_verified_at),
    }
    if user.pending_email is not None:
        standing["pendingEmail"] = user.pending_email
    lines = [
        *_lines(user),
        f"admin     {'yes' if user.is_system_admin else 'no'}",
        f"locked    {'yes' if user.is_locked else 'no'}",
        f"verified  {instant(user.email_verified_at) or 'no'}",
        *([] if user.pending_email is None else [f"asks for  {user.pending_email}"]),
    ]
    show(_facts(user) | standing, lines, as_json=as_json)


@app.command("delete")
def delete(
    account: Account,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Delete an account; what it alone hosts and has not ended is cancelled, and everybody told."""
    settings = use_settings(data_dir, database_url)
    from kalends.accounts import service
    from kalends.accounts.deletion import delete_account

    async def find(work: "UnitOfWork") -> "User":
        return await service.find_user_by_email(work.connection, account)

    async def run(work: "UnitOfWork") -> "tuple[User, int]":
        user = await find(work)
        count = await delete_account(work, user, site=settings.base_url, now=datetime.now(UTC))
        return user, count

    if not yes:
        # Nobody is asked about an account that is not there.
        email = in_transaction(settings, find).email
        question = f"Delete {email}, with its event types, keys, webhooks and all bookings that it hosts?"
        if not is_confirmed(question):
            raise Refused("Nothing was deleted")
    user, count = in_transaction(settings, run)
    said = f"Deleted {user.email}; {count} {'booking was' if count == 1 else 'bookings were'} cancelled."
    show(_facts(user) | {"cancelledBookings": count}, [said], as_json=as_json)


def _lines(user: "User") -> list[str]:
    return [f"id        {user.id}", f"email     {user.email}", f"username  {user.username}"]


def _facts(user: "User") -> dict[str, object]:
    return {
        "id": user.id,
        "email": user.email,
        "username": user.username,
        "name": user.name,
        "timeZone": user.time_zone,
    }
