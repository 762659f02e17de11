"""`kalends api-key`: the keys that programs call the API with."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from kalends.cli.common import (
    DatabaseUrl,
    DataDir,
    Json,
    Refused,
    in_transaction,
    instant,
    show,
    show_list,
    use_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from kalends.auth.queries import ApiKey
    from kalends.auth.service import NewApiKey
    from kalends.db.database import UnitOfWork

app = typer.Typer(help="Create, list and revoke API keys.", no_args_is_help=True)

_MOST_DAYS = 36_500


@app.command("create")
def create(
    user: Annotated[str, typer.Option(metavar="EMAIL", help="Whose key it is to be.")],
    note: Annotated[str | None, typer.Option(help="What the key is for.", show_default=False)] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=_MOST_DAYS, help="How many days it lives.", show_default=False)
    ] = None,
    never: Annotated[bool, typer.Option("--never", help="It never expires (the default).")] = False,
    organization: Annotated[
        int | None,
        typer.Option(metavar="ID", help="Let its requests act in this organization.", show_default=False),
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="Let it begin with plain cal_.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Create an API key and print it, which is the only time it is shown."""
    if never and days is not None:
        raise Refused("Give either --days or --never, not both")
    settings = use_settings(data_dir, database_url)
    from kalends.accounts.service import find_user_by_email
    from kalends.api.http.credentials import RECOGNISED_PREFIX
    from kalends.auth.service import create_api_key
    from kalends.organizations.service import require_organization

    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    prefix = RECOGNISED_PREFIX if test else settings.api_key_prefix

    async def run(work: "UnitOfWork") -> "NewApiKey":
        owner = await find_user_by_email(work.connection, user)
        if organization is not None:
            await require_organization(work, organization)
        return await create_api_key(
            work,
            user_id=owner.id,
            note=note,
            expires_at=expires_at,
            prefix=prefix,
            organization_id=organization,
        )

    key = in_transaction(settings, run)
    facts: dict[str, object] = {
        "id": str(key.id),
        "apiKey": key.api_key,
        "expiresAt": instant(expires_at),
    }
    if organization is not None:
        facts["organizationId"] = organization
    lines = [
        f"id       {key.id}",
        f"apiKey   {key.api_key}",
        f"expires  {instant(expires_at) or 'never'}",
        "Keep the key now: it is not shown again.",
    ]
    show(facts, lines, as_json=as_json)


@app.command("list")
def show_all(
    user: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="Only the keys of this account.", show_default=False)
    ] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List API keys, without the keys themselves."""
    settings = use_settings(data_dir, database_url)
    from kalends.accounts.service import find_user_by_email
    from kalends.auth.service import list_api_keys

    async def run(work: "UnitOfWork") -> "list[ApiKey]":
        owner = None if user is None else await find_user_by_email(work.connection, user)
        return await list_api_keys(work.connection, user_id=owner.id if owner else None)

    keys = in_transaction(settings, run)
    columns: dict[str, Callable[[ApiKey], object]] = {
        "ID": lambda key: key.id,
        "E-MAIL": lambda key: key.email,
        "NOTE": lambda key: key.note,
        "CREATED": lambda key: instant(key.created_at),
        "EXPIRES": lambda key: instant(key.expires_at),
        "LAST USED": lambda key: instant(key.last_used_at),
    }
    show_list("apiKeys", keys, _facts, columns, as_json=as_json)


@app.command("revoke")
def revoke(
    key_id: Annotated[UUID, typer.Argument(metavar="ID", help="The key's id, as `list` shows it.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Delete an API key, which stops working at once."""
    settings = use_settings(data_dir, database_url)
    from kalends.auth.service import revoke_api_key

    async def run(work: "UnitOfWork") -> None:
        await revoke_api_key(work, key_id)

    in_transaction(settings, run)
    show({"id": str(key_id), "revoked": True}, [f"The key {key_id} is revoked."], as_json=as_json)


def _facts(key: "ApiKey") -> dict[str, object]:
    return {
        "id": str(key.id),
        "userId": key.user_id,
        "email": key.email,
        "organizationId": key.organization_id,
        "note": key.note,
        "createdAt": instant(key.created_at),
        "expiresAt": instant(key.expires_at),
        "lastUsedAt": instant(key.last_used_at),
    }
