"""The role matrix: every operation of the API, and everybody who may ask for it.

Which guard an operation declares is held against the contract, and what each caller gets follows from the
guard, so nothing is listed here by hand but where we deviate. A new operation joins when it is mounted; what
its path names for the first time wants an example in `tests.access.estate`, a new guard a line in
`tests.access.expectations`.
"""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import pytest

from kalends.api.http.operation import Operation, PageRouter, Router
from kalends.app import _ROUTERS, Api
from kalends.auth.declaration import Declaration
from kalends.db.database import Database
from tests.access import appendix, probes
from tests.access.callers import Caller, make_callers
from tests.access.declarations import declaration_of
from tests.access.estate import Estate, make_estate, parameters_of
from tests.access.expectations import Outcome, is_of_sessions, is_public, outcome_of, outcome_of_foreign
from tests.conftest import Clock
from tests.support.client import Client, refusal
from tests.support.contents import Contents, empty, keep, put_back
from tests.support.organizations import People
from tests.support.refusals import WatchedEdge

UNKNOWN, MALFORMED = "424242", "x"

BROKEN: list[Any] = []
"""No body of any operation: all are objects."""

BLANK: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Deviation:
    """Operations, by `METHOD path` as a pattern, that do not declare what a row of theirs says, and why.

    `declared` is what they declare instead; None: they have no row, and declare what their neighbours do.
    """

    pattern: str
    reason: str
    declared: Declaration | None = None


_CLIENT_HOOKS = r"/v2/oauth-clients/\{clientId\}/webhooks"
_NO_SESSION = "http-core.md B13: the secret and all other credentials, as there is no web session"
_OF_CLIENT = Declaration(("Auth", "PlatRole", "Client"), "ADMIN/OWNER")
_READ_OF_CLIENT = Declaration(("Auth", "PlatRole", "Client"), "ADMIN/OWNER/MEMBER")

DEVIATIONS = (
    Deviation(rf"(POST|DELETE) {_CLIENT_HOOKS}", _NO_SESSION, _OF_CLIENT),
    Deviation(rf"GET {_CLIENT_HOOKS}", _NO_SESSION, _READ_OF_CLIENT),
    Deviation(rf"GET {_CLIENT_HOOKS}/\{{webhookId\}}", _NO_SESSION, _READ_OF_CLIENT.followed_by("WhClient")),
    Deviation(
        rf"\w+ {_CLIENT_HOOKS}/\{{webhookId\}}(/\S+)?",
        f"{_NO_SESSION}; what was delivered is for whoever may change it",
        _OF_CLIENT.followed_by("WhClient"),
    ),
    Deviation(
        r"\w+ /v2/platform/webhooks",
        "Another name of the webhooks of a client, which the credential names; its secret alone does",
        Declaration(("Auth",)),
    ),
    Deviation(
        r"\w+ /v2/platform/webhooks/\S+",
        "Another name of a webhook of a client, which the credential names; its secret alone does",
        Declaration(("Auth", "WhClient")),
    ),
    Deviation(
        r"\w+ \S+/\{webhookId\}/(deliveries|deliveries/\{deliveryId\}/retry|replay|ping)",
        "Ours: what was delivered, again, and a try; for whoever may see the webhook",
    ),
    Deviation(
        r"\w+ /v2/teams/\{teamId\}/event-types/\{eventTypeId\}/webhooks\S*",
        "Of later versions: the webhooks of a team's event type, for those who rule the team",
        Declaration(("Auth", "Roles"), "TEAM_ADMIN"),
    ),
    Deviation(
        r"GET /v2/organizations/\{orgId\}/audit-log",
        "Ours: who did what in an organization, for its administrators",
        Declaration(("Auth", "Org", "Roles"), "ORG_ADMIN"),
    ),
    Deviation(
        r"\w+ /v2/platform/managed-users.*",
        "Another name of the users of a client, which the credential names; its secret alone does",
        Declaration(("Auth",)),
    ),
    Deviation(
        r"GET /v2/slots/explain", "Ours: why a time can be booked or not; as public as the times themselves"
    ),
)


@dataclass(frozen=True, slots=True)
class Mounted:
    """An operation below `/v2`, and what it demands."""

    operation: Operation
    declaration: Declaration

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def method(self) -> str:
        """The method."""
        return self.operation.method

    @property
    def path(self) -> str:
        """The path with its parameters' names."""
        return self.operation.path

    @property
    def takes_body(self) -> bool:
        """Whether a body is expected."""
        return bool(self.operation.dependant.body_params)


