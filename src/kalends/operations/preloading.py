"""Libraries that few requests need and that take long to load.

They are imported where they are needed, so that the server need not wait for them, and loaded while it serves
already, so that nobody else has to wait for them.
"""

from importlib import import_module

_LIBRARIES = ("css_inline", "dateutil.rrule", "icalendar", "jinja2", "markdown_it", "phonenumbers")


def preload() -> None:
    """Load them."""
    for name in _LIBRARIES:
        import_module(name)
