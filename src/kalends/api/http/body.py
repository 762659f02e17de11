"""Reading a request's body: size, charset, compression, JSON (http-core.md 3) and forms."""

import json
import math
import re
import zlib
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import Receive

from kalends.api.refusals import BodyNotJson, BodyTooLarge, MalformedBody, UnreadableBody

MAX_BODY_BYTES = 102_400
"""Largest body after decompression."""

MAX_DEPTH = 32
"""Deepest nesting of arrays and objects."""

MAX_FORM_FIELDS = 32
"""Most fields of a form, or parameters of a page."""

LONGEST_CONTENT_TYPE = 256
"""Most bytes of a `Content-Type`; what clients send has at most a hundred."""

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_FORMS = frozenset({_FORM, "multipart/form-data"})

_COMPRESSIONS = {"gzip": 31, "x-gzip": 31, "deflate": 15}

_SURROGATES = re.compile(r"[\ud800-\udfff]")

# A parameter ends at the first semicolon that is not in quotes; quotes that do not end take the rest.
_PARAMETER = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*(?:"|$))+', re.DOTALL)
_QUOTED = re.compile(r'"(.*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


async def read_json(headers: Headers, receive: Receive) -> object:
    """Return the parsed JSON body; `{}` for no body, and for any content type but JSON, which is left unread.

    Raises:
        MalformedBody: not JSON, a bare scalar, a number that JSON cannot carry, or broken compression.
        BodyTooLarge: more than `MAX_BODY_BYTES`.
        UnreadableBody: a `Content-Type` that is too long, a charset other than UTF-8, or an unknown
            `Content-Encoding`.
    """
    if not _is(headers, _JSON):
        return {}
    return parse_json(await _read_plain(headers, receive))


async def require_json(headers: Headers, receive: Receive) -> None:
    """Refuse a body that came as something else than JSON, and which `read_json` has left unread.

    Raises:
        BodyNotJson: there is one.
        UnreadableBody: its `Content-Type` is too long.
    """
    if _is(headers, _JSON):
        return
    length = headers.get("content-length")
    is_sent = length != "0" if length is not None else "transfer-encoding" in headers
    if is_sent and not await _is_empty(receive):
        essence = _essence(headers)
        raise BodyNotJson(essence, is_form=essence in _FORMS)


async def read_form(headers: Headers, receive: Receive) -> dict[str, str]:
    """Return the fields of a form; of a field that is sent more than once, the last value.

    Raises:
        MalformedBody: not URL-encoded UTF-8, a NUL character, too many fields, or broken compression.
        BodyTooLarge: more than `MAX_BODY_BYTES`.
        UnreadableBody: it is no `application/x-www-form-urlencoded` in UTF-8, or has an unknown
            `Content-Encoding`.
    """
    if not _is(headers, _FORM):
        raise UnreadableBody("Send the form as application/x-www-form-urlencoded.")
    return parse_fields(await _read_plain(headers, receive), name="form")


def parse_fields(raw: bytes, *, name: str) -> dict[str, str]:
    """Parse a form or a query of a page; `name` says which, for the refusal.

    Raises:
        MalformedBody: as `read_form`.
    """
    try:
        text = raw.decode("ascii")
        fields = dict(
            parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FORM_FIELDS)
        )
    except ValueError as error:
        raise MalformedBody(
            f"The {name} must be URL-encoded UTF-8 of at most {MAX_FORM_FIELDS} fields."
        ) from error
    if any("\0" in text for field in fields.items() for text in field):
        raise MalformedBody(f"The {name} has a NUL character.")
    return fields


def parse_json(raw: bytes) -> object:
    """Parse a JSON object or array; blank is `{}`.

    Raises:
        MalformedBody: as `read_json`, or a string has a lone surrogate, which neither the database nor an
            answer can carry.
    """
    if not raw.strip():
        return {}
    try:
        parsed = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse_constant, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise MalformedBody("The body is not valid UTF-8.") from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise MalformedBody(f"The body is not valid JSON: {error}.") from error
    if not isinstance(parsed, dict | list):
        raise MalformedBody("The body must be a JSON object or array.")
    _refuse_depth(parsed, MAX_DEPTH)
    if b"\\u" in raw:
        _refuse_surrogates(parsed, "body")
    return parsed


def _is(headers: Headers, content_type: str) -> bool:
    sent = headers.get("content-type", "")
    if len(sent) > LONGEST_CONTENT_TYPE:
        raise UnreadableBody(f"Content-Type must have at most {LONGEST_CONTENT_TYPE} bytes.")
    _, _, parameters = sent.partition(";")
    if _essence(headers) != content_type:
        return False
    charset = _charset(parameters)
    if not charset.lower().startswith("utf-8") and charset.lower() != "utf8":
        raise UnreadableBody(f"Charset {charset} is not supported; send UTF-8.")
    return True


def _essence(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _charset(parameters: str) -> str:
    """Return the first `charset` among the parameters of a content type, without quotes; UTF-8 if none."""
    for parameter in _PARAMETER.findall(parameters):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            quoted = _QUOTED.fullmatch(value.strip())
            return _ESCAPE.sub(r"\1", quoted[1]) if quoted else value.strip()
    return "utf-8"


async def _read_plain(headers: Headers, receive: Receive) -> bytes:
    """Return the decompressed body."""
    declared = headers.get("content-length", "")
    compression = headers.get("content-encoding", "identity").strip().lower()
    if compression != "identity" and compression not in _COMPRESSIONS:
        raise UnreadableBody(
            f"Content-Encoding {compression[:40]!r} is not supported; send identity, gzip or deflate."
        )
    if compression == "identity" and declared.isdigit() and int(declared) > MAX_BODY_BYTES:
        raise BodyTooLarge(MAX_BODY_BYTES)
    raw = await _read(receive)
    return raw if compression == "identity" else _decompress(raw, _COMPRESSIONS[compression])


async def _is_empty(receive: Receive) -> bool:
    while True:
        message = await receive()
        if message.get("body"):
            return False
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return True


async def _read(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise MalformedBody("The body ended before its declared length.")
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise BodyTooLarge(MAX_BODY_BYTES)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _decompress(raw: bytes, window_bits: int) -> bytes:
    stream = zlib.decompressobj(window_bits)
    try:
        plain = stream.decompress(raw, MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise MalformedBody("The body's compression is broken.") from error
    if len(plain) > MAX_BODY_BYTES:
        raise BodyTooLarge(MAX_BODY_BYTES)
    if not stream.eof:
        raise MalformedBody("The body's compression is cut short.")
    return plain


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is too large a number")
    return number


def _refuse_depth(value: object, depth: int) -> None:
    if isinstance(value, dict | list):
        if depth == 0:
            raise _too_deep()
        for item in value.values() if isinstance(value, dict) else value:
            _refuse_depth(item, depth - 1)


def _refuse_surrogates(value: object, name: str) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_surrogates(key, "a name of a property")
            _refuse_surrogates(item, key)
    elif isinstance(value, list):
        for item in value:
            _refuse_surrogates(item, name)
    elif isinstance(value, str) and _SURROGATES.search(value):
        raise MalformedBody(f"{name} must be a string without lone surrogates.")


def _too_deep() -> MalformedBody:
    return MalformedBody(f"The body is nested too deeply; at most {MAX_DEPTH} levels are read.")
