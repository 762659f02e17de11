"""`kalends serve`: the database, its schema, the first account, and the server."""

import gc
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kalends import __version__
from kalends.cli.common import DatabaseUrl, DataDir, Json, in_transaction, show, use_settings

if TYPE_CHECKING:
    from kalends.db.database import UnitOfWork
    from kalends.settings import Settings

_FIRST_START = 0x6F776E6572  # "owner": two servers that start together make one account


@dataclass(frozen=True, slots=True)
class Owner:
    """The account of a first start; `api_key` is never to be seen again."""

    email: str
    api_key: str


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on.  [variable: KALENDS_HOST]", show_default=False)
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; 0: any.  [variable: KALENDS_PORT]", show_default=False),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=64, help="Server processes.  [variable: KALENDS_WORKERS]", show_default=False
        ),
    ] = None,
    works: Annotated[
        bool | None,
        typer.Option(
            "--worker/--no-worker",
            help="Deliver webhooks and mails too; else run `kalends worker`.  [variable: KALENDS_WORKER]",
            show_default=False,
        ),
    ] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Run the server. The first start on an empty database makes an account and prints its API key."""
    gc.disable()  # until the application is loaded: nothing of that is garbage, and looking costs time
    settings = use_settings(data_dir, database_url, host=host, port=port, workers=workers, worker=works)
    import structlog

    from kalends import server
    from kalends.db import connect, migrate
    from kalends.operations import logs
    from kalends.security import secret
    from kalends.settings import unknown_variables

    logs.configure(settings)
    log = structlog.get_logger()
    own_folder = None if settings.database_url is not None else settings.data_dir.expanduser().absolute()
    if unknown := unknown_variables():
        log.warning("variables that are no settings", names=unknown)
    if settings.workers == 1:
        server.load_early()
    with (
        server.orderly_exit(),
        server.listen(settings.host, settings.port) as listener,
        connect.database_url(settings, is_kept=True, may_make=True) as url,
    ):
        applied = migrate.upgrade(url)
        if applied:
            log.info("migrated", revisions=applied)
        if secret.claim(settings, url):
            log.warning(
                "a new secret is in use", consequence="links in mails sent before are not valid any more"
            )
        storage = settings.rate_limits_kept_in
        settings = use_settings(None, url, port=listener.getsockname()[1], rate_limit_storage=storage)
        owner = in_transaction(settings, lambda work: create_owner(work, settings))
        _announce(settings, owner, own_folder, as_json=as_json)
        log.info("serving", host=settings.host, port=settings.port, workers=settings.workers)
        try:
            server.run(settings, listener)
        finally:
            log.info("stopping")


async def create_owner(work: "UnitOfWork", settings: "Settings") -> Owner | None:
    """Make the first account and its API key; None: there are accounts already.

    Raises:
        BadRequest: `KALENDS_OWNER_EMAIL` is no e-mail address.
    """
    from kalends.accounts.service import CreateUser, create_user, has_users
    from kalends.auth.service import create_api_key

    await work.connection.execute("SELECT pg_advisory_xact_lock(%s)", (_FIRST_START,))
    if await has_users(work.connection):
        return None
    email = settings.owner_email
    command = CreateUser(
        email,
        settings.owner_username or email.partition("@")[0],
        settings.owner_name,
        settings.owner_time_zone,
        is_system_admin=True,
        has_verified_email=True,
    )
    user = await create_user(work, command)
    key = await create_api_key(
        work, user_id=user.id, note="Made by the first start", expires_at=None, prefix=settings.api_key_prefix
    )
    return Owner(email, key.api_key)


def _announce(settings: "Settings", owner: Owner | None, own_folder: Path | None, *, as_json: bool) -> None:
    """Say where the server is; `own_folder` is that of the database, if it is the server's own."""
    api = f"{settings.base_url}/v2"
    reference = f"{settings.base_url}/docs"
    facts: dict[str, object] = {"baseUrl": api, "referenceUrl": reference}
    lines = [f"Kalends {__version__}", "", f"  API        {api}", f"  Reference  {reference}"]
    if owner is not None:
        facts |= {"ownerEmail": owner.email, "apiKey": owner.api_key}
        lines += [
            f"  Account    {owner.email}",
            f"  API key    {owner.api_key}",
            "",
            "Keep the key now: it is not shown again. Try it:",
            "",
            f'  curl -H "Authorization: Bearer {owner.api_key}" {api}/me',
        ]
    if own_folder is not None:
        facts["dataDir"] = str(own_folder)
        lines += [
            "",
            "Other commands, such as `kalends user list`, find this server's data after:",
            "",
            f"  export KALENDS_DATA_DIR={shlex.quote(str(own_folder))}",
        ]
    show(facts, [*lines, ""], as_json=as_json)
