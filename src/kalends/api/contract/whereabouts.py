"""Where the operation is that a client looks for at another address."""

import re
from collections.abc import Callable

_OLD = re.compile(r"(?:/api)?/v1(?=/|$)", re.IGNORECASE)
_TOP = re.compile(r"(?:/api)?(?:/v2)*/?", re.IGNORECASE)
_MISPLACED = re.compile(r"(?:/api(?=/))?(?:/v2(?=/))*(?P<rest>/.+)", re.IGNORECASE)


def whereabouts_of(path: str, base_url: str, is_there: Callable[[str], bool]) -> str | None:
    """Return where to ask instead of `path`, which nothing answers; `is_there` knows what does.

    None: nobody would guess what is looked for.
    """
    api = f"{base_url}/v2"
    reference = f"the reference is at {base_url}/docs"
    if _OLD.match(path):
        return f"there is no version 1 of this API; version 2 is at {api}, {reference}."
    if path != "/" and _TOP.fullmatch(path):
        return f"the API is at {api}/…, such as {api}/me; {reference}."
    misplaced = _MISPLACED.fullmatch(path)
    if misplaced is not None and is_there(f"/v2{misplaced['rest']}"):
        return f"the API is at {api}; ask {api}{misplaced['rest']}."
    return None