def mounted_by(routers: Iterable[Router | PageRouter]) -> list[Mounted]:
    """Return the operations below `/v2`, but for pages, which answer people."""
    return [
        Mounted(operation, declaration_of(operation.dependant))
        for router in routers
        for operation in router.operations
        if operation.path.startswith("/v2") and operation.show_failure is None
    ]


OPERATIONS = mounted_by(_ROUTERS)

ASKED = [*OPERATIONS, *mounted_by([probes.router])]
"""The operations, and one for each guard, whether an operation has it yet or not."""

OF_ANY_CLIENT = ("/v2/provider/{clientId}/access-token",)
"""What does not look whether the credential belongs to the client of the path (http-core.md 12)."""

UNKNOWN_IS_UNAUTHENTICATED = ("/v2/provider/{clientId}",)
"""What is public, and 401 for a client that there is not (http-core.md 12)."""

HOOK_LISTS = [one.path for one in OPERATIONS if one.method == "POST" and one.path.endswith("/webhooks")]

every_operation = pytest.mark.parametrize("mounted", OPERATIONS, ids=str)
every_operation_asked = pytest.mark.parametrize("mounted", ASKED, ids=str)
every_operation_with_ids = pytest.mark.parametrize(
    "mounted",
    [
        one
        for one in ASKED
        if parameters_of(one.path) and not is_public(one.declaration) and one.path not in OF_ANY_CLIENT
    ],
    ids=str,
)
every_operation_for_roles = pytest.mark.parametrize(
    "mounted", [one for one in ASKED if "Roles" in one.declaration.steps], ids=str
)


@dataclass(frozen=True, slots=True)
class House:
    """Two organizations, and everybody who calls for what is in the first."""

    database: Database
    contents: Contents
    ours: Estate
    theirs: Estate
    callers: Sequence[Caller]

    async def answer(self, caller: Caller, mounted: Mounted, url: str, body: object = BROKEN) -> int:
        """Return the status of the answer to a request; what that has changed is undone.

        The body is sent where there is one, and by default breaks its rules. Every refusal is in the
        envelope.
        """
        answer = await caller.client.request(
            mounted.method,
            url,
            version=mounted.operation.version.isoformat(),
            **({"json": body} if mounted.takes_body else {}),
        )
        if not answer.is_success:
            refusal(answer, answer.status_code)
        elif mounted.method != "GET":
            await put_back(self.database, self.contents)
        return answer.status_code


@pytest.fixture(scope="module")
async def built_house(probed_api: Api, clock: Clock) -> AsyncIterator[House]:
    """Return the organizations; what is in the database is put there by `house`."""
    clock.now = datetime.fromisoformat("2050-09-01T06:00:00Z")
    database: Database = probed_api.runtime.database
    await empty(database)
    transport = httpx.ASGITransport(app=WatchedEdge(probed_api))
    async with Client(transport=transport, base_url="http://kalends.test") as client:
        people = People(client, database)
        ours = await make_estate(people, "ours", HOOK_LISTS)
        theirs = await make_estate(people, "theirs", HOOK_LISTS)
        callers = await make_callers(people, ours, theirs)
        await probed_api.runtime.admission.finish()
        yield House(database, await keep(database), ours, theirs, callers)


@pytest.fixture
async def house(built_house: House, client: Client) -> House:
    """Return the organizations, as they were built; `client` has emptied the database."""
    await put_back(built_house.database, built_house.contents)
    return built_house


def deviation_of(mounted: Mounted) -> Deviation | None:
    return next((one for one in DEVIATIONS if re.fullmatch(one.pattern, str(mounted))), None)


def contracted(mounted: Mounted) -> Declaration:
    """Return what the contract says that an operation declares, or we do where we deviate."""
    deviation = deviation_of(mounted)
    if deviation is not None and deviation.declared is not None:
        return deviation.declared
    row = appendix.find_row(mounted.method, mounted.path, mounted.operation.version)
    if row is None and deviation is not None:
        row = appendix.find_neighbour(mounted.method, mounted.path)
    assert row is not None, f"Appendix A has no row of {mounted}, and DEVIATIONS no reason for it."
    return row.declaration


