"""What a name becomes in the address of an event type (event-types.md 6.1)."""

import re
import unicodedata

from kalends.api.input.fields import violation

LONGEST_SLUG = 500
"""Characters of what is sent as a slug."""

# Unicode calls these Extended_Pictographic; without them `re` knows no emoji.
_PICTURES = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u2388\u23cf\u23e9-\u23f3"
    "\u23f8-\u23fa\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2605\u2607-\u2612\u2614-\u2685"
    "\u2690-\u2705\u2708-\u2712\u2714\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755"
    "\u2757\u2763-\u2767\u2795-\u2797\u27a1\u27b0\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030"
    "\u303d\u3297\u3299\U0001f000-\U0001f0ff\U0001f10d-\U0001f10f\U0001f12f\U0001f16c-\U0001f171\U0001f17e"
    "\U0001f17f\U0001f18e\U0001f191-\U0001f19a\U0001f1ad-\U0001f1e5\U0001f201-\U0001f20f\U0001f21a\U0001f22f"
    "\U0001f232-\U0001f23a\U0001f23c-\U0001f23f\U0001f249-\U0001f3fa\U0001f400-\U0001f53d\U0001f546-\U0001f64f"
    "\U0001f680-\U0001f6ff\U0001f774-\U0001f77f\U0001f7d5-\U0001f7ff\U0001f80c-\U0001f80f\U0001f848-\U0001f84f"
    "\U0001f85a-\U0001f85f\U0001f888-\U0001f88f\U0001f8ae-\U0001f8ff\U0001f90c-\U0001f93a\U0001f93c-\U0001f945"
    "\U0001f947-\U0001faff\U0001fc00-\U0001fffd"
)
_PICTURE = f"[{_PICTURES}](?:[\ufe0e\ufe0f]|[\U0001f3fb-\U0001f3ff]\ufe0f?)?[\U000e0020-\U000e007f]*"

_EMOJI = re.compile(
    f"{_PICTURE}(?:\u200d{_PICTURE})*"  # pictures, with skin tones, and joined ones
    "|[\U0001f1e6-\U0001f1ff]{2}"  # flags
    "|[0-9#*]\ufe0f?\u20e3"  # keys
)

_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\ufe20-\ufe2f]")

_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_BREAK = "\0"
"""Stands for what becomes a hyphen; no text of a request has it."""


def slug_of(text: str) -> str:
    """Return the slug of a text; of a slug itself.

    Lower case without accents; a run of anything but letters, digits, dots and emoji is one hyphen, and none
    is at the ends. Of a text without letters, digits and emoji it is empty.
    """
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text.lower())))
    kept: list[str] = []
    position = 0
    while position < len(plain):
        emoji = _EMOJI.match(plain, position)
        part = emoji.group() if emoji else plain[position]
        is_kept = emoji is not None or _belongs(part, after=kept[-1] if kept else _BREAK)
        kept.append(part if is_kept else _BREAK)
        position += len(part)
    slug = re.sub(f"{_BREAK}+", "-", "".join(kept)).strip("-")
    return slug if slug.strip(".-") else ""


def check_slug(text: str) -> str:
    """Return a text of which a slug can be made.

    Raises:
        PydanticCustomError: it has no letter, digit or emoji.
    """
    if not slug_of(text):
        raise violation("isSlug", "must have a letter, a digit or an emoji")
    return text


def _belongs(sign: str, *, after: str) -> bool:
    """Tell whether a sign is a letter, a digit, a dot, or a mark that belongs to the letter before it."""
    category = unicodedata.category(sign)
    if category in ("Mn", "Mc"):
        return _SELECTORS.match(sign) is None and unicodedata.category(after[-1])[0] in "LM"
    return sign == "." or category[0] in "LN"
