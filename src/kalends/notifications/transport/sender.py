"""In whose name the server sends mails."""

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from kalends.settings import Settings


@dataclass(frozen=True, slots=True)
class Sender:
    """The name and the address that mails come from."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The domain of the address."""
        return self.address.rpartition("@")[2]


def sender_of(settings: Settings) -> Sender:
    """Return what `KALENDS_MAIL_FROM` names."""
    if settings.mail_from is None:
        host = urlsplit(settings.base_url).hostname or "localhost"
        return Sender("Kalends", f"kalends@{host}")
    name, address = parseaddr(settings.mail_from)
    return Sender(name or "Kalends", address)
