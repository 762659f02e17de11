"""Writing mails into a folder, where no mail server is set."""

import asyncio
import os
from pathlib import Path
from types import TracebackType

from kalends.notifications.transport.failures import ServerUnavailable
from kalends.notifications.transport.inspection import check_head
from kalends.settings import Settings


def mail_folder(settings: Settings) -> Path:
    """Return the folder of the mails that no server takes."""
    return settings.data_dir.expanduser().absolute() / "mail"


class FolderTransport:
    """Puts each mail into a file that mail programs open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def __aenter__(self) -> "FolderTransport":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def send(self, name: str, sender: str, recipient: str, message: bytes) -> None:
        """Write a message to `<name>.eml`, where a message of the same name is replaced.

        Raises:
            PermanentFailure: the message has headers that no mail has.
            ServerUnavailable: the folder cannot be written.
        """
        check_head(message)
        try:
            await asyncio.to_thread(self._write, name, message)
        except OSError as error:
            raise ServerUnavailable(f"{self._folder} cannot be written: {error.strerror}") from error

    def _write(self, name: str, message: bytes) -> None:
        """Write beside the place and move there, so that nobody reads half a mail; links in it give power."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f".{name}.draft"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(message)
        draft.replace(self._folder / f"{name}.eml")
