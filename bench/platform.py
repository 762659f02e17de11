"""Platforms: what their users cost, by `python -m bench.platform`."""

import collections
import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg

from bench import hosts, load
from bench.servers import NO_LIMITS, Server, kalends
from kalends.api.http import credentials
from kalends.db.server.embedded import embedded_postgres

ROUNDS = 5
SECONDS = 0.5
MADE = 100
FEW, MANY = 1_000, 100_000
AT_ONCE = 16

_SECRET = "a secret that is long enough for a benchmark"  # noqa: S105 - of nobody

_FILL = """
    WITH platform AS (
        INSERT INTO teams (name, slug, is_organization, is_platform) VALUES (%(slug)s, %(slug)s, true, true)
        RETURNING id
    ), client AS (
        INSERT INTO oauth_clients (
            id, organization_id, name, secret_hash, secret, permissions, redirect_uris)
        SELECT %(client_id)s, id, 'Product', %(secret_hash)s, '', 1023, '{}' FROM platform RETURNING id
    ), owner AS (
        INSERT INTO memberships (user_id, team_id, role, accepted)
        SELECT %(owner_id)s, id, 'OWNER', true FROM platform
    ), known AS (
        INSERT INTO profiles (user_id, organization_id, username)
        SELECT %(owner_id)s, id, 'owner' FROM platform
    ), people AS (
        INSERT INTO users (email, username, organization_id, is_platform_managed, oauth_client_id)
        SELECT 'u' || n || '+' || client.id || '@example.com', 'u' || n || client.id, platform.id, true,
               client.id
          FROM generate_series(1, %(count)s) n, platform, client RETURNING id, username
    ), profiles AS (
        INSERT INTO profiles (user_id, organization_id, username)
        SELECT p.id, platform.id, p.username FROM people p, platform
    ), members AS (
        INSERT INTO memberships (user_id, team_id, accepted)
        SELECT p.id, platform.id, true FROM people p, platform
    )
    SELECT id FROM platform
"""

# As safely as the server makes a user, with as little as there can be.
_BARE = (
    """
    INSERT INTO users (email, username, name, organization_id, is_platform_managed, oauth_client_id)
    VALUES (%(name)s || '@example.com', %(name)s, 'A user', %(platform_id)s, true, %(client_id)s) RETURNING id
    """,
    """
    INSERT INTO profiles (user_id, organization_id, username)
    VALUES (%(user_id)s, %(platform_id)s, %(name)s)
    """,
    "INSERT INTO memberships (user_id, team_id, accepted) VALUES (%(user_id)s, %(platform_id)s, true)",
    """
    INSERT INTO access_tokens (hashed_token, oauth_client_id, user_id, expires_at)
    VALUES (%(name)s, %(client_id)s, %(user_id)s, now())
    """,
    """
    INSERT INTO refresh_tokens (hashed_token, oauth_client_id, user_id, expires_at)
    VALUES (%(name)s, %(client_id)s, %(user_id)s, now())
    """,
    """
    INSERT INTO audit_entries (place_id, action, subject_type, subject_id, after)
    VALUES (%(platform_id)s, 'user.created', 'user', %(user_id)s::text, '{"name": "A user"}'),
           (%(platform_id)s, 'membership.created', 'membership', %(user_id)s::text, '{"accepted": true}')
    """,
)


@dataclass(frozen=True, slots=True)
class Product:
    """An OAuth client with so many users."""

    id: str
    platform_id: int
    size: int

    @property
    def users(self) -> str:
        """Where its users are."""
        return f"/v2/oauth-clients/{self.id}/users"


