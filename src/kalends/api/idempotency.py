"""`Idempotency-Key`: a POST that is sent again is answered as the first time, and nothing is done again.

The answer of a command is kept in the command's own transaction, so there is never one without the other.
Refusals roll everything back and are not kept: the same request may be tried again. What is kept shows
neither the client's key nor, without the client's key and credential, the answer.
"""

import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Request, Response

from kalends.api.dependencies import runtime_of
from kalends.api.http import credentials
from kalends.api.http.context import context_of
from kalends.api.output.envelope import JsonBytes
from kalends.api.refusals import IdempotencyKeyInUse, IdempotencyKeyReused, MalformedIdempotencyKey
from kalends.db.database import UnitOfWork
from kalends.db.rows import first_row, only_row

KEPT_FOR = timedelta(hours=24)
"""How long a repeated request is answered from what was kept."""

HEADER = "idempotency-key"
LONGEST_KEY = 255

PARAMETER: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "Any text that names this request. For 24 hours the same request with the same key is answered as "
        "the first time, with `Idempotency-Replayed: true`, and does nothing; another request with that key "
        "is refused with 422, and any with 409 while the first is still running. Refusals are not kept."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]*$"},
}
"""What the document says of the header."""

_REPLAYED = {"Idempotency-Replayed": "true"}
_PURGED_AT_ONCE = 20
_FIRST_REFUSAL = 400

_RUNNING = 0
"""In place of the status of an answer that is still to come."""

_LONGEST_RUN = timedelta(minutes=1)
"""How long a request may run before it counts as dead, so that another may answer."""

_NONCE_BYTES = 12


async def answer_once(
    request: Request, work: UnitOfWork | None, answer: Callable[[], Awaitable[Response]]
) -> Response:
    """Answer a request that has a key: by what was kept under it, else by `answer`, which is then kept.

    It is kept in the transaction of the operation, `work`. An operation that has none may wait for a
    stranger, so no connection is held around it: one transaction notes that it runs, another keeps its
    answer.

    Raises:
        MalformedIdempotencyKey: the key is malformed.
        IdempotencyKeyInUse: the request with this key is still running.
        IdempotencyKeyReused: the key was used for another request.
    """
    if work is not None:
        return await _answer_once(request, work, answer)
    return await _answer_once_outside(request, answer)


@dataclass(frozen=True, slots=True)
class _Identity:
    """A client's key, in forms that do not tell it.

    `digest` is what an answer is found by, `cipher_key` what it is encrypted with; neither follows from the
    other. `fingerprint` is of what was asked.
    """

    digest: bytes
    cipher_key: bytes
    fingerprint: bytes


async def _answer_once(
    request: Request, work: UnitOfWork, answer: Callable[[], Awaitable[Response]]
) -> Response:
    identity = _identity_of(request)
    now = runtime_of(request).clock()
    kept = await _find_locked(work, identity, now)
    if kept is not None:
        return kept
    response = await answer()
    if response.status_code < _FIRST_REFUSAL:
        await _keep(work, identity, response, now)
        await _purge(work, before=now - KEPT_FOR)
    return response


async def _answer_once_outside(request: Request, answer: Callable[[], Awaitable[Response]]) -> Response:
    identity, runtime = _identity_of(request), runtime_of(request)
    now = runtime.clock()
    async with runtime.database.pipelined_transaction() as work:
        kept = await _find_locked(work, identity, now)
        if kept is not None:
            return kept
        await _store(work, identity, _RUNNING, b"", now)
    response: Response | None = None
    try:
        response = await answer()
    finally:
        async with runtime.database.pipelined_transaction() as work:
            if response is None or response.status_code >= _FIRST_REFUSAL:
                await _forget(work, identity)
            else:
                await _keep(work, identity, response, now)
                await _purge(work, before=now - KEPT_FOR)
    return response


