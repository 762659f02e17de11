"""Secrets in links that are a few bytes with a signature of this server's key, so that nothing is stored.

Whatever is signed says for what: nothing that the key signs can be mistaken for something else.
"""

import base64
import binascii
import hashlib
import hmac

_SIGNATURE_BYTES = hashlib.sha256().digest_size


def signed(key: bytes, purpose: bytes, content: bytes) -> str:
    """Return content with its signature: URL-safe text that needs no escaping, and that can be read."""
    return base64.urlsafe_b64encode(content + _signature(key, purpose, content)).rstrip(b"=").decode()


def read_signed(key: bytes, purpose: bytes, token: str) -> bytes | None:
    """Return the content of a token; None: it was not signed with this key for this purpose."""
    try:
        decoded = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    content, signature = decoded[:-_SIGNATURE_BYTES], decoded[-_SIGNATURE_BYTES:]
    return content if hmac.compare_digest(signature, _signature(key, purpose, content)) else None


def _signature(key: bytes, purpose: bytes, content: bytes) -> bytes:
    return hmac.digest(key, purpose + content, "sha256")
