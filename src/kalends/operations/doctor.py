"""Can the server run here? One check a question, each with what to do when something is wrong."""

import asyncio
import os
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Literal, TypeAlias

import psycopg
from psycopg.rows import TupleRow

from kalends.db import migrate
from kalends.db.connect import MEGABYTE, connect, database_url, is_made
from kalends.db.errors import DatabaseFault
from kalends.db.server.disk import DiskLevel, level_of
from kalends.notifications.queries import SERVER_AWAY
from kalends.notifications.transport.failures import ServerUnavailable
from kalends.notifications.transport.folder import mail_folder
from kalends.notifications.transport.smtp import try_server
from kalends.operations.files import files_allowed, files_wanted
from kalends.outbox.jobs.queries import SET_ASIDE
from kalends.security import secret
from kalends.settings import Settings, unknown_variables
from kalends.settings.smtp_url import server_of

Verdict: TypeAlias = Literal["ok", "warning", "problem"]
"""A problem keeps the server from working; a warning does not."""

_ZONE_VERSION = "# version "
_OTHER_CONNECTIONS = 10  # of commands, backups, and PostgreSQL's own reserve
_DATABASE_FACTS = """
    SELECT current_setting('server_version'), pg_database_size(current_database()) / 1000000,
           current_setting('max_connections')::int
"""
_SAME_FOR_ALL = (
    f"Copy {secret.SECRET_FILE} here from where the first server ran, or set KALENDS_SECRET_KEY to what it "
    "holds, for every server and worker"
)
_REPLACES_ANOTHER = (
    "The next start takes it: links in mails sent before become invalid, and what is encrypted cannot be "
    "read; set the former value unless that is wanted"
)
_OF_OTHERS = 0o077
_MOST_CLOCK_DIFFERENCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Check:
    """What was found about one thing, and what to do about it."""

    name: str
    verdict: Verdict
    found: str
    advice: str | None = None


def examine(settings: Settings) -> list[Check]:
    """Check settings, zones, disk, mails, database, clock, migrations, secret, what waits, conferencing."""
    checks = [check_variables(), check_zone_data(datetime.now(UTC)), check_disk(settings)]
    checks += [check_files(settings, files_allowed(at_most=True)), check_mail(settings)]
    checks.append(check_proxies(settings))
    if not is_made(settings):
        checks += [check_data_folder(settings.data_dir), check_secret(settings, None)]
        return [*checks, check_conferencing()]
    try:
        with database_url(settings) as url, connect(url) as connection:
            checks += [check_database(settings, connection), check_clock(connection)]
            migrations = check_migrations(url)
            is_migrated = migrations.verdict == "ok"
            noted = secret.noted_fingerprint(connection) if is_migrated else None
            checks += [migrations, check_secret(settings, noted)]
            if is_migrated:
                checks.append(check_waiting_mails(connection, datetime.now(UTC)))
                checks.append(check_jobs_set_aside(connection))
    except DatabaseFault as error:
        checks.append(Check("database", "problem", str(error)))
    return [*checks, check_conferencing()]


def check_variables() -> Check:
    """Look for variables that would be settings if they were spelt right."""
    unknown = unknown_variables()
    if unknown:
        advice = "Correct or remove them; kalends/settings/__init__.py lists all settings"
        return Check("settings", "warning", f"not known: {', '.join(unknown)}", advice)
    return Check("settings", "ok", "all variables are valid")


def check_zone_data(now: datetime) -> Check:
    """See whether the zone rules, those of the package tzdata, are recent: governments change them."""
    version = _zone_version()
    if int(version[:4]) < now.year - 1:
        advice = "Install the newest package tzdata, or the newest Kalends"
        return Check("zone data", "warning", f"{version} is more than a year old", advice)
    return Check("zone data", "ok", f"{version}, of the package tzdata")


