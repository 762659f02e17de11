"""Platforms in the server under test: their OAuth clients, and the users that these manage."""

from dataclasses import dataclass
from typing import Any

from tests.support.client import Client, Host, client_with_key, data
from tests.support.organizations import People

EVERYTHING = ["*"]


@dataclass(frozen=True, slots=True)
class Managed:
    """A managed user, with a client that carries their access token."""

    id: int
    email: str
    username: str
    client: Client
    refresh_token: str
    output: dict[str, Any]

    @property
    def host(self) -> Host:
        """The same as what other tests know."""
        return Host(client=self.client, id=self.id, email=self.email, username=self.username)


@dataclass(frozen=True, slots=True)
class Product:
    """An OAuth client; `client` carries its id and secret, `secret_only` the latter alone."""

    id: str
    secret: str
    client: Client
    secret_only: Client

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/v2/oauth-clients/{self.id}"

    @property
    def users(self) -> str:
        """Where its users are."""
        return f"{self.path}/users"

    async def user(self, name: str = "ann", **properties: Any) -> Managed:
        """Make a managed user."""
        body = {"email": f"{name}@acme.example.com", "name": name.capitalize(), **properties}
        made = data(await self.secret_only.post(self.users, json=body), 201)
        user = made["user"]
        return Managed(
            user["id"],
            user["email"],
            user["username"],
            client_with_key(self.client, made["accessToken"]),
            made["refreshToken"],
            user,
        )

    async def refreshes(self, token: str) -> Any:
        """Return the answer to a refresh token."""
        return await self.secret_only.post(f"/v2/oauth/{self.id}/refresh", json={"refreshToken": token})


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform; `key` is a client with a key of it that its OWNER, `owner`, has."""

    id: int
    owner: Host
    key: Client

    async def product(self, name: str = "Acme", **properties: Any) -> Product:
        """Make an OAuth client."""
        body = {"name": name, "redirectUris": [], "permissions": EVERYTHING, **properties}
        made = data(await self.key.post("/v2/oauth-clients", json=body), 201)
        return product_of(self.key, made["clientId"], made["clientSecret"])


async def make_platform(people: People, slug: str = "acme") -> Platform:
    """Make a platform with an OWNER."""
    owner = await people.account(f"{slug}-owner")
    organization_id = await people.organization(slug, owner, is_platform=True)
    return Platform(organization_id, owner, await people.key_of(owner, organization_id))


def product_of(client: Client, client_id: str, secret: str) -> Product:
    """Return what calls a server as an OAuth client."""
    only = {"x-cal-secret-key": secret}
    return Product(
        client_id,
        secret,
        with_headers(client, {"x-cal-client-id": client_id, **only}),
        with_headers(client, only),
    )


def with_headers(client: Client, headers: dict[str, str]) -> Client:
    """Return a client of the same server that sends these headers and no key."""
    return Client(transport=client._transport, base_url=client.base_url, headers=headers)
