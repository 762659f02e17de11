"""Stored secrets that must be readable again: encrypted with keys that can be changed."""

from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from kalends.api.output.errors import ServiceUnavailable
from kalends.security.secret import encryption_keys
from kalends.settings import Settings


class KeyMissing(ServiceUnavailable):
    """503: a stored secret was encrypted with a key that this server does not have."""

    def __init__(self) -> None:
        super().__init__(
            "A stored secret cannot be read: its key is neither in KALENDS_ENCRYPTION_KEYS nor made from the "
            "secret of this server; servers that share a database need the same KALENDS_SECRET_KEY"
        )


class Keyring:
    """The keys of stored secrets: the first encrypts, any decrypts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in encryption_keys(self._settings)])

    def encrypt(self, text: str) -> bytes:
        """Return a secret in its stored form."""
        return self._fernet.encrypt(text.encode())

    def decrypt(self, stored: bytes) -> str:
        """Return a secret that was stored.

        Raises:
            KeyMissing: none of the keys fits.
        """
        try:
            return self._fernet.decrypt(stored).decode()
        except InvalidToken as error:
            raise KeyMissing from error
