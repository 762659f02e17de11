"""Texts of people where only plain ones may stand."""

from unicodedata import category

# Joiners shape letters and emoji, marks tell how a text of two directions is read; other signs without a
# shape show in some programs, hide letters in others, or turn around the text that follows.
_KEPT = frozenset(
    "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"
)


def one_line(text: str) -> str:
    """Return a text in one line: control characters and runs of spaces become a space.

    Of the signs without a shape only joiners and marks of direction are kept.
    """
    return " ".join("".join(map(_plain, text)).split())


def _plain(sign: str) -> str:
    if sign.isprintable() or sign in _KEPT:
        return sign
    return "" if category(sign) == "Cf" else " "