async def _find_locked(work: UnitOfWork, identity: _Identity, now: datetime) -> Response | None:
    """Return what is kept, while nobody else can keep something in its place.

    Raises:
        IdempotencyKeyInUse: the request with this key is still running.
        IdempotencyKeyReused: the key was used for another request.
    """
    # Looked up by a statement of its own, which sees what the lock's last holder committed.
    if not await _lock(work, identity):
        raise IdempotencyKeyInUse
    return await _find(work, identity, now)


def _identity_of(request: Request) -> _Identity:
    headers, context = request.headers, context_of(request.scope)
    keys = headers.getlist(HEADER)
    if len(keys) != 1 or not 1 <= len(keys[0]) <= LONGEST_KEY or not _is_printable(keys[0]):
        raise MalformedIdempotencyKey(LONGEST_KEY)
    presented = [
        credentials.bearer(headers.get("authorization", "")),
        headers.get("x-cal-client-id", ""),
        headers.get("x-cal-secret-key", ""),
    ]
    client = presented if any(presented) else [context.client_address]
    secret = _canonical([client, keys[0]])
    asked = [request.method, context.url, request.scope["route"].version.isoformat(), context.json]
    return _Identity(
        digest=hashlib.sha256(b"found by" + secret).digest(),
        cipher_key=hashlib.sha256(b"encrypted with" + secret).digest(),
        fingerprint=hashlib.sha256(_canonical(asked)).digest(),
    )


def _is_printable(text: str) -> bool:
    return all(" " <= character <= "~" for character in text)


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


async def _lock(work: UnitOfWork, identity: _Identity) -> bool:
    number = int.from_bytes(identity.digest[:8], signed=True)
    (is_locked,) = await only_row(work.connection, "SELECT pg_try_advisory_xact_lock(%s)", (number,))
    return bool(is_locked)


async def _find(work: UnitOfWork, identity: _Identity, now: datetime) -> Response | None:
    row = await first_row(
        work.connection,
        """
        SELECT fingerprint, status, answer FROM idempotency_keys
         WHERE digest = %s AND created_at > CASE status WHEN %s THEN %s ELSE %s END
        """,
        (identity.digest, _RUNNING, now - _LONGEST_RUN, now - KEPT_FOR),
    )
    if row is None:
        return None
    fingerprint, status, answer = row
    if fingerprint != identity.fingerprint:
        raise IdempotencyKeyReused
    if status == _RUNNING:
        raise IdempotencyKeyInUse
    nonce, encrypted = answer[:_NONCE_BYTES], answer[_NONCE_BYTES:]
    body = AESGCM(identity.cipher_key).decrypt(nonce, encrypted, fingerprint)
    return JsonBytes(body, status, _REPLAYED)


async def _keep(work: UnitOfWork, identity: _Identity, response: Response, now: datetime) -> None:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    encrypted = AESGCM(identity.cipher_key).encrypt(nonce, bytes(response.body), identity.fingerprint)
    await _store(work, identity, response.status_code, nonce + encrypted, now)


async def _store(work: UnitOfWork, identity: _Identity, status: int, answer: bytes, now: datetime) -> None:
    await work.connection.execute(
        """
        INSERT INTO idempotency_keys (digest, fingerprint, status, answer, created_at)
        VALUES (%(digest)s, %(fingerprint)s, %(status)s, %(answer)s, %(now)s)
        ON CONFLICT (digest) DO UPDATE
           SET fingerprint = %(fingerprint)s, status = %(status)s, answer = %(answer)s, created_at = %(now)s
        """,
        {
            "digest": identity.digest,
            "fingerprint": identity.fingerprint,
            "status": status,
            "answer": answer,
            "now": now,
        },
    )


async def _forget(work: UnitOfWork, identity: _Identity) -> None:
    await work.connection.execute("DELETE FROM idempotency_keys WHERE digest = %s", (identity.digest,))


async def _purge(work: UnitOfWork, *, before: datetime) -> None:
    """Delete some of what has expired: more than one request adds, so that it never piles up."""
    await work.connection.execute(
        """
        DELETE FROM idempotency_keys
         WHERE digest IN (SELECT digest FROM idempotency_keys WHERE created_at <= %s
                           ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED)
        """,
        (before, _PURGED_AT_ONCE),
    )
