"""Composing the letter of a planned mail (notifications.md 5)."""

from collections.abc import Iterator
from datetime import datetime

from kalends.bookings.facts.snapshots import BookingSnapshot
from kalends.localization.language import Language
from kalends.notifications.content.letter import (
    Button,
    Letter,
    Line,
    Row,
)
from kalends.notifications.content.links import Links
from kalends.notifications.content.rows import rows_of
from kalends.notifications.content.scene import Scene
from kalends.notifications.content.wording import WORDING
from kalends.notifications.mail import Recipient, Template


def compose(scene: Scene, links: Links) -> Letter:
    """Return what a mail says to its reader."""
    language, wording, first = scene.language, WORDING[scene.mail.template], scene.starts[0]
    values = {
        "title": scene.title,
        "when": language.short_period(first, first + scene.length),
        "host": scene.host_name,
        "name": scene.attendee_name,
    }
    tells_of_several = bool(wording.series) and len(scene.starts) > 1
    return Letter(
        tag=language.tag,
        colon=language.text(":"),
        subject=language.text(wording.subject, **values),
        title=scene.title,
        heading=language.text(wording.series if tells_of_several else wording.heading),
        intro=language.text(wording.intro, **values),
        rows=rows_of(scene),
        buttons=list(_buttons(scene, links)),
        offer=language.text("Need to make a change?"),
        changes=list(_changes(scene, links)),
        url=links.manage(*_grant(scene)) if scene.offers_changes else None,
    )


def about_webhook(language: Language, url: str, since: datetime) -> Letter:
    """Return what the owner of a webhook is told that was switched off, having failed since an instant."""
    wording = WORDING[Template.HOST_WEBHOOK_DISABLED]
    subject = language.text(wording.subject, url=url)
    zone = Line(f"({language.zone.key})", is_quiet=True)
    rows = [
        Row(language.text("Address"), [Line(url)]),
        Row(language.text("Failing since"), [Line(f"{language.day(since)}, {language.time(since)}"), zone]),
    ]
    return Letter(
        tag=language.tag,
        colon=language.text(":"),
        subject=subject,
        title=subject,
        heading=language.text(wording.heading),
        intro=language.text(wording.intro),
        rows=rows,
    )


def _buttons(scene: Scene, links: Links) -> Iterator[Button]:
    if scene.is_asking:
        yield Button(scene.language.text("Confirm"), links.approve(*_grant(scene)), is_main=True)
        yield Button(scene.language.text("Decline"), links.decline(*_grant(scene)))


def _changes(scene: Scene, links: Links) -> Iterator[Button]:
    if not scene.offers_changes:
        return
    event_type = scene.fact.event_type
    if scene.offers_reschedule:
        yield Button(scene.language.text("Reschedule"), links.reschedule(*_grant(scene)))
    if event_type is None or not event_type.disable_cancelling:
        yield Button(scene.language.text("Cancel"), links.cancel(*_grant(scene)))


def _grant(scene: Scene) -> tuple[BookingSnapshot, Recipient, datetime]:
    return scene.fact.booking, scene.mail.recipient, scene.ends_at
