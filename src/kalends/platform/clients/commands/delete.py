"""Deleting an OAuth client, and all that is only there because of it."""

from datetime import datetime

from kalends.audit import service as audit
from kalends.audit.entry import Author, NewEntry, Subject
from kalends.db.database import UnitOfWork
from kalends.platform.clients import sql
from kalends.platform.clients.client import OAuthClient
from kalends.platform.clients.refusals import ClientGone
from kalends.teams.commands.delete import delete_team
from kalends.webhooks.deliveries.following import Follower
from kalends.webhooks.farewell.service import tell_last_of_client


async def delete_client(
    work: UnitOfWork, author: Author, client_id: str, *, site: str, now: datetime
) -> OAuthClient:
    """Delete a client, and return it as it was.

    With it go its tokens, codes and webhooks, and the teams that it made, as `delete_team` ends them. The
    users whom it manages stay in their organization, and no client reaches them any more.

    Raises:
        ClientGone: it was deleted meanwhile.
    """
    # Teams before the client: commands on teams lock in that order.
    for team_id in await sql.list_teams_of(work.connection, client_id):
        await delete_team(work, author, team_id, site=site, now=now)
    client = await sql.lock_client(work, client_id)
    if client is None:
        raise ClientGone(client_id)
    await tell_last_of_client(work, Follower(site), client_id, now=now)
    await sql.delete_client(work, client_id)
    subject = Subject("oauth_client", client_id)
    await audit.record(work, author, NewEntry(client.organization_id, subject, "deleted", client.snapshot))
    return client
