"""`kalends user`: the accounts."""

from typing import TYPE_CHECKING, Annotated

import typer

from kalends.cli.common import DatabaseUrl, DataDir, Json, in_transaction, show, table, use_settings

if TYPE_CHECKING:
    from kalends.accounts.user import User
    from kalends.db.database import UnitOfWork

app = typer.Typer(help="Create and list accounts.", no_args_is_help=True)


@app.command("create")
def create(
    email: Annotated[str, typer.Option(help="Where mail for the account goes; unique.")],
    username: Annotated[str, typer.Option(help="The account's part of booking links; unique.")],
    name: Annotated[str | None, typer.Option(help="The name that is shown.", show_default=False)] = None,
    time_zone: Annotated[str, typer.Option(help="IANA time zone, such as Europe/Rome.")] = "Europe/London",
    bare: Annotated[bool, typer.Option("--bare", help="Without schedule and event types.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Create an account, with weekday hours from nine to five and four event types unless it is bare."""
    settings = use_settings(data_dir, database_url)
    from kalends.accounts import service

    command = service.CreateUser(email, username, name, time_zone, is_bare=bare)

    async def run(work: "UnitOfWork") -> "User":
        return await service.create_user(work, command)

    user = in_transaction(settings, run)
    lines = [f"id        {user.id}", f"email     {user.email}", f"username  {user.username}"]
    show(_facts(user), lines, as_json=as_json)


@app.command("list")
def show_all(data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """List all accounts."""
    settings = use_settings(data_dir, database_url)
    from kalends.accounts import service

    async def run(work: "UnitOfWork") -> "list[User]":
        return await service.list_users(work.connection)

    users = in_transaction(settings, run)
    rows = [(user.id, user.email, user.username, user.name, user.time_zone) for user in users]
    titles = ("ID", "E-MAIL", "USERNAME", "NAME", "TIME ZONE")
    show({"users": [_facts(user) for user in users]}, table(titles, rows), as_json=as_json)


def _facts(user: "User") -> dict[str, object]:
    return {
        "id": user.id,
        "email": user.email,
        "username": user.username,
        "name": user.name,
        "timeZone": user.time_zone,
    }
