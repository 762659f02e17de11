"""The mail with the link to a consent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from kalends.db.database import UnitOfWork
from kalends.localization.language import Language, language_for, mark
from kalends.notifications import queries
from kalends.notifications.content.letter import Button, Letter
from kalends.notifications.letters.own_letter import Sending, new_mail_of
from kalends.notifications.mail import Recipient, Template
from kalends.settings import Settings

_SUBJECT = mark("%(client)s asks for access to your account")
_INTRO = mark(
    "Open the link to see what is asked for, and to allow it. It works once, until %(until)s. "
    "If you have not asked for it, do nothing."
)
_BUTTON = mark("See what is asked for")
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class ConsentLink:
    """What the mail says; its `url` holds a secret."""

    user_id: int
    recipient: Recipient
    client: str
    url: str
    sent_at: datetime
    expires_at: datetime


async def queue_consent_link(work: UnitOfWork, settings: Settings, link: ConsentLink) -> None:
    """Write down the mail with a link to a consent, to be sent."""
    recipient = link.recipient
    letter = letter_of(link, language_for(recipient.locale, recipient.time_zone, recipient.clock))
    cause = f"consent:{uuid5(NAMESPACE_URL, link.url)}"
    sending = Sending(cause, Template.MEMBER_CONSENT, recipient, link.user_id, link.sent_at)
    await queries.insert_mails(work, [new_mail_of(settings, sending, letter)])


def letter_of(link: ConsentLink, language: Language) -> Letter:
    """Return what the mail says in a language."""
    client = link.client if len(link.client) <= _LONGEST_NAME else f"{link.client[: _LONGEST_NAME - 1]}…"
    subject = language.text(_SUBJECT, client=client)
    return Letter(
        tag=language.tag,
        colon=language.text(":"),
        subject=subject,
        title=subject,
        heading=subject,
        intro=language.text(_INTRO, until=language.time(link.expires_at)),
        rows=(),
        buttons=(Button(language.text(_BUTTON), link.url, is_main=True),),
    )