def check_disk(settings: Settings) -> Check:
    """See whether the data folder can grow."""
    if settings.database_url is not None:
        return Check("disk", "ok", "the database is elsewhere")
    folder = settings.data_dir.expanduser().absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    found = f"{free / 1e9:.1f} GB free in {folder}"
    advice = "Make room, or choose another folder with KALENDS_DATA_DIR"
    least, enough = settings.disk_least_mb * MEGABYTE, settings.disk_enough_mb * MEGABYTE
    match level_of(free, least=least, enough=enough):
        case DiskLevel.NONE:
            return Check("disk", "problem", f"{found}: too little to store anything", advice)
        case DiskLevel.LITTLE:
            return Check("disk", "warning", found, advice)
        case DiskLevel.ENOUGH:
            return Check("disk", "ok", found)


def check_files(settings: Settings, allowed: int) -> Check:
    """See whether a process may open a file for each connection of a client; `allowed` is how many it may."""
    wanted = files_wanted(settings)
    found = f"a process may open {allowed} files (RLIMIT_NOFILE), and opens up to {wanted}"
    if allowed < wanted:
        advice = "Raise the limit (ulimit -Hn, LimitNOFILE=), or lower KALENDS_CONNECTIONS_MOST"
        return Check("files", "warning", found, advice)
    return Check("files", "ok", found)


def check_mail(settings: Settings) -> Check:
    """See whether mails can be handed over."""
    if not settings.mail_enabled:
        return Check("mail", "ok", "switched off, KALENDS_MAIL_ENABLED is false")
    if settings.smtp_url is None:
        return Check("mail", "ok", f"no mail server is set; mails become files in {mail_folder(settings)}")
    server = server_of(settings.smtp_url.get_secret_value())
    where = f"{server.host}, port {server.port}"
    try:
        asyncio.run(try_server(server))
    except ServerUnavailable as error:
        advice = "Mails wait until the mail server takes them; check KALENDS_SMTP_URL"
        return Check("mail", "warning", f"{where}: {error}", advice)
    return Check("mail", "ok", f"{where} takes mails")


def check_proxies(settings: Settings) -> Check:
    """Ask whether a proxy is in front: unless it is trusted, all who come through it share a rate limit."""
    trusted = settings.trusted_proxies.strip()
    if trusted:
        return Check("proxies", "ok", f"trusted: {trusted}")
    found = "none is trusted; is one in front of the server?"
    if settings.public_url is None:
        return Check("proxies", "ok", found)
    advice = (
        "If one is, name its address in KALENDS_TRUSTED_PROXIES; else all who come through it share one rate "
        "limit"
    )
    return Check("proxies", "warning", found, advice)


def check_conferencing() -> Check:
    """Say who makes video meetings: nobody."""
    found = 'none is configured; where an event type names no place, people read "The host will tell where"'
    return Check("conferencing", "ok", found)


def check_data_folder(folder: Path) -> Check:
    """Say whether a database can be made in a folder that has none."""
    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return Check("database", "ok", f"none yet; the first start makes one in {folder}")
    what = "cannot be written to" if nearest.is_dir() else "is no folder"
    return Check("database", "problem", f"none yet, and {nearest} {what}", "Choose another --data-dir")


def check_database(settings: Settings, connection: psycopg.Connection[TupleRow]) -> Check:
    """Say which database it is and how fast it answers, and whether it takes as many as will connect."""
    began = time.perf_counter()
    row = connection.execute(_DATABASE_FACTS).fetchone()
    took = time.perf_counter() - began
    if row is None:
        raise LookupError("a query of constants yielded no row")
    version, megabytes, most = row
    where = connection.info.host if settings.database_url else settings.data_dir
    found = f"PostgreSQL {version} ({where}), {megabytes} MB, answered in {took * 1000:.1f} ms"
    of_worker = settings.database_worker_pool_size if settings.worker else 0
    wanted = settings.workers * (settings.database_pool_size + of_worker)
    if wanted > most - _OTHER_CONNECTIONS:
        advice = f"It takes {most} connections and {wanted} are wanted: lower KALENDS_DATABASE_POOL_SIZE"
        return Check("database", "warning", found, advice)
    return Check("database", "ok", found)


