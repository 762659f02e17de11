"""What proves to a receiver that a request is ours: two signatures, each with headers of its own."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

NO_SECRET = "no-secret-provided"  # noqa: S105 - what stands in place of a signature
_ENCODED = "whsec_"


def signature(secret: str | None, body: bytes) -> str:
    """Return `X-Cal-Signature-256`: the HMAC of the bytes, keyed by the secret's text as it was typed."""
    if not secret:
        return NO_SECRET
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def standard_signature(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """Return `webhook-signature` of Standard Webhooks: one entry for each secret that is good now."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digests = (hmac.new(_key(secret), signed, hashlib.sha256).digest() for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def _key(secret: str) -> bytes:
    if secret.startswith(_ENCODED):
        try:
            return base64.b64decode(secret.removeprefix(_ENCODED), validate=True)
        except binascii.Error:
            pass  # then it is text that happens to begin so
    return secret.encode()
