"""Where a browser may be sent after a consent: to redirect URIs of the client, compared part by part.

A `*` in a host stands for characters of a host's name, and not at its end, where anybody could go on with a
domain of their own; a `*` in a path for any characters of it. The query is the client's own business.
"""

import re
from collections.abc import Sequence
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

_PORTS = {"http": 80, "https": 443}

# Names as browsers take them without decoding anything, with stars, or an address of IPv6.
_HOST = re.compile(r"[a-z0-9_*-]+(\.[a-z0-9_*-]+)*\.?|[0-9a-f:.]+:[0-9a-f:.]+")
_SLASHES = re.compile(r"[/\\]")


def allows(redirect_uris: Sequence[str], wanted: str) -> bool:
    """Tell whether a client may have browsers sent to an address."""
    parts = _parts(wanted)
    return parts is not None and any(_matches(uri, parts) for uri in redirect_uris)


def with_answer(redirect_uri: str, code: str, state: str | None) -> str:
    """Return the address that ends a consent."""
    parts = urlsplit(redirect_uri)
    asked = [*parse_qsl(parts.query, keep_blank_values=True), ("code", code)]
    if state is not None:
        asked.append(("state", state))
    return urlunsplit(parts._replace(query=urlencode(asked)))


def origin_of(redirect_uri: str) -> str:
    """Return scheme, host and port of an address that is allowed."""
    parts = urlsplit(redirect_uri)
    return f"{parts.scheme}://{parts.netloc}"


def _parts(uri: str) -> SplitResult | None:
    """Return the parts of an address of the web without credentials and fragment; None: it is none.

    Browsers and servers resolve `..` in a path, encoded or not, and would end elsewhere than what was
    compared.
    """
    is_plain = uri.isascii() and uri.isprintable() and not any(sign in uri for sign in ' \\"<>;,')
    try:
        parts = urlsplit(uri) if is_plain else None
        is_sound = parts is not None and parts.port != 0
    except ValueError:
        return None
    if parts is None or not is_sound or parts.scheme not in _PORTS:
        return None
    if parts.username is not None or parts.fragment or not _HOST.fullmatch(parts.hostname or ""):
        return None
    return None if {".", ".."}.intersection(_SLASHES.split(unquote(parts.path))) else parts


def _matches(uri: str, wanted: SplitResult) -> bool:
    allowed = _parts(uri)
    if allowed is None or "*" in (wanted.hostname or ""):
        return False
    host = allowed.hostname or ""
    return (
        allowed.scheme == wanted.scheme
        and _port(allowed) == _port(wanted)
        and not host.endswith("*")
        and _fits(host, wanted.hostname or "", "[^/?#@:]*")
        and _fits(allowed.path or "/", wanted.path or "/", "[^?#]*")
    )


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


def _fits(pattern: str, text: str, any_signs: str) -> bool:
    if pattern.count("*") > 1:
        return False  # of several stars, ways to match would be tried without end
    return re.fullmatch(any_signs.join(map(re.escape, pattern.split("*"))), text) is not None
