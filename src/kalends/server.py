"""Running the application: one process or several that share a listening socket."""

import gc
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import TYPE_CHECKING

from kalends.operations import files
from kalends.settings import Settings, get_settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_BACKLOG = 2048
# A process that does not answer for so long is killed, with all that it is at. On a machine that is merely
# busy, five seconds (the default) pass too easily.
_HUNG_SECONDS = 30

_KEEP_ALIVE_SECONDS = (
    75  # longer than load balancers keep idle connections, so that theirs never end in a reset
)
_STARTUP_FAILED = 3  # how a process of uvicorn ends whose application does not start
_SIGNALS = (signal.SIGTERM, signal.SIGINT)

# After how many new objects the garbage collector looks for cycles. A request makes hundreds that end with
# it, and Python's own 700 would have them looked through at nearly every one.
_NEW_OBJECTS = 10_000


class ServerFailed(Exception):
    """The server cannot run; the message says in one line why, and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections already, which wait until the application accepts them.

    Raises:
        ServerFailed: the port is in use or not ours to take, or the host is no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        # socket.create_server adds the address in parentheses, which this message names already.
        reason = (error.strerror or str(error)).split(" (")[0]
        raise ServerFailed(
            f"Cannot listen on {host}, port {port}: {reason}; stop what uses it, or choose another with "
            "--port and --host or KALENDS_PORT and KALENDS_HOST"
        ) from error


@contextmanager
def orderly_exit() -> Iterator[None]:
    """Make SIGTERM and SIGINT end the program with status 0, after everything that is open was closed.

    While the application runs, uvicorn has these signals, and passes them on once the last request is done.
    """
    previous = {number: signal.signal(number, _leave) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def load_early() -> None:
    """Load the application that `run` needs while the caller waits for something else, such as a database."""
    threading.Thread(target=import_module, args=("kalends.app",), daemon=True).start()


def run(settings: Settings, listener: socket.socket) -> None:
    """Serve until a signal ends it; running requests have `shutdown_grace_seconds` to finish.

    The application reads its settings from the environment, as its worker processes do.

    Raises:
        ServerFailed: the application did not start.
    """
    import uvicorn

    files.allow_connections(settings)
    config = uvicorn.Config(
        "kalends.server:create_worker_app",
        factory=True,
        workers=settings.workers,
        loop="uvloop",
        http="kalends.api.http.connection:BoundedConnection",
        ws="none",
        lifespan="on",
        backlog=_BACKLOG,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whom to believe is for `trusted_proxies` to say
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.shutdown_grace_seconds,
        timeout_worker_healthcheck=_HUNG_SECONDS,
    )
    if settings.workers == 1:
        uvicorn.Server(config).run([listener])
        return
    from uvicorn.supervisors import Multiprocess

    from kalends.uvicorn_internals import fork_processes_from

    fork_processes_from("kalends.app")
    supervisor = Multiprocess(config, [listener])
    supervisor.run()
    if any(process.exitcode == _STARTUP_FAILED for process in supervisor.processes):
        raise ServerFailed("The application did not start; the log above says why")


def create_worker_app() -> "ASGIApp":
    """Return the application in the process that is to run it."""
    gc.disable()
    from kalends.app import create_app
    from kalends.operations import logs
    from kalends.runtime import make_runtime

    parent = multiprocessing.parent_process()
    settings = get_settings()
    if parent is not None:
        logs.configure(settings)
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    app = create_app(make_runtime(settings))
    gc.freeze()  # what is loaded stays: the collector need not look at it ever again
    gc.set_threshold(_NEW_OBJECTS)
    gc.enable()
    return app


def _leave(_number: int, _frame: FrameType | None) -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # an impatient second one must not interrupt the closing
    raise SystemExit(0)


def _end_with(parent: BaseProcess) -> None:
    """Finish when the parent has gone: a worker left alone would keep the port."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
