"""The server's own secret, and the keys made from it.

The secret is kept outside the database: what is copied with the data must not give power over it
(docs/decisions/011). It is `KALENDS_SECRET_KEY`, else a file in the data folder that the first use makes.
Each purpose has a key of its own, derived by HKDF, so that none can stand in for another.
"""

import base64
import os
import secrets
from functools import lru_cache
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from psycopg.rows import TupleRow

from kalends.db.connect import connect
from kalends.settings import SHORTEST_SECRET, Settings

SECRET_FILE = "secret.key"  # noqa: S105 - the name of a file
"""The file of the data folder that holds the secret, as one line of text."""

_KEY_BYTES = 32


class SecretUnavailable(Exception):
    """The secret cannot be read or made; the message says in one line why, and what to do."""


def signing_key(settings: Settings) -> bytes:
    """Return the key that signs links, 32 bytes.

    Raises:
        SecretUnavailable: no secret is set, and the data folder cannot be used.
    """
    return _derived(settings, "links")


def token_key(settings: Settings) -> bytes:
    """Return the key that signs access and refresh tokens, 32 bytes.

    Raises:
        SecretUnavailable: as `signing_key`.
    """
    return _derived(settings, "tokens")


def encryption_keys(settings: Settings) -> tuple[bytes, ...]:
    """Return the keys of stored secrets, for `cryptography.fernet.MultiFernet`.

    The first encrypts, any decrypts: those of `KALENDS_ENCRYPTION_KEYS` in their order, then the one derived
    from the secret, so that what was stored before the variable was set stays readable.

    Raises:
        SecretUnavailable: as `signing_key`.
    """
    given = [] if settings.encryption_keys is None else settings.encryption_keys.get_secret_value().split(",")
    return (*(key.strip().encode() for key in given), base64.urlsafe_b64encode(_derived(settings, "storage")))


def claim(settings: Settings, url: str) -> bool:
    """Check that all servers of a database have one secret; tell whether this server's replaces another.

    A secret that an operator set may replace the one before. One that a server made for itself may not: it
    would sign links that the others refuse, and encrypt what they cannot read.

    Raises:
        SecretUnavailable: as `signing_key`, or the others have another secret.
        DatabaseUnavailable: there is no connection.
    """
    own = fingerprint(settings)
    with connect(url) as connection:
        connection.execute(
            "INSERT INTO server_secret (fingerprint) VALUES (%s) ON CONFLICT DO NOTHING", (own,)
        )
        if noted_fingerprint(connection) == own:
            return False
        if settings.secret_key is None:
            raise SecretUnavailable(
                f"This database is used with another secret than {secret_file(settings)}; set "
                "KALENDS_SECRET_KEY to the same value for every server and worker (the content of the "
                f"{SECRET_FILE} where the first one ran), or copy that file here"
            )
        connection.execute("UPDATE server_secret SET fingerprint = %s, created_at = now()", (own,))
    return True


def secret_file(settings: Settings) -> Path:
    """Return the path of the secret's file, used unless a variable sets the secret."""
    return settings.data_dir.expanduser().absolute() / SECRET_FILE


def fingerprint(settings: Settings) -> bytes:
    """Return a fingerprint that tells whether two secrets are the same, and nothing else.

    Raises:
        SecretUnavailable: as `signing_key`.
    """
    return _derived(settings, "fingerprint")


def noted_fingerprint(connection: psycopg.Connection[TupleRow]) -> bytes | None:
    """Return the fingerprint of the secret that the servers of a database have; None if none has started."""
    row = connection.execute("SELECT fingerprint FROM server_secret").fetchone()
    return None if row is None else bytes(row[0])


def _derived(settings: Settings, purpose: str) -> bytes:
    derivation = HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"kalends {purpose}".encode())
    return derivation.derive(_secret(settings).encode())


def _secret(settings: Settings) -> str:
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    return _kept(secret_file(settings))


@lru_cache(maxsize=8)
def _kept(path: Path) -> str:
    """Return the secret in a file, which whoever comes first makes."""
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make(path)
        kept = path.read_text(errors="replace").strip()
    except OSError as error:
        raise SecretUnavailable(
            f"The server's secret cannot be kept in {path}: {error.strerror}; make the folder writable, "
            "choose another with KALENDS_DATA_DIR, or set KALENDS_SECRET_KEY"
        ) from error
    if len(kept) < SHORTEST_SECRET:
        raise SecretUnavailable(
            f"{path} has been cut short; restore it from a backup, or remove it to have a new one made: "
            "links in mails sent before and what is encrypted then become invalid"
        )
    return kept


def _make(path: Path) -> None:
    """Write a secret beside its place and link it there: nobody sees it half written or makes it twice."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(_KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # another process was faster
    finally:
        draft.unlink()
