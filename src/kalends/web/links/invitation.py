"""`/invitation`: the page on which somebody accepts to be in a team or an organization.

GET changes nothing.
"""

from fastapi import Response

from kalends.api.dependencies import CurrentDatabase, CurrentSettings, Now, Reader
from kalends.api.http.operation import PageRouter
from kalends.api.output.errors import Conflict
from kalends.localization.language import Language, language_for
from kalends.memberships.invitations import acceptance as invitations
from kalends.memberships.invitations.invitation import Invitation
from kalends.memberships.invitations.link import PATH
from kalends.web import pages
from kalends.web.inputs import PageForm, PageQuery

router = PageRouter("", "Pages", show_failure=pages.show_failure)

_CONFLICT = 409


@router.get(PATH)
async def show_invitation(
    query: PageQuery, settings: CurrentSettings, now: Now, connection: Reader
) -> Response:
    """Show who invites to what, and ask for the answer."""
    token = query.get("token", "")
    found = await invitations.find(connection, settings, token)
    return _page(found, token, is_open=found.is_open(now))


@router.post(PATH)
async def accept_invitation(
    form: PageForm, settings: CurrentSettings, now: Now, database: CurrentDatabase
) -> Response:
    """Accept an invitation, and show what is needed from then on, once."""
    token = form.get("token", "")
    try:
        async with database.pipelined_transaction() as work:
            acceptance = await invitations.accept(work, settings, token, now=now)
    except Conflict:
        async with database.connection() as connection:
            found = await invitations.find(connection, settings, token)
        return _page(found, token, is_open=False, status=_CONFLICT)
    return pages.page(
        "invited.html",
        _language(acceptance.invitation),
        invitation=acceptance.invitation,
        api_key=acceptance.api_key,
    )


def _page(found: Invitation, token: str, *, is_open: bool, status: int = 200) -> Response:
    return pages.page(
        "invitation.html",
        _language(found),
        status=status,
        invitation=found,
        token=token,
        is_open=is_open,
        action=PATH,
    )


def _language(invitation: Invitation) -> Language:
    return language_for(invitation.locale, invitation.time_zone, invitation.time_format)
