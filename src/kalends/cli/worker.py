"""`kalends worker`: deliver webhooks and mails, apart from the servers."""

import gc
from typing import TYPE_CHECKING

from kalends.cli.common import DatabaseUrl, DataDir, use_settings

if TYPE_CHECKING:
    from kalends.settings import Settings


def worker(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Deliver webhooks and mails until a signal ends it. Any number can run, beside servers or alone."""
    gc.disable()  # as for the server: what is loaded stays
    settings = use_settings(data_dir, database_url)
    import asyncio

    import structlog
    import uvloop

    from kalends import server
    from kalends.db import connect, migrate
    from kalends.operations import logs
    from kalends.security import secret
    from kalends.settings import unknown_variables

    logs.configure(settings)
    log = structlog.get_logger()
    if unknown := unknown_variables():
        log.warning("variables that are no settings", names=unknown)
    with server.orderly_exit(), connect.database_url(settings, is_kept=True) as url:
        secret.signing_key(settings)  # its absence must stop the start, not a delivery
        migrate.require_current(url)
        if secret.claim(settings, url):
            log.warning(
                "a new secret is in use", consequence="links in mails sent before are not valid any more"
            )
        settings = use_settings(None, url)
        log.info("working")
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_work(settings))
        finally:
            log.info("stopping")


async def _work(settings: "Settings") -> None:
    import asyncio
    import signal

    from kalends.runtime import make_runtime
    from kalends.worker import worker_of

    gc.freeze()
    gc.enable()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    runtime = make_runtime(settings)
    async with runtime.open(), worker_of(runtime):
        await stop.wait()
