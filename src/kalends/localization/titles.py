"""A booking's title in its reader's language."""

from kalends.localization.language import Language

USUAL = "%(event)s between %(host)s and %(name)s"
"""What a booking is called whose event type gives it no name of its own; it is stored in English."""


def title_in(language: Language, stored: str, *, event: str, host: str, name: str) -> str:
    """Return a title in a language, unless somebody chose it: then it is as it is stored.

    `name` is that of the first booker.
    """
    parts = {"event": event, "host": host, "name": name}
    return usual_title(language, **parts) if stored == USUAL % parts else stored


def usual_title(language: Language, *, event: str, host: str, name: str) -> str:
    """Return what a booking is called that nobody gave a name."""
    return language.text("%(event)s between %(host)s and %(name)s", event=event, host=host, name=name)
