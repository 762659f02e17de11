"""Real PostgreSQL for tests: one server a test run, one database a worker."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from kalends.db import migrate
from kalends.db.server.embedded import embedded_postgres
from kalends.db.server.programs import (
    account_of,
    binary,
    open_way,
    run,
)
from kalends.db.server.roles import APPLICATION, SUPERUSER

_TEMPLATE = "kalends_template"
_LOCK = 1


@dataclass(frozen=True, slots=True)
class SharedServer:
    """The server of a test run, and the name of its migrated database that clones are made of."""

    url: str
    template: str


@contextmanager
def shared_server(base: Path) -> Iterator[SharedServer]:
    """Lend the one server below `base`, started by whichever worker comes first, stopped by the last."""
    with embedded_postgres(base / "database", durable=False) as url:
        with psycopg.connect(as_superuser(url), autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", (_TEMPLATE,)
            ).fetchone()
            if found is None:
                # Emptying tables row by row for their references would take longer than most tests.
                connection.execute(
                    sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(
                        sql.Identifier(APPLICATION)
                    )
                )
                with empty_database(url, "draft") as draft:
                    migrate.upgrade(draft)
                    connection.execute(f"ALTER DATABASE draft RENAME TO {_TEMPLATE}")
        yield SharedServer(url, _TEMPLATE)


@contextmanager
def clone_database(server: SharedServer, name: str) -> Iterator[str]:
    """Lend the URL of a new, migrated database without rows."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
    names = map(sql.Identifier, (name, server.template, APPLICATION))
    with _database(server.url, name, statement.format(*names)):
        yield database_url(server.url, name)


@contextmanager
def empty_database(url: str, name: str) -> Iterator[str]:
    """Lend the URL of a new database without tables, on the server of another URL."""
    names = map(sql.Identifier, (name, APPLICATION))
    with _database(url, name, sql.SQL("CREATE DATABASE {} OWNER {}").format(*names)):
        yield database_url(url, name)


def as_superuser(url: str) -> str:
    """Return the URL for the first role of the server, which may do what the application's may not."""
    return url.replace(f"//{APPLICATION}@", f"//{SUPERUSER}@")


def database_url(url: str, name: str) -> str:
    """Return the URL of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextmanager
def tcp_server(folder: Path, *, password: str) -> Iterator[str]:
    """Run a server on a TCP port of its own, with a password, and lend its URL."""
    cluster = folder / "cluster"
    cluster.mkdir(parents=True)
    secret = folder / "password"
    secret.write_text(password)
    secret.chmod(0o644)
    account = account_of(cluster)
    if account is not None:
        open_way(cluster, account)
    options = ["--auth=scram-sha-256", "--username=ana", f"--pwfile={secret}"]
    options += ["--encoding=UTF8", "--no-sync"]
    made = run([str(binary("initdb")), "-D", str(cluster), *options], account, stderr=subprocess.PIPE)
    assert made.returncode == 0, made.stderr
    port = free_port()
    server = [str(binary("postgres")), "-D", str(cluster), "-p", str(port), "-F"]
    settings = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*server, *settings],
            stderr=log,
            user=account.uid if account else None,
            group=account.gid if account else None,
        )
    url = f"postgresql://ana:{password}@127.0.0.1:{port}/postgres"
    try:
        _await_answer(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def kill_postgres(data_dir: Path) -> None:
    """Kill every process of the embedded database, the one that would look after the others first."""
    postmaster = int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    others = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for process_id in (postmaster, *map(int, others)):
        # One that served the server may have gone with it.
        with suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _database(url: str, name: str, create: sql.Composed) -> Iterator[None]:
    with psycopg.connect(as_superuser(url), autocommit=True) as connection:
        connection.execute(create)
    try:
        yield
    finally:
        with psycopg.connect(as_superuser(url), autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


def _await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.02)
        else:
            return