def check_clock(connection: psycopg.Connection[TupleRow]) -> Check:
    """Compare this machine's clock with the database's, and with the age of this installation."""
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    now = datetime.now(UTC)
    difference = abs(now - row[0]) if row else timedelta()
    found = f"{now.isoformat(timespec='seconds')}, {difference.total_seconds():.1f} s from the database's"
    if difference > _MOST_CLOCK_DIFFERENCE or now.year < int(_zone_version()[:4]):
        return Check("clock", "problem", found, "Set the clock; let NTP keep it on every machine")
    return Check("clock", "ok", found)


def check_migrations(url: str) -> Check:
    """Say whether the schema is the one that this program needs."""
    found = migrate.status(url)
    if found.is_newer:
        advice = "Install the Kalends that made this schema, or a newer one"
        return Check("migrations", "problem", f"at {found.current}, newest here {found.head}", advice)
    if found.pending:
        advice = "Start the server, or run `kalends db migrate`"
        return Check("migrations", "warning", f"pending: {', '.join(found.pending)}", advice)
    return Check("migrations", "ok", f"at {found.current}, the newest")


def check_secret(settings: Settings, noted: bytes | None) -> Check:
    """See whether the secret can be used, and is that of the other servers; none is made.

    `noted` is the fingerprint of theirs; None: none has started yet, or that is not known.
    """
    path = secret.secret_file(settings)
    is_set = settings.secret_key is not None
    try:
        if not is_set and not path.exists():
            if noted is None:
                return Check("secret", "ok", f"the first start will make one in {path}")
            found = f"the database is used with a secret, and there is none in {path}"
            return Check("secret", "problem", found, _SAME_FOR_ALL)
        own = secret.fingerprint(settings)
        is_open = not is_set and path.stat().st_mode & _OF_OTHERS != 0
    except (secret.SecretUnavailable, OSError) as error:
        return Check("secret", "problem", str(error))
    where = "KALENDS_SECRET_KEY" if is_set else str(path)
    is_another = noted is not None and own != noted
    if is_another and is_set:
        found = f"{where} is not the one that this database was used with"
        return Check("secret", "warning", found, _REPLACES_ANOTHER)
    if is_another:
        return Check("secret", "problem", f"{where} is not the one of the other servers", _SAME_FOR_ALL)
    if is_open:
        advice = f"Links and what is encrypted depend on it: chmod 600 {path}"
        return Check("secret", "warning", f"{where} can be read by other users", advice)
    return Check("secret", "ok", f"in {where}" if is_set else f"in {where}; back it up with the database")


def check_waiting_mails(connection: psycopg.Connection[TupleRow], now: datetime) -> Check:
    """See whether mails wait for a mail server that the workers could not reach."""
    row = connection.execute(SERVER_AWAY).fetchone()
    count, since = row or (0, None)
    if since is None:
        return Check("waiting mails", "ok", "none waits for the mail server")
    hours = (now - since).total_seconds() / 3600
    found = f"{count} wait for the mail server, the first for {hours:.1f} hours"
    advice = "See what `kalends mail list` says, and mend it: after five days a mail is given up"
    return Check("waiting mails", "warning", found, advice)


def check_jobs_set_aside(connection: psycopg.Connection[TupleRow]) -> Check:
    """Look for jobs that the queue has set aside because their workers ended."""
    counts = connection.execute(SET_ASIDE).fetchall()
    if not counts:
        return Check("queue", "ok", "no job is set aside")
    found = ", ".join(f"{count} of {kind}" for kind, count, _ in counts)
    reason = counts[0][2]
    advice = "See `kalends jobs list`; once the cause is mended, `kalends jobs retry` lets them begin anew"
    return Check("queue", "warning", f"set aside: {found} ({reason})", advice)


def _zone_version() -> str:
    rules = resources.files("tzdata") / "zoneinfo" / "tzdata.zi"
    return rules.read_text("ascii").partition("\n")[0].removeprefix(_ZONE_VERSION)
