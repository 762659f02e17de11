"""Whose webhooks a request is about, and which one: resolved before its body is looked at."""

from typing import Annotated, ClassVar, TypeAlias

from fastapi import Depends, Request

from kalends.access.guards import OrganizationAdmin, TeamAdmin, organization_admin, team_admin
from kalends.access.place import Place
from kalends.access.platform import ClientAdmin, ClientMember, client_admin, client_member
from kalends.api.dependencies import CurrentSettings, Reader, runtime_of
from kalends.api.input.fields import EventTypeId
from kalends.api.output.errors import DomainError
from kalends.auth.declaration import Declaration
from kalends.auth.dependencies import Caller
from kalends.db.database import Connection
from kalends.event_types.of_teams.refusals import EventTypeNotInTeam
from kalends.event_types.refusals import UnknownEventType
from kalends.outgoing import Outgoing
from kalends.platform.tokens.guards import ByClientItself, client_itself
from kalends.security.encryption import Keyring
from kalends.webhooks import service
from kalends.webhooks.deliveries.following import Follower
from kalends.webhooks.deliveries.shares import REQUESTS
from kalends.webhooks.inputs import WebhookId
from kalends.webhooks.refusals import (
    EventTypeOfSomebodyElse,
    UnknownWebhook,
    WebhookNotInOrganization,
    WebhookOfAnotherClient,
    WebhookOfAnotherEventType,
    WebhookOfNoEventType,
    WebhookOfSomebodyElse,
)
from kalends.webhooks.webhook import Scope, Webhook

_CALLER = Declaration(("Auth",))
_EVENT_TYPE = _CALLER.followed_by("WhEvent")


async def own_scope(caller: Caller) -> Scope:
    """Return the scope of the caller's own webhooks."""
    return Scope(user_id=caller.user.id)


class OwnWebhookGuard:
    """Admit callers to a webhook of their own, and system administrators to any.

    Raises:
        UnknownWebhook: there is no such webhook.
        WebhookOfSomebodyElse: it is of another user, or of another scope than a user.
    """

    declaration: ClassVar[Declaration] = _CALLER.followed_by("WhOwner")
    refusals: ClassVar[tuple[type[DomainError], ...]] = (UnknownWebhook, WebhookOfSomebodyElse)

    async def __call__(self, caller: Caller, webhook_id: WebhookId, connection: Reader) -> Webhook:
        """Return the webhook."""
        webhook = await service.get(connection, webhook_id)
        if webhook.user_id != caller.user.id and not caller.user.is_system_admin:
            raise WebhookOfSomebodyElse(webhook_id)
        return webhook


class EventTypeScopeGuard:
    """Admit callers to the webhooks of an event type of their own.

    Raises:
        UnknownEventType: there is no such event type.
        EventTypeOfSomebodyElse: it belongs to somebody else, or to a team.
    """

    declaration: ClassVar[Declaration] = _EVENT_TYPE
    refusals: ClassVar[tuple[type[DomainError], ...]] = (UnknownEventType, EventTypeOfSomebodyElse)

    async def __call__(self, caller: Caller, event_type_id: EventTypeId, connection: Reader) -> Scope:
        """Return the scope of the event type."""
        return await service.event_type_scope(connection, caller.user.id, event_type_id)


event_type_scope = EventTypeScopeGuard()


class EventTypeWebhookGuard:
    """Admit callers to a webhook of an event type of their own.

    Raises:
        what `EventTypeScopeGuard` raises;
        UnknownWebhook: there is no such webhook.
        WebhookOfNoEventType: it is of another scope.
        WebhookOfAnotherEventType: it is of another event type.
    """

    declaration: ClassVar[Declaration] = _EVENT_TYPE
    refusals: ClassVar[tuple[type[DomainError], ...]] = (
        *EventTypeScopeGuard.refusals,
        UnknownWebhook,
        WebhookOfNoEventType,
        WebhookOfAnotherEventType,
    )

    async def __call__(
        self, scope: Annotated[Scope, Depends(event_type_scope)], webhook_id: WebhookId, connection: Reader
    ) -> Webhook:
        """Return the webhook."""
        return await _get_of_event_type(connection, scope, webhook_id)


class TeamEventTypeScopeGuard:
    """Admit ADMINs of a team to the webhooks of an event type of it.

    Raises:
        what `TeamGuard` raises;
        EventTypeNotInTeam: the team has no such event type.
    """

    declaration: ClassVar[Declaration] = team_admin.declaration
    refusals: ClassVar[tuple[type[DomainError], ...]] = (*team_admin.refusals, EventTypeNotInTeam)

    async def __call__(self, place: TeamAdmin, event_type_id: EventTypeId, connection: Reader) -> Scope:
        """Return the scope of the event type."""
        return await service.team_event_type_scope(connection, place.team_id, event_type_id)


team_event_type_scope = TeamEventTypeScopeGuard()


