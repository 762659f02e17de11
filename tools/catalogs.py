"""Bring the catalogs of what mails and pages say up to date with the code: `python -m tools.catalogs`.

Sentences that are new get an empty translation to fill in; those that are gone are dropped.
"""

from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from kalends.localization.language import CATALOGS, COMPLETE, SOURCE

_FOLDERS = [CATALOGS.parents[1] / name for name in ("localization", "notifications", "web")]
_METHODS = [("**.py", "python"), ("**/templates/*.html", "jinja2")]
_KEYWORDS = {"mark": None, "text": None, "plural": (1, 2)}
_WIDTH = 110
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # a date that moves would be a change in every file


def extracted() -> Catalog:
    """Return the sentences of the code, without translations."""
    catalog = Catalog(fuzzy=False)
    for folder in _FOLDERS:
        for _file, _line, message, _comments, _context in extract_from_dir(
            folder, method_map=_METHODS, keywords=_KEYWORDS
        ):
            catalog.add(message)
    return catalog


def read(language: str) -> Catalog:
    """Return the catalog of a language."""
    with _path(language).open("rb") as source:
        return read_po(source, locale=language)


def main() -> None:
    """Update every catalog."""
    sentences = extracted()
    for language in COMPLETE:
        if language != SOURCE:
            _update(language, sentences)


def _update(language: str, sentences: Catalog) -> None:
    old = read(language) if _path(language).exists() else Catalog(locale=language)
    new = Catalog(
        locale=language,
        fuzzy=False,
        header_comment=f"# The sentences of mails and pages in {Locale(language).english_name}.",
        project="Kalends",
        last_translator="",
        language_team="",
        creation_date=_EPOCH,
        revision_date=_EPOCH,
    )
    for message in sentences:
        if message.id:
            known = old.get(message.id)
            new.add(message.id, known.string if known is not None else "")
    with _path(language).open("wb") as target:
        write_po(target, new, width=_WIDTH, omit_header=False, sort_output=True)


def _path(language: str) -> Path:
    return CATALOGS / f"{language}.po"


if __name__ == "__main__":
    main()
