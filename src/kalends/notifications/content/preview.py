"""All mails as files, to look at them without booking anything."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kalends.api.input.locales import Locale
from kalends.localization.language import language_for
from kalends.notifications.content import rendering
from kalends.notifications.content.composition import about_webhook, compose
from kalends.notifications.content.letter import Letter
from kalends.notifications.content.links import Links
from kalends.notifications.content.samples import sample_facts
from kalends.notifications.content.scene import Scene
from kalends.notifications.plan import planned


def write_previews(folder: Path, language: Locale) -> list[Path]:
    """Write each mail as HTML and as text into a folder, and return the HTML files."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / f"{name}.html", letter) for name, letter in _letters(language)]


def _letters(language: Locale) -> Iterator[tuple[str, Letter]]:
    links = Links("https://kalends.example.com", b"no key, so that these links open nothing")
    for name, fact in sample_facts(language):
        for mail in planned(fact):
            recipient = mail.recipient
            if recipient.may_change:  # a guest reads the same without links
                spoken = language_for(recipient.locale, recipient.time_zone, recipient.clock)
                side = mail.template.audience.value
                yield f"{name}.{side}", compose(Scene(fact, mail, spoken), links)
    since = datetime(2030, 5, 14, 8, tzinfo=UTC)
    webhook = about_webhook(language_for(language, "Europe/Rome"), "https://example.com/hooks", since)
    yield "webhook-disabled.host", webhook


def _write(path: Path, letter: Letter) -> Path:
    path.write_text(rendering.html(letter))
    path.with_suffix(".txt").write_text(rendering.text(letter))
    return path
