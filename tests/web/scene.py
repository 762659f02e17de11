"""A host, their bookings, and people who open the pages of these."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
from pydantic import SecretStr

from kalends.db.database import Database
from kalends.security.link_tokens import Grant, Purpose, issue
from kalends.security.secret import signing_key
from kalends.settings import Settings
from tests.support.client import Client, Guest, Host, data
from tests.support.server import SECRET_KEY

KEY = signing_key(Settings(secret_key=SecretStr(SECRET_KEY)))
START = "2050-09-05T08:00:00Z"
UNTIL = datetime(2051, 1, 1, tzinfo=UTC)


def grant(uid: str, **properties: Any) -> Grant:
    """Return the grant of the attendee of `booked`, but for what `properties` say."""
    return replace(Grant(Purpose.MANAGE, uid, "bo@example.com", UNTIL), **properties)


def token(uid: str, **properties: Any) -> str:
    """Return the token of a grant."""
    return issue(KEY, grant(uid, **properties))


def host_token(host: Host, uid: str, **properties: Any) -> str:
    """Return the token that a mail to the host carries."""
    return token(uid, recipient=host.email, user_id=host.id, **properties)


def seat_token(uid: str, email: str, seat_uid: str, **properties: Any) -> str:
    """Return the token that a mail to somebody on a seat carries."""
    return token(uid, recipient=email, seat_uid=UUID(seat_uid), **properties)


@dataclass(frozen=True, slots=True)
class Scene:
    """An event type of a host, for which people book times."""

    host: Host
    client: Client
    database: Database
    browser: "Browser"
    event_type_id: int

    @property
    def guest(self) -> Guest:
        """Somebody without a credential."""
        return Guest(self.client)

    async def set(self, **columns: Any) -> None:
        """Set columns of the event type."""
        changes = ", ".join(f"{name} = %({name})s" for name in columns)
        statement = f"UPDATE event_types SET {changes} WHERE id = %(id)s"
        async with self.database.connection() as connection:
            await connection.execute(statement, {**columns, "id": self.event_type_id})

    async def books(self, start: str = START, name: str = "Bo Guest", **properties: Any) -> Any:
        """Book a time for Bo, or for somebody else."""
        attendee = {
            "name": name,
            "email": f"{name.split()[0].lower()}@example.com",
            "timeZone": "Europe/Rome",
            **properties.pop("attendee", {}),
        }
        return await self.guest.books(self.event_type_id, start, attendee=attendee, **properties)

    async def reads(self, uid: str) -> Any:
        """Return the booking as its host reads it from the API."""
        return data(await self.host.client.get(f"/v2/bookings/{uid}"))

    async def stored(self) -> list[Any]:
        """Return all that is stored about bookings."""
        async with self.database.connection() as connection:
            rows: list[Any] = []
            for table in ("bookings", "attendees", "booking_seats", "busy_times", "outbox_events"):
                cursor = await connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
                rows += await cursor.fetchall()
            return rows


@dataclass(frozen=True, slots=True)
class Page:
    """A page that a browser shows."""

    response: httpx.Response

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.response.status_code

    @property
    def text(self) -> str:
        """What a person reads, with single blanks."""
        without_choices = re.sub(r"<select.*?</select>", " ", self.response.text, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", without_choices)).split())

    @property
    def links(self) -> dict[str, str]:
        """The links by their text."""
        found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', self.response.text, flags=re.DOTALL)
        return {" ".join(unescape(text).split()): unescape(address) for address, text in found}

    def form(self, method: str = "post") -> "Form | None":
        """Return the form that is sent by a method, as it is when the page opens."""
        reader = _FormReader(method)
        reader.feed(self.response.text)
        return None if reader.action is None else Form(reader.action, reader.fields, reader.choices)


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its fields as they are, and what its radio buttons offer."""

    action: str
    fields: dict[str, str]
    choices: dict[str, list[str]]


class _FormReader(HTMLParser):
    def __init__(self, method: str) -> None:
        super().__init__()
        self._method = method
        self._is_inside = False
        self._text_area: str | None = None
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.choices: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and given.get("method") == self._method:
            self._is_inside, self.action = True, given.get("action")
        if not self._is_inside:
            return
        name, value = given.get("name"), given.get("value") or ""
        if tag == "input" and name and given.get("type") == "radio":
            self.choices.setdefault(name, []).append(value)
            if "checked" in given:
                self.fields[name] = value
        elif tag in ("input", "textarea") and name:
            self.fields[name] = value
            self._text_area = name if tag == "textarea" else None

    def handle_data(self, text: str) -> None:
        if self._text_area is not None:
            self.fields[self._text_area] += text

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text_area = None
        elif tag == "form":
            self._is_inside = False


class Browser:
    """Somebody's browser: it follows no redirect by itself, and has neither cookies nor scripts."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def opens(self, address: str, **query: str) -> Page:
        """Open an address."""
        response = await self._client.get(address, params=query or None)
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        return Page(response)

    async def sends(self, page: Page, **fields: str) -> Page:
        """Fill in and send the form of a page, and follow where that leads."""
        form = page.form()
        assert form is not None, page.text
        for name, value in fields.items():
            assert name in form.fields or value in form.choices.get(name, ()), (name, form)
        sent = await self.posts(form.action, **{**form.fields, **fields})
        return sent if sent.status != 303 else await self.opens(sent.response.headers["location"])

    async def posts(self, address: str, **fields: str) -> Page:
        """Send a form of one's own making."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return Page(await self._client.post(address, content=urlencode(fields), headers=headers))