def test_every_operation_of_the_server_is_in_the_matrix(api: Api) -> None:
    served = [route for route in api.router.routes if isinstance(route, Operation)]
    below = [
        f"{one.method} {one.path}"
        for one in served
        if one.path.startswith("/v2") and one.show_failure is None
    ]
    assert sorted(below) == sorted(map(str, OPERATIONS))


@every_operation
def test_an_operation_declares_what_the_contract_says(mounted: Mounted) -> None:
    assert mounted.declaration == contracted(mounted)


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda one: one.pattern)
def test_a_deviation_is_one(deviation: Deviation) -> None:
    concerned = [one for one in OPERATIONS if deviation_of(one) is deviation]
    assert concerned
    for one in concerned:
        row = appendix.find_row(one.method, one.path, one.operation.version)
        assert row is None or (deviation.declared and row.declaration != one.declaration), one


@every_operation_asked
async def test_what_a_caller_gets_follows_from_the_declared_guard(house: House, mounted: Mounted) -> None:
    url = house.ours.at(mounted.path)
    wrong, outcomes = {}, set()
    for caller in house.callers:
        outcome = outcome_of(mounted.declaration, mounted.path, caller)
        outcomes.add(outcome)
        # No guard looks at the broken body; the blank one gets to the handler of a PATCH.
        for body in (BROKEN, BLANK) if outcome is Outcome.NOT_THEIRS and mounted.takes_body else (BROKEN,):
            status = await house.answer(caller, mounted, url, body)
            if status not in outcome.statuses(is_broken=mounted.takes_body):
                wrong[caller.name] = f"{status} in place of {outcome.name}"
    assert wrong == {}
    assert Outcome.ADMITTED in outcomes or is_of_sessions(mounted.declaration), (
        "no caller of tests/access/callers.py is admitted"
    )


@every_operation_with_ids
async def test_ids_of_another_organization_are_refused(house: House, mounted: Mounted) -> None:
    wrong = {}
    for parameter in parameters_of(mounted.path):
        foreign = house.theirs.id_of(parameter, mounted.path)
        url = house.ours.at(mounted.path, **{parameter: foreign})
        for caller in house.callers:
            if not _is_to_be_kept_out(caller, mounted, parameter):
                continue
            outcome = outcome_of_foreign(mounted.declaration, parameter, caller)
            for body in (BROKEN, BLANK) if mounted.takes_body else (BROKEN,):
                status = await house.answer(caller, mounted, url, body)
                if status not in outcome.statuses(is_broken=mounted.takes_body):
                    wrong[f"{parameter}, {caller.name}"] = f"{status} in place of {outcome.name}"
    assert wrong == {}


@every_operation_asked
async def test_without_a_credential_nothing_else_is_looked_at(house: House, mounted: Mounted) -> None:
    nobody = next(caller for caller in house.callers if caller.name == "no credential")
    for value in (UNKNOWN, MALFORMED):
        others = dict.fromkeys(parameters_of(mounted.path), value)
        status = await house.answer(nobody, mounted, house.ours.at(mounted.path, **others))
        is_unauthenticated = not is_public(mounted.declaration) or mounted.path in UNKNOWN_IS_UNAUTHENTICATED
        assert (status == 401) == is_unauthenticated


@every_operation_for_roles
async def test_a_weak_role_is_refused_whatever_else_is_wrong(house: House, mounted: Mounted) -> None:
    for value in (UNKNOWN, MALFORMED):
        # What names the place itself must be well-formed to find a role there.
        others = {name: value for name in parameters_of(mounted.path) if name not in ("orgId", "teamId")}
        url = house.ours.at(mounted.path, **others)
        statuses = {
            caller.name: await house.answer(caller, mounted, url)
            for caller in house.callers
            if outcome_of(mounted.declaration, mounted.path, caller) is Outcome.FORBIDDEN
        }
        assert statuses == dict.fromkeys(statuses, 403)
        assert statuses


def _is_to_be_kept_out(caller: Caller, mounted: Mounted, parameter: str) -> bool:
    """Tell whether somebody is admitted to our organization, and not to what a parameter names in theirs."""
    if outcome_of(mounted.declaration, mounted.path, caller) is not Outcome.ADMITTED:
        return False
    if caller.is_system_admin:
        return "Org" in mounted.declaration.steps and parameter != "orgId"
    return not (caller.is_of_both and parameter == "orgId")
