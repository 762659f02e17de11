"""Which addresses of attendees are shown to people."""

_FAUX_DOMAIN = "@sms.cal.com"


def is_faux(address: str) -> bool:
    """Tell whether an address was made of the phone number of somebody without one."""
    return address.lower().endswith(_FAUX_DOMAIN)
