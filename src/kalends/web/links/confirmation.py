"""`/confirm-email`: the page on which somebody confirms the new address of their account.

GET changes nothing.
"""

from fastapi import Response

from kalends.accounts import claims
from kalends.accounts.claim_link import PATH
from kalends.accounts.claims import ClaimState, FoundClaim
from kalends.api.dependencies import CurrentDatabase, CurrentSettings, Now, Reader
from kalends.api.http.operation import PageRouter
from kalends.api.output.errors import Conflict
from kalends.localization.language import language_for
from kalends.web import pages
from kalends.web.inputs import PageForm, PageQuery

router = PageRouter("", "Pages", show_failure=pages.show_failure)

_CONFLICT = 409


@router.get(PATH)
async def show_claim(query: PageQuery, settings: CurrentSettings, now: Now, connection: Reader) -> Response:
    """Show which address is asked for, and a button that confirms it."""
    token = query.get("token", "")
    return _page(await claims.find(connection, settings, token, now=now), token)


@router.post(PATH)
async def confirm_claim(
    form: PageForm, settings: CurrentSettings, now: Now, database: CurrentDatabase
) -> Response:
    """Let the account have the address, and say so."""
    token = form.get("token", "")
    try:
        async with database.pipelined_transaction() as work:
            found = await claims.confirm(work, settings, token, now=now)
    except Conflict:
        async with database.transaction() as work:
            found = await claims.settle(work, settings, token, now=now)
        return _page(found, token, status=_CONFLICT)
    return _page(found, token)


def _page(found: FoundClaim, token: str, *, status: int = 200) -> Response:
    user = found.user
    return pages.page(
        "confirm_email.html",
        language_for(user.locale, user.time_zone, user.time_format),
        status=status,
        address=found.address,
        # Whoever follows a link of somebody else's is to see whose account it is.
        username=user.username,
        present=user.email,
        is_open=found.state is ClaimState.OPEN,
        is_confirmed=found.state is ClaimState.CONFIRMED,
        is_taken=found.state is ClaimState.TAKEN,
        token=token,
        action=PATH,
    )
