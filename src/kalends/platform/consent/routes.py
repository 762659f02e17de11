"""`/v2/oauth/{clientId}/authorize`, the page that asks who somebody is, and `/consent`, where they say yes.

GET changes nothing.
"""

from typing import Annotated, ClassVar, TypeAlias

from fastapi import Depends, Request, Response

from kalends.access.paths import ClientId
from kalends.api.dependencies import CurrentSettings, Now, Reader, Work
from kalends.api.http.body import parse_fields, read_form
from kalends.api.http.context import context_of
from kalends.api.http.operation import PageRouter, Router
from kalends.api.limits.mails import MailsOfStranger
from kalends.api.output.errors import Refusals
from kalends.auth.declaration import Declaration
from kalends.localization.language import Language, language_for
from kalends.platform.consent import service
from kalends.platform.consent.consent import Asked
from kalends.platform.consent.redirects import origin_of
from kalends.platform.consent.refusals import SessionNeeded
from kalends.platform.consent.service import PATH
from kalends.web import pages
from kalends.web.powers import powers_of

_AUTHORIZE = "/v2/oauth/{clientId}/authorize"

_FOUND = 302
_LONGEST = 2_000
"""Characters of what is sent back to a client: its address, and its state."""


class WebSession:
    """Refuse everybody: the contract has this for web sessions, and there are none.

    Raises:
        SessionNeeded: always.
    """

    declaration: ClassVar[Declaration] = Declaration(("Session",))
    refusals: ClassVar[Refusals] = (SessionNeeded,)

    async def __call__(self, _: Request) -> None:
        """Refuse."""
        raise SessionNeeded


async def _query(request: Request) -> dict[str, str]:
    return parse_fields(request.scope["query_string"], name="query")


async def _form(request: Request) -> dict[str, str]:
    context = context_of(request.scope)
    if context.form is None:
        # A command that has to wait for others begins anew, and what is sent can be read once.
        context.form = await read_form(request.headers, request.receive)
    return dict(context.form)


async def _language(request: Request) -> Language:
    return pages.asked_language(request.scope)


Fields: TypeAlias = Annotated[dict[str, str], Depends(_query)]
Form: TypeAlias = Annotated[dict[str, str], Depends(_form)]
AskedLanguage: TypeAlias = Annotated[Language, Depends(_language)]

router = PageRouter("", "Pages", show_failure=pages.show_failure)
of_sessions = Router(_AUTHORIZE, "OAuth Clients")


@of_sessions.post("", status=_FOUND)
async def authorize(_: Annotated[None, Depends(WebSession())], _client_id: ClientId) -> None:
    """Answer 401: there are no web sessions here. The page at this address takes its place."""


@router.get(_AUTHORIZE)
async def ask_who(
    client_id: ClientId, fields: Fields, language: AskedLanguage, connection: Reader
) -> Response:
    """Show who asks for what, and ask for an address."""
    asked = _asked(client_id, fields)
    client = await service.get_client(connection, asked)
    return pages.page(
        "authorize.html",
        language,
        client=client.name,
        may=powers_of(client.permissions),
        is_sent=False,
        email="",
        asked=asked,
    )


@router.post(f"{_AUTHORIZE}/link")
async def send_link(
    client_id: ClientId,
    form: Form,
    language: AskedLanguage,
    settings: CurrentSettings,
    work: Work,
    now: Now,
    mails: MailsOfStranger,
) -> Response:
    """Mail a link to the address, if an account has it, and say the same if none has."""
    asked, email = _asked(client_id, form), form.get("email", "").strip()[:_LONGEST]
    client = await service.ask(work, settings, asked, email, now=now)
    await mails.take_request(work, settings.consent_requests_an_hour)
    return pages.page(
        "authorize.html",
        language,
        client=client.name,
        may=powers_of(client.permissions),
        is_sent=True,
        email=email,
        asked=asked,
    )


@router.get(PATH)
async def show_consent(fields: Fields, connection: Reader, now: Now) -> Response:
    """Show what is asked for, and a button."""
    token = fields.get("token", "")
    consent = await service.find(connection, token)
    response = pages.page(
        "consent.html",
        language_for(consent.locale, consent.time_zone, consent.time_format),
        client=consent.client_name,
        may=powers_of(consent.permissions),
        is_open=consent.is_open(now),
        action=PATH,
        token=token,
    )
    # The answer to the form leads there, which the policy of all other answers forbids.
    response.headers["content-security-policy"] = pages.policy_with_form_action(
        origin_of(consent.redirect_uri)
    )
    return response


@router.post(PATH)
async def give_consent(form: Form, work: Work, now: Now) -> Response:
    """Give consent, and go back to the client with a code."""
    address = await service.consent_to(work, form.get("token", ""), now=now)
    return Response(status_code=_FOUND, headers={"location": address, "cache-control": "no-store"})


def _asked(client_id: str, fields: dict[str, str]) -> Asked:
    state = fields.get("state")
    redirect_uri = fields.get("redirectUri", "")[: _LONGEST + 1]
    return Asked(client_id, redirect_uri, None if state is None else state[:_LONGEST])


routers = (of_sessions, router)
