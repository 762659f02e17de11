"""A person's language: the sentences of mails, and dates as that language writes them.

Catalogs are read from their `.po` files, dates and times come from CLDR. A language without a catalog is
English in both: dates of one language in sentences of another read like a mistake.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

CATALOGS = Path(__file__).parent / "catalogs"
SOURCE = "en"

COMPLETE = ("de", "en", "es", "fr", "it", "pt")
"""The languages in which every sentence exists; English is the language of the code itself."""

LONGEST_CODE = 35
"""The longest code of a language; those that CLDR knows have at most 15 characters."""

_CODES_KEPT = 256
_UTC = ZoneInfo("UTC")
_HOURS_12 = 12


def mark(sentence: str) -> str:
    """Mark a sentence of a table for the catalogs; it is translated where it is used."""
    return sentence


@dataclass(frozen=True, slots=True)
class Language:
    """Sentences and dates for one person.

    `tag` names the language of the sentences. `clock` is 12 or 24; None: whichever the language uses.
    """

    locale: Locale
    tag: str
    catalog: Translations
    zone: ZoneInfo
    clock: int | None = None

    def text(self, sentence: str, **values: str) -> str:
        """Return a sentence in this language, with `%(name)s` replaced by the values."""
        translated = str(self.catalog.gettext(sentence)) if sentence else ""
        return translated % values if values else translated

    def plural(self, one: str, many: str, count: int) -> str:
        """Return the form of a sentence for a count, with `%(count)s` replaced by it."""
        return str(self.catalog.ngettext(one, many, count)) % {"count": count}

    def time(self, instant: datetime) -> str:
        """Return the time of day."""
        local = instant.astimezone(self.zone)
        if self.clock is None:
            return _plain(format_time(local, "short", tzinfo=self.zone, locale=self.locale))
        skeleton = "hm" if self.clock == _HOURS_12 else "Hm"
        return _plain(format_skeleton(skeleton, local, tzinfo=self.zone, locale=self.locale))

    def day(self, instant: datetime) -> str:
        """Return weekday and date, in full."""
        return format_date(instant.astimezone(self.zone), "full", locale=self.locale)

    def short_day(self, instant: datetime) -> str:
        """Return weekday and date, abbreviated."""
        return format_skeleton("yMMMEd", instant.astimezone(self.zone), tzinfo=self.zone, locale=self.locale)

    def period(self, start: datetime, end: datetime) -> str:
        """Return when something takes place, in full."""
        return self._joined(start, end, self.day(start), self.day(end))

    def short_period(self, start: datetime, end: datetime) -> str:
        """Return when something takes place, abbreviated."""
        return self._joined(start, end, self.short_day(start), self.short_day(end))

    def _joined(self, start: datetime, end: datetime, first: str, last: str) -> str:
        if first == last:
            return f"{first}, {self.time(start)} – {self.time(end)}"
        return f"{first}, {self.time(start)} – {last}, {self.time(end)}"


def language_for(code: str | None, time_zone: str, clock: int | None = None) -> Language:
    """Return the language of a person by its code, such as `pt-BR`, and an IANA time zone.

    What is not known, or has no catalog, becomes English; a zone that is none becomes UTC.
    """
    locale, tag, catalog = _spoken(code if code and len(code) <= LONGEST_CODE else SOURCE)
    return Language(locale, tag, catalog, _zone(time_zone), clock)


def complete_language(code: str) -> str:
    """Return which of the `COMPLETE` languages a code such as `de-AT` asks for; English for any other."""
    language = code[:LONGEST_CODE].replace("_", "-").partition("-")[0].lower()
    return language if language in COMPLETE else SOURCE


@lru_cache(maxsize=_CODES_KEPT)
def _spoken(code: str) -> tuple[Locale, str, Translations]:
    """Return what writes the dates of a language, the tag of its sentences, and these."""
    locale = _locale(code)
    tag, catalog = _catalog(locale)
    return Locale(SOURCE) if tag == SOURCE and locale.language != SOURCE else locale, tag, catalog


def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale(SOURCE)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return _UTC


def _catalog(locale: Locale) -> tuple[str, Translations]:
    """Return the nearest catalog: `pt` for `pt_BR`, English for what has none."""
    parents = get_global("parent_exceptions")
    name = str(locale)
    while name and name != "root":
        path = CATALOGS / f"{name}.po"
        if path.exists():
            return name.replace("_", "-"), _read(path)
        name = parents.get(name, name.rpartition("_")[0])
    return SOURCE, _read(None)


@cache
def _read(path: Path | None) -> Translations:
    if path is None:
        return Translations()
    with path.open("rb") as source:
        catalog = read_po(source, locale=path.stem)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


def _plain(time: str) -> str:
    """Return a time with plain spaces: the narrow ones of CLDR show as boxes in some mail programs."""
    return time.replace("\N{NARROW NO-BREAK SPACE}", " ")
