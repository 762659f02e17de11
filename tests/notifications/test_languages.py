"""Sentences and dates in six languages; any other is English in both (notifications.md 9)."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from babel import Locale as CldrLocale
from tools import catalogs

from kalends.api.input.locales import Locale
from kalends.bookings.commands.decide import EXPIRED
from kalends.localization.language import COMPLETE, SOURCE, language_for

TRANSLATED = [language for language in COMPLETE if language != SOURCE]
START = datetime(2050, 9, 5, 13, 5, tzinfo=UTC)
END = START + timedelta(hours=1)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalog_has_a_translation_of_every_sentence_and_of_no_other(language: str) -> None:
    catalog = catalogs.read(language)
    sentences = {message.id for message in catalogs.extracted() if message.id}
    assert {message.id for message in catalog if message.id} == sentences
    for message in catalog:
        forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
        assert all(forms), message.id
        assert not message.fuzzy


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_placeholders_of_its_sentence(language: str) -> None:
    for message in catalogs.read(language):
        assert list(message.check()) == []


def test_the_reason_that_the_server_gives_is_among_the_sentences() -> None:
    assert EXPIRED in {message.id for message in catalogs.extracted()}


@pytest.mark.parametrize("code", get_args(Locale))
def test_every_language_that_a_booker_may_name_has_sentences_and_dates_of_one_language(code: str) -> None:
    language = language_for(code, "Europe/Rome")
    spoken = CldrLocale.parse(code, sep="-").language
    assert language.locale.language == (spoken if spoken in COMPLETE else SOURCE)
    assert language.tag.partition("-")[0] == language.locale.language
    english = language_for("en", "Europe/Rome")
    assert (language.text("Who") == english.text("Who")) is (language.tag == SOURCE)
    assert (language.day(START) == english.day(START)) is (language.tag == SOURCE)


@pytest.mark.parametrize(
    ("code", "tag"),
    [("pt-BR", "pt"), ("es-419", "es"), ("de", "de"), ("en", "en"), ("ja", "en"), ("xx", "en"), (None, "en")],
)
def test_sentences_come_from_the_nearest_catalog(code: str | None, tag: str) -> None:
    assert language_for(code, "Europe/Rome").tag == tag


@pytest.mark.parametrize(
    ("code", "clock", "expected"),
    [
        ("en", None, "3:05 PM"),
        ("en", 24, "15:05"),
        ("de", None, "15:05"),
        ("de", 12, "3:05 PM"),
        ("en-GB", None, "15:05"),
        ("ja", None, "3:05 PM"),
        ("ko", None, "3:05 PM"),
        ("ko", 24, "15:05"),
    ],
)
def test_the_clock_is_the_persons_or_else_the_languages(code: str, clock: int | None, expected: str) -> None:
    assert language_for(code, "Europe/Rome", clock).time(START) == expected


def test_a_meeting_past_midnight_names_both_days() -> None:
    language = language_for("en", "Asia/Tokyo")
    start = datetime(2050, 9, 5, 14, 30, tzinfo=UTC)
    assert language.period(start, start + timedelta(hours=1)) == (
        "Monday, September 5, 2050, 11:30 PM – Tuesday, September 6, 2050, 12:30 AM"
    )


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc/passwd"])
def test_a_zone_that_is_none_is_utc(zone: str) -> None:
    assert language_for("en", zone).zone.key == "UTC"


def test_numbers_of_weeks_have_their_plural() -> None:
    language = language_for("fr", "Europe/Rome")
    assert language.plural("every week", "every %(count)s weeks", 1) == "chaque semaine"
    assert language.plural("every week", "every %(count)s weeks", 2) == "toutes les 2 semaines"
