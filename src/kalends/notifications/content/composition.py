"""Composing the letter of a planned mail (notifications.md 5)."""

from collections.abc import Iterator
from datetime import datetime

from kalends.bookings.facts.snapshots import BookingSnapshot
from kalends.localization.language import Language
from kalends.notifications.content.client_links import cancel_link, reschedule_link, view_link
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
        url=_address(scene, links),
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
    client = scene.fact.booking.client
    # Whoever has these links confirms and rejects; a client that shows nothing itself sends none.
    if scene.is_asking and (client is None or client.has_uris):
        yield Button(scene.language.text("Confirm"), links.approve(*_grant(scene)), is_main=True)
        yield Button(scene.language.text("Decline"), links.decline(*_grant(scene)))


def _changes(scene: Scene, links: Links) -> Iterator[Button]:
    if not scene.offers_changes:
        return
    event_type, client = scene.fact.event_type, scene.fact.booking.client
    reschedule: str | None
    cancel: str | None
    if client is None:
        reschedule, cancel = links.reschedule(*_grant(scene)), links.cancel(*_grant(scene))
    else:
        reschedule, cancel = reschedule_link(client, scene), cancel_link(client, scene)
    if scene.offers_reschedule and reschedule is not None:
        yield Button(scene.language.text("Reschedule"), reschedule)
    if (event_type is None or not event_type.disable_cancelling) and cancel is not None:
        yield Button(scene.language.text("Cancel"), cancel)


def _address(scene: Scene, links: Links) -> str | None:
    """Return where the reader sees the booking, if they may change it."""
    client = scene.fact.booking.client
    if not scene.offers_changes:
        return None
    return links.manage(*_grant(scene)) if client is None else view_link(client, scene)


def _grant(scene: Scene) -> tuple[BookingSnapshot, Recipient, datetime]:
    return scene.fact.booking, scene.mail.recipient, scene.ends_at
