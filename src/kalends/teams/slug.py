"""What a name is in an address (organizations-teams.md 9.1)."""

import re
import unicodedata


def slug_of(text: str) -> str:
    """Return the slug of a name; of one without letters and digits it may be empty.

    It stays decomposed (NFD), as clients of this API know it.
    """
    slug = unicodedata.normalize("NFD", text.lower().strip())
    slug = "".join(sign for sign in slug if not _is_diacritic(sign))
    slug = "".join(sign if _is_kept(sign) else "\0" for sign in slug)
    slug = re.sub("\0+", "-", slug)
    slug = re.sub(r"[\s_#]+", "-", slug)
    slug = slug.lstrip("-")
    slug = re.sub(r"\.+", ".", slug).lstrip(".")
    slug = _REMOVED.sub("", slug)
    slug = re.sub("-+", "-", slug)
    return slug.rstrip("-").rstrip(".")


def _is_diacritic(sign: str) -> bool:
    # What composes with letters; of those that stand alone the few that names have.
    return unicodedata.combining(sign) != 0 or sign in _LONE_DIACRITICS


def _is_kept(sign: str) -> bool:
    if sign in ".*#" or sign in _EMOJI_SIGNS:
        return True
    category = unicodedata.category(sign)
    return category[0] in "LN" or category == "Zs" or _EMOJI.fullmatch(sign) is not None


_LONE_DIACRITICS = frozenset("^`¨¯´·¸ˆˇ˘˙˚˛˜˝ーｰ゙゚")
_EMOJI_SIGNS = frozenset("©®")
_EMOJI = re.compile(
    "[\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f004-\U0001faff]"
)
_REMOVED = re.compile("[\u2011-\u27bf\ue000-\uf8ff\U0001f000-\U0001f7ff\U0001f910-\U0001f9ff]")
