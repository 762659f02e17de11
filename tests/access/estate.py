"""An organization and what is in it: an example for each parameter of a path."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kalends.memberships.membership import Role
from tests.support.client import Client, Host, data
from tests.support.organizations import People
from tests.support.platforms import Managed, Platform, Product
from tests.support.teams import Rows

_SLOT, _OTHER_SLOT = "2050-09-05T10:00:00Z", "2050-09-06T10:00:00Z"
_LONG_AGO = "2000-01-01T00:00:00Z"
_NOBODY_LISTENS = "http://127.0.0.1:9"

_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook, and something delivered to it."""

    id: str
    delivery_id: str


@dataclass(frozen=True, slots=True)
class Estate:
    """A platform with a team; `boss` is its OWNER, `user` a member of both, who owns the rest.

    `product` is its OAuth client, `managed` the user of that. The team's event type is hosted by the user,
    and was made by `boss`.

    `hooks` are by the path of their list, such as `/v2/webhooks`.
    """

    boss: Host
    user: Host
    organization_id: int
    membership_id: int
    team_id: int
    team_membership_id: int
    event_type_id: int
    team_event_type_id: int
    schedule_id: int
    booking_uid: str
    reservation_uid: str
    credential_id: str
    absence_id: int
    hooks: dict[str, Hook]
    product: Product
    managed: Managed
    managed_organization_id: int

    def at(self, path: str, **others: object) -> str:
        """Return a path with the ids of what is here, but for `others` by the names of parameters."""
        return path.format(**{name: self.id_of(name, path) for name in parameters_of(path)} | others)

    def id_of(self, parameter: str, path: str) -> object:
        """Return what a parameter of a path names here."""
        return example_of(parameter).id_in(self, path)


@dataclass(frozen=True, slots=True)
class Example:
    """What a parameter of a path names in an estate; `is_the_users`: it belongs to the estate's user."""

    id_in: Callable[[Estate, str], object]
    is_the_users: bool = False


def _hook(estate: Estate, path: str) -> Hook:
    return estate.hooks[path.partition("/{webhookId}")[0]]


def _membership(estate: Estate, path: str) -> int:
    return estate.team_membership_id if "{teamId}" in path else estate.membership_id


def _user(estate: Estate, path: str) -> int:
    is_managed = "{clientId}" in path or path.startswith("/v2/platform/managed-users")
    return estate.managed.id if is_managed else estate.user.id


def _event_type(estate: Estate, path: str) -> int:
    return estate.team_event_type_id if "{teamId}" in path else estate.event_type_id


EXAMPLES: Mapping[str, Example] = {
    "orgId": Example(lambda estate, _: estate.organization_id),
    "teamId": Example(lambda estate, _: estate.team_id),
    "userId": Example(_user),
    "managedOrganizationId": Example(lambda estate, _: estate.managed_organization_id),
    "clientId": Example(lambda estate, _: estate.product.id),
    "membershipId": Example(_membership),
    "eventTypeId": Example(_event_type, is_the_users=True),
    "scheduleId": Example(lambda estate, _: estate.schedule_id, is_the_users=True),
    "credentialId": Example(lambda estate, _: estate.credential_id),
    "oooId": Example(lambda estate, _: estate.absence_id),
    "bookingUid": Example(lambda estate, _: estate.booking_uid, is_the_users=True),
    "uid": Example(lambda estate, _: estate.reservation_uid, is_the_users=True),
    "webhookId": Example(lambda estate, path: _hook(estate, path).id, is_the_users=True),
    "deliveryId": Example(lambda estate, path: _hook(estate, path).delivery_id, is_the_users=True),
}


def parameters_of(path: str) -> list[str]:
    """Return the names of the parameters of a path."""
    return _PARAMETER.findall(path)


def example_of(name: str) -> Example:
    """Return what a parameter names in an estate.

    Raises:
        AssertionError: nobody has said so.
    """
    assert name in EXAMPLES, (
        f"No example of the path's {{{name}}}: say in EXAMPLES of tests/access/estate.py what it names "
        "in an estate, and make that in make_estate."
    )
    return EXAMPLES[name]


