"""Which addresses of attendees are shown to people."""

import re

_FAUX_DOMAIN = "@sms.cal.com"


_OF_CLIENT = re.compile(r"\+[a-zA-Z0-9]{25}(?=@)")


def mailbox_of(address: str) -> str:
    """Return where mail to an address goes: to managed users without the id of their client."""
    return _OF_CLIENT.sub("", address, count=1)


def is_faux(address: str) -> bool:
    """Tell whether an address was made of the phone number of somebody without one."""
    return address.lower().endswith(_FAUX_DOMAIN)
