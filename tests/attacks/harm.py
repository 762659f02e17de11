"""What the tests of attacks judge by.

A test prepares an attack, makes it, and asserts under `no_harm` that it did none. A preparation that fails is
told apart from an attack that succeeds.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class Harm(Exception):
    """An attack did what it must not; the message is that of the assertion."""


@contextmanager
def no_harm() -> Iterator[None]:
    """Make assertions that fail in this block the harm that an attack did."""
    try:
        yield
    except AssertionError as error:
        raise Harm(str(error)) from error
