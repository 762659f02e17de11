"""`/v2/organizations/{orgId}/audit-log`."""

from typing import Annotated

from fastapi import Depends

from kalends.access.guards import OrganizationAdmin
from kalends.api.dependencies import Reader
from kalends.api.http.operation import Router
from kalends.api.input.query import Query
from kalends.audit import service
from kalends.audit.inputs import AuditLogQuery
from kalends.audit.outputs import EntryOutput, entry_output

router = Router("/v2/organizations/{orgId}/audit-log", "Orgs / Audit Log")


@router.get("")
async def list_audit_entries(
    place: OrganizationAdmin,
    query: Annotated[AuditLogQuery, Depends(Query(AuditLogQuery))],
    connection: Reader,
) -> list[EntryOutput]:
    """Show who did what in the organization, the newest first."""
    found = await service.list_entries(connection, place.organization_id, query.to_command())
    return [entry_output(one) for one in found]
