"""What the tests of attacks judge by.

A test prepares an attack, makes it, and asserts under `no_harm` that it did none. While it still does some,
the test is a strict xfail that expects `Harm` and nothing else: a preparation that fails is an error, and an
attack that fails at last makes the suite speak up.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


class Harm(Exception):
    """An attack did what it must not; the message is that of the assertion."""


@contextmanager
def no_harm() -> Iterator[None]:
    """Make assertions that fail in this block the harm that an attack did."""
    try:
        yield
    except AssertionError as error:
        raise Harm(str(error)) from error


def still_harmful(number: int, what: str, *, condition: bool = True) -> pytest.MarkDecorator:
    """Mark the test of a part of a finding that is not mended; `condition`: whether it shows at all here."""
    return pytest.mark.xfail(condition, raises=Harm, strict=True, reason=f"finding {number}: {what}")
