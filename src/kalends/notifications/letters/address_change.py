"""The mails of an account that asks for another address: one to that, one to the address before."""

from dataclasses import dataclass
from datetime import datetime

from kalends.db.database import UnitOfWork
from kalends.localization.language import Language, language_for, mark
from kalends.notifications import queries
from kalends.notifications.content.head import is_writable
from kalends.notifications.content.letter import Button, Letter
from kalends.notifications.letters.own_letter import Sending, new_mail_of
from kalends.notifications.mail import Recipient, Template
from kalends.settings import Settings

_CONFIRM_SUBJECT = mark("Please confirm your address")
_CONFIRM_HEADING = mark("Is this your address?")
_CONFIRM_INTRO = mark(
    "Somebody with an account here says that this is their address. Nothing else is sent to it until you "
    "confirm it, and the link works until %(until)s. If it was not you, there is nothing to do."
)
_CONFIRM_BUTTON = mark("Confirm the address")

_CHANGE_SUBJECT = mark("The address of your account is to change")
_CHANGE_HEADING = mark("Your account asks for another address")
_CHANGE_INTRO = mark(
    "Your account is to have the address %(address)s. Until that is confirmed, everything goes on as it is. "
    "If it was not you, somebody else has one of your API keys: replace it, and tell whoever runs this "
    "server."
)


@dataclass(frozen=True, slots=True)
class AddressChange:
    """An account that asks for another address. `cause` names this sending, `url` is where to confirm it."""

    cause: str
    account_id: int
    before: Recipient
    after: Recipient
    url: str
    asked_at: datetime
    expires_at: datetime


async def queue_address_change(work: UnitOfWork, settings: Settings, change: AddressChange) -> None:
    """Write down the mails to both addresses, in the transaction that notes the request.

    The address before is told once a day of the same request, however often the confirmation is mailed.
    """
    sending = Sending(
        change.cause, Template.CONFIRM_ADDRESS, change.after, change.account_id, change.asked_at
    )
    mails = [new_mail_of(settings, sending, confirmation_of(change, _language(change.after)))]
    is_other = change.before.address != change.after.address
    if is_other and is_writable(change.before.email):
        cause = f"address:{change.account_id}:{change.after.address}:{change.asked_at.date().isoformat()}"
        notice = Sending(cause, Template.ADDRESS_CHANGE, change.before, change.account_id, change.asked_at)
        mails.append(new_mail_of(settings, notice, notice_of(change, _language(change.before))))
    await queries.insert_mails(work, mails)


def confirmation_of(change: AddressChange, language: Language) -> Letter:
    """Return what the new address is asked. It may be a stranger's: nothing that the asker wrote is in it."""
    until = f"{language.day(change.expires_at)}, {language.time(change.expires_at)}"
    subject = language.text(_CONFIRM_SUBJECT)
    return Letter(
        tag=language.tag,
        subject=subject,
        title=subject,
        heading=language.text(_CONFIRM_HEADING),
        intro=language.text(_CONFIRM_INTRO, until=until),
        rows=(),
        colon=language.text(":"),
        buttons=(Button(language.text(_CONFIRM_BUTTON), change.url, is_main=True),),
    )


def notice_of(change: AddressChange, language: Language) -> Letter:
    """Return what the address before is told."""
    subject = language.text(_CHANGE_SUBJECT)
    return Letter(
        tag=language.tag,
        subject=subject,
        title=subject,
        heading=language.text(_CHANGE_HEADING),
        intro=language.text(_CHANGE_INTRO, address=change.after.email),
        rows=(),
        colon=language.text(":"),
    )


def _language(recipient: Recipient) -> Language:
    return language_for(recipient.locale, recipient.time_zone, recipient.clock)