def main() -> None:
    """Print what users of a client cost: making them, listing them, their requests, their tokens."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        with embedded_postgres(data_dir) as url, kalends(data_dir, **NO_LIMITS) as server:
            few, many = _product(url, "few", FEW), _product(url, "many", MANY)
            with psycopg.connect(url, autocommit=True) as connection:
                # As autovacuum does within a minute.
                connection.execute("VACUUM ANALYZE")
            print(f"Platforms: {ROUNDS} interleaved rounds, 1 client, 1 server process")
            _list(server, few, many)
            _make(server, url, few)
            _ask(server, url, few)
            _refresh(server, few)


def _product(url: str, name: str, size: int) -> Product:
    owner = hosts.make(url, f"{name}owner")
    client_id = "c" + uuid4().hex[:24]
    with psycopg.connect(url, autocommit=True) as connection:
        values = {
            "slug": name,
            "client_id": client_id,
            "secret_hash": credentials.fingerprint(_SECRET),
            "owner_id": owner.id,
            "count": size,
        }
        row = connection.execute(_FILL, values).fetchone()
    assert row is not None
    return Product(client_id, row[0], size)


def _list(server: Server, *products: Product) -> None:
    for query in ("", "?limit=250", "?emails=u7@example.com"):
        times: list[list[float]] = [[] for _ in products]
        for number in range(ROUNDS + 1):
            for spent, one in zip(times, products, strict=True):
                asked = load.request("GET", f"{one.users}{query}", _by_secret())
                measured = load.run(server.port, [asked], connections=1, seconds=SECONDS)
                measured.expect(200)
                if number > 0:
                    spent.append(measured.percentile(0.5))
        few, many = (statistics.median(spent) for spent in times)
        print(
            f"users{query:30} of {FEW:,} {few:.2f} ms, of {MANY:,} {many:.2f} ms, {many / few:.2f} (goal 1.5)"
        )


def _make(server: Server, url: str, product: Product) -> None:
    ours, bare = [], []
    for _ in range(ROUNDS):
        requests = [load.request("POST", product.users, _by_secret(), _body()) for _ in range(MADE)]
        measured = load.run_all(server.port, requests, connections=1)
        measured.expect(201)
        ours.append(measured.rate)
        bare.append(_by_bare_sql(url, product))
    rate, floor = statistics.median(ours), statistics.median(bare)
    print(f"making users: {rate:.0f}/s, by bare SQL {floor:.0f}/s, {rate / floor:.2f} (goal at least 0.25)")


def _by_bare_sql(url: str, product: Product) -> float:
    with psycopg.connect(url) as connection:
        began = time.perf_counter()
        for _ in range(MADE):
            values = {"name": uuid4().hex, "platform_id": product.platform_id, "client_id": product.id}
            row = connection.execute(_BARE[0], values).fetchone()
            assert row is not None
            for statement in _BARE[1:]:
                connection.execute(statement, {**values, "user_id": row[0]})
            connection.commit()
        return MADE / (time.perf_counter() - began)


def _ask(server: Server, url: str, product: Product) -> None:
    _, answer = load.ask(server.port, load.request("POST", product.users, _by_secret(), _body()))
    made = json.loads(answer)["data"]
    key = "cal_" + uuid4().hex
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO api_keys (user_id, hashed_key) VALUES (%s, %s)",
            (made["user"]["id"], credentials.digest(key)),
        )
    times: dict[str, list[float]] = {made["accessToken"]: [], key: []}
    for number in range(ROUNDS + 1):
        for credential, spent in times.items():
            asked = load.request("GET", "/v2/me", {"authorization": f"Bearer {credential}"})
            measured = load.run(server.port, [asked], connections=1, seconds=SECONDS)
            measured.expect(200)
            if number > 0:
                spent.append(measured.percentile(0.5))
    by_token, by_key = (statistics.median(spent) for spent in times.values())
    print(
        f"GET /v2/me: by token {by_token:.2f} ms, by key {by_key:.2f} ms, {by_token / by_key:.2f} (goal 1.1)"
    )


def _refresh(server: Server, product: Product) -> None:
    _, answer = load.ask(server.port, load.request("POST", product.users, _by_secret(), _body()))
    body = json.dumps({"refreshToken": json.loads(answer)["data"]["refreshToken"]}).encode()
    path = f"/v2/oauth/{product.id}/refresh"
    requests = [load.request("POST", path, _by_secret(), body)] * AT_ONCE
    measured = load.run_all(server.port, requests, connections=AT_ONCE)
    print(f"{AT_ONCE} refreshes of one token at once: {dict(collections.Counter(measured.statuses))}")


def _by_secret() -> dict[str, str]:
    return {"x-cal-secret-key": _SECRET, "content-type": "application/json"}


def _body() -> bytes:
    return json.dumps({"email": f"{uuid4().hex}@example.com", "name": "A user"}).encode()


if __name__ == "__main__":
    main()
