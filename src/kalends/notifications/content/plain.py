"""Texts of people where only plain ones may stand."""


def one_line(text: str) -> str:
    """Return a text without line breaks and other control characters, and without spaces beyond one."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