class TeamEventTypeWebhookGuard:
    """Admit ADMINs of a team to a webhook of an event type of it.

    Raises:
        what `TeamEventTypeScopeGuard` raises;
        UnknownWebhook: there is no such webhook.
        WebhookOfNoEventType: it is of another scope.
        WebhookOfAnotherEventType: it is of another event type.
    """

    declaration: ClassVar[Declaration] = team_admin.declaration
    refusals: ClassVar[tuple[type[DomainError], ...]] = (
        *TeamEventTypeScopeGuard.refusals,
        UnknownWebhook,
        WebhookOfNoEventType,
        WebhookOfAnotherEventType,
    )

    async def __call__(
        self,
        scope: Annotated[Scope, Depends(team_event_type_scope)],
        webhook_id: WebhookId,
        connection: Reader,
    ) -> Webhook:
        """Return the webhook."""
        return await _get_of_event_type(connection, scope, webhook_id)


async def organization_scope(place: OrganizationAdmin) -> Scope:
    """Return the scope of the webhooks of the organization."""
    return Scope(team_id=place.organization_id)


class OrganizationWebhookGuard:
    """Admit ADMINs of an organization to a webhook of it.

    Raises:
        what `OrganizationGuard` raises;
        WebhookNotInOrganization: the organization has no such webhook.
    """

    declaration: ClassVar[Declaration] = organization_admin.declaration.followed_by("WhInOrg")
    refusals: ClassVar[tuple[type[DomainError], ...]] = (
        *organization_admin.refusals,
        WebhookNotInOrganization,
    )

    async def __call__(self, place: OrganizationAdmin, webhook_id: WebhookId, connection: Reader) -> Webhook:
        """Return the webhook."""
        webhook = await service.find(connection, webhook_id)
        if webhook is None or webhook.team_id != place.organization_id:
            raise WebhookNotInOrganization(webhook_id, place.organization_id)
        return webhook


async def readable_client_scope(place: ClientMember) -> Scope:
    """Return the scope of the webhooks of an OAuth client, for whoever may see them."""
    return Scope(oauth_client_id=place.known_client_id)


async def client_scope(place: ClientAdmin) -> Scope:
    """Return the scope of the webhooks of an OAuth client, for whoever may change them."""
    return Scope(oauth_client_id=place.known_client_id)


async def own_client_scope(place: ByClientItself) -> Scope:
    """Return the scope of the webhooks of the OAuth client that calls."""
    return Scope(oauth_client_id=place.known_client_id)


class ClientWebhookGuard:
    """Admit to a webhook of an OAuth client those whom a guard admits to its webhooks.

    Raises:
        what that guard raises;
        UnknownWebhook: there is no such webhook.
        WebhookOfAnotherClient: it is of another client, or of another scope.
    """

    refusals: ClassVar[tuple[type[DomainError], ...]] = (UnknownWebhook, WebhookOfAnotherClient)

    async def __call__(self, place: ClientAdmin, webhook_id: WebhookId, connection: Reader) -> Webhook:
        """Return the webhook."""
        return await _webhook_of_client(connection, place, webhook_id)

    @property
    def declaration(self) -> Declaration:
        """Return what is demanded."""
        return client_admin.declaration.followed_by("WhClient")


class ReadableClientWebhookGuard(ClientWebhookGuard):
    """Admit members of a platform to a webhook of its client."""

    async def __call__(self, place: ClientMember, webhook_id: WebhookId, connection: Reader) -> Webhook:
        """Return the webhook."""
        return await _webhook_of_client(connection, place, webhook_id)

    @property
    def declaration(self) -> Declaration:
        """Return what is demanded."""
        return client_member.declaration.followed_by("WhClient")


class OwnClientWebhookGuard(ClientWebhookGuard):
    """Admit an OAuth client to a webhook of its own."""

    async def __call__(self, place: ByClientItself, webhook_id: WebhookId, connection: Reader) -> Webhook:
        """Return the webhook."""
        return await _webhook_of_client(connection, place, webhook_id)

    @property
    def declaration(self) -> Declaration:
        """Return what is demanded."""
        return client_itself.declaration.followed_by("WhClient")


async def _webhook_of_client(connection: Connection, place: Place, webhook_id: str) -> Webhook:
    webhook = await service.get(connection, webhook_id)
    if webhook.oauth_client_id != place.known_client_id:
        raise WebhookOfAnotherClient(webhook_id)
    return webhook


client_webhook = ClientWebhookGuard()
readable_client_webhook = ReadableClientWebhookGuard()
own_client_webhook = OwnClientWebhookGuard()
own_webhook = OwnWebhookGuard()
event_type_webhook = EventTypeWebhookGuard()
team_event_type_webhook = TeamEventTypeWebhookGuard()
organization_webhook = OrganizationWebhookGuard()


async def _get_of_event_type(connection: Connection, scope: Scope, webhook_id: str) -> Webhook:
    webhook = await service.get(connection, webhook_id)
    if webhook.event_type_id is None:
        raise WebhookOfNoEventType(webhook_id)
    if webhook.event_type_id != scope.event_type_id:
        raise WebhookOfAnotherEventType(webhook_id)
    return webhook


async def _keys(request: Request) -> Keyring:
    return runtime_of(request).keys


async def _outgoing(request: Request) -> Outgoing:
    return runtime_of(request).outgoing


async def _follower(settings: CurrentSettings) -> Follower:
    return Follower(settings.base_url, REQUESTS)


Keys: TypeAlias = Annotated[Keyring, Depends(_keys)]
Sender: TypeAlias = Annotated[Outgoing, Depends(_outgoing)]
Following: TypeAlias = Annotated[Follower, Depends(_follower)]
