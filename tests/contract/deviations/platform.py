"""Where the wire is not what the contract document says: OAuth clients and their users."""

from collections.abc import Iterable, Iterator, Mapping

from tests.contract.deviations.schemas import BOOLEAN, STRING, nullable
from tests.contract.document import contract_json
from tests.contract.patches import Allow, Deviation, Replace

_BOOKING_URIS = ("bookingRedirectUri", "bookingCancelRedirectUri", "bookingRescheduleRedirectUri")

_CREDENTIALS = "http-core.md 8: an API key, an access token, or id and secret of the client"
_CLIENTS, _CLIENT = "/v2/oauth-clients", "/v2/oauth-clients/{clientId}"
_BY_KEY = {_CLIENTS: ("get", "post"), _CLIENT: ("get", "patch", "delete")}
"""Operations that are documented with an API key alone, by their path."""

_MANAGED = "/v2/organizations/{orgId}/organizations"
_USERS = "/v2/oauth-clients/{clientId}/users"
_BY_SECRET: dict[str, tuple[str, ...]] = {
    _USERS: ("get", "post"),
    f"{_USERS}/{{userId}}": ("get", "patch", "delete"),
    f"{_USERS}/{{userId}}/force-refresh": ("post",),
    f"{_CLIENT}/webhooks": ("get", "post", "delete"),
    f"{_CLIENT}/webhooks/{{webhookId}}": ("get", "patch", "delete"),
}
"""Operations that are documented with the secret alone, by their path."""


def _credentials(
    operations: Mapping[str, tuple[str, ...]], documented: str, others: Iterable[str]
) -> Iterator[Deviation]:
    for path, methods in operations.items():
        for method in methods:
            at = f"paths {path} {method} parameters"
            yield Replace(f"{at} {documented} required", False, _CREDENTIALS)
            for name in others:
                yield Allow(at, {"in": "header", "name": name, "schema": STRING}, _CREDENTIALS)


DEVIATIONS: tuple[Deviation, ...] = (
    Replace(
        "schemas PlatformOAuthClientDto properties logo",
        nullable(STRING),
        "platform.md 3, client object: a text, null when unset",
    ),
    *(
        Replace(f"schemas {body} properties {name}", nullable(STRING), "platform.md 3: null is taken")
        for body in ("CreateOAuthClientInput", "UpdateOAuthClientInput")
        for name in ("logo", *_BOOKING_URIS)
    ),
    *(
        Replace(
            f"schemas CreateOAuthClientInput properties {name}",
            nullable(BOOLEAN),
            "platform.md 3: null is false",
        )
        for name in ("areEmailsEnabled", "areDefaultEventTypesEnabled")
    ),
    *_credentials(_BY_KEY, "Authorization", ("x-cal-client-id", "x-cal-secret-key")),
    *_credentials(_BY_SECRET, "x-cal-secret-key", ("Authorization", "x-cal-client-id")),
    *(
        Allow(
            "paths /v2/oauth/{clientId}/refresh post parameters",
            {"in": "header", "name": name, "schema": STRING},
            "platform.md 5: the path has the id, and nothing else does",
        )
        for name in ("Authorization", "x-cal-client-id")
    ),
    Replace(
        "schemas ManagedUserOutput properties locale",
        nullable(contract_json()["schemas"]["ManagedUserOutput"]["properties"]["locale"]),
        "platform.md 4, output object: null when unset",
    ),
    Replace(
        f"paths {_USERS} get parameters emails schema",
        {"anyOf": [STRING, {"type": "array", "items": STRING}]},
        "platform.md 4, list: a comma list, or repeated",
    ),
    *(
        Replace(
            f"schemas {body} properties {name}",
            nullable(contract_json()["schemas"][body]["properties"][name]),
            "platform.md 4: null clears it",
        )
        for body, names in (
            ("CreateManagedUserInput", ("timeFormat", "locale", "avatarUrl", "bio")),
            (
                "UpdateManagedUserInput",
                ("name", "timeFormat", "defaultScheduleId", "locale", "avatarUrl", "bio"),
            ),
        )
        for name in names
    ),
    *(
        Allow(
            f"paths {path} {method} parameters",
            {"in": "header", "name": "Authorization", "schema": STRING},
            _CREDENTIALS,
        )
        for path, methods in (
            (_MANAGED, ("get", "post")),
            (f"{_MANAGED}/{{managedOrganizationId}}", ("get", "patch", "delete")),
        )
        for method in methods
    ),
    *(
        Replace(
            f"schemas {output} properties slug",
            nullable(STRING),
            "organizations-teams.md 1.4: null where there is none",
        )
        for output in ("ManagedOrganizationOutput", "ManagedOrganizationWithApiKeyOutput")
    ),
    *(
        Replace(
            f"schemas CreateOrganizationInput properties {name}",
            nullable(contract_json()["schemas"]["CreateOrganizationInput"]["properties"][name]),
            "http-core.md 4: null counts as absent",
        )
        for name in ("slug", "metadata", "apiKeyDaysValid", "apiKeyNeverExpires")
    ),
    *(
        Allow(
            f"schemas {body} properties areCalendarEventsEnabled",
            nullable(BOOLEAN) if body.startswith("Create") else BOOLEAN,
            "platform.md 3: of later versions; only false",
        )
        for body in ("CreateOAuthClientInput", "UpdateOAuthClientInput")
    ),
)