async def make_estate(people: People, slug: str, hook_lists: Iterable[str]) -> Estate:
    """Make an organization and one of everything in it; `hook_lists` are the paths that get a webhook."""
    boss = await people.account(f"{slug}-boss")
    user = await people.account(f"{slug}-user")
    organization_id = await people.organization(slug, boss, is_platform=True)
    membership_id = await people.enters(user, organization_id)
    # The account is the organization's own, which may therefore end it.
    await Rows(people.database).sets("users", user.id, organization_id=organization_id)
    team_id = await people.team(f"{slug}-team", organization=organization_id)
    team_membership_id = await people.joins(user, team_id)
    schedule = await user.creates_schedule(isDefault=True)
    event_type = await user.creates_event_type()
    booking = await user.books(event_type, _SLOT)
    reserved = {"eventTypeId": event_type["id"], "slotStart": _OTHER_SLOT}
    reservation = data(await user.client.post("/v2/slots/reservations", json=reserved), 201)
    sold = {"lengthInMinutes": 60, "title": "Panel", "slug": "panel", "schedulingType": "roundRobin"}
    team_event_types = f"/v2/organizations/{organization_id}/teams/{team_id}/event-types"
    hosted = {**sold, "hosts": [{"userId": user.id}]}
    team_event_type_id = data(await boss.client.post(team_event_types, json=hosted), 201)["id"]
    credential = {
        "workspacePlatformSlug": "google",
        "domain": f"{slug}.example.com",
        "serviceAccountKey": {"private_key": "k", "client_email": "e", "client_id": "i"},
    }
    credentials = f"/v2/organizations/{organization_id}/delegation-credentials"
    credential_id = data(await boss.client.post(credentials, json=credential), 201)["id"]
    key = await people.key_of(boss, organization_id)
    product = await Platform(organization_id, boss, key).product()
    away = {"start": "2051-09-05T00:00:00Z", "end": "2051-09-06T00:00:00Z"}
    absences = f"/v2/organizations/{organization_id}/users/{user.id}/ooo"
    absence_id = data(await boss.client.post(absences, json=away), 201)["id"]
    managed = await product.user(slug)
    managed_type = await managed.host.creates_event_type()
    await managed.host.books(managed_type, _SLOT)
    organizations = f"/v2/organizations/{organization_id}/organizations"
    branch = data(await boss.client.post(organizations, json={"name": f"{slug} branch"}), 201)
    estate = Estate(
        boss=boss,
        user=user,
        organization_id=organization_id,
        membership_id=membership_id,
        team_id=team_id,
        team_membership_id=team_membership_id,
        event_type_id=event_type["id"],
        team_event_type_id=team_event_type_id,
        schedule_id=schedule["id"],
        booking_uid=booking["uid"],
        reservation_uid=reservation["reservationUid"],
        credential_id=credential_id,
        absence_id=absence_id,
        hooks={},
        product=product,
        managed=managed,
        managed_organization_id=branch["id"],
    )
    keeper = await people.account(f"{slug}-keeper")
    await people.joins(keeper, team_id, Role.ADMIN)
    for path in hook_lists:
        owner = _owner_of(estate, path, keeper)
        estate.hooks[path] = await _make_hook(owner, estate.at(path), has_deliveries="{teamId}" not in path)
    return estate


def _owner_of(estate: Estate, path: str, keeper: Host) -> Client:
    if path.startswith("/v2/platform"):
        return estate.product.client
    if "{teamId}" in path:
        return keeper.client
    return estate.boss.client if "{orgId}" in path or "{clientId}" in path else estate.user.client


async def _make_hook(client: Client, path: str, *, has_deliveries: bool) -> Hook:
    """Make a webhook in a list, to which the booking is delivered, unless its event type has none."""
    wanted = {"active": True, "subscriberUrl": f"{_NOBODY_LISTENS}{path}", "triggers": ["BOOKING_CREATED"]}
    webhook_id = data(await client.post(path, json=wanted), 201)["id"]
    if not has_deliveries:
        return Hook(webhook_id, "")
    data(await client.post(f"{path}/{webhook_id}/replay", json={"from": _LONG_AGO}))
    delivery, *_ = data(await client.get(f"{path}/{webhook_id}/deliveries"))
    return Hook(webhook_id, delivery["id"])
