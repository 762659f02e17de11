"""What mails and pages say exists in every language that is called complete."""

import re

import pytest
from tools.catalogs import extracted, read

from kalends.localization.language import COMPLETE, SOURCE

_PLACEHOLDER = re.compile(r"%\(\w+\)s")


def _forms(string: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [string] if isinstance(string, str) else list(string or ())


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


@pytest.mark.parametrize("language", [language for language in COMPLETE if language != SOURCE])
def test_every_sentence_is_translated_with_its_placeholders(language: str) -> None:
    catalog = read(language)
    sentences = [message for message in extracted() if message.id]
    assert len(sentences) > 100
    for sentence in sentences:
        found = catalog.get(sentence.id)
        assert found is not None, sentence.id
        assert found.string, sentence.id
        for form in _forms(found.string):
            assert form.strip(), sentence.id
            assert _placeholders(form) <= set().union(*map(_placeholders, _forms(sentence.id)))
        if isinstance(sentence.id, str):
            assert _placeholders(*_forms(found.string)) == _placeholders(sentence.id)
