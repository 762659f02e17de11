"""The ids of a path that name a place."""

from typing import Annotated, TypeAlias

from fastapi import Path
from pydantic import BeforeValidator

from kalends.api.input.fields import check_text, parse_id

OrganizationId: TypeAlias = Annotated[int, Path(alias="orgId"), BeforeValidator(parse_id)]
TeamId: TypeAlias = Annotated[int, Path(alias="teamId"), BeforeValidator(parse_id)]
UserId: TypeAlias = Annotated[int, Path(alias="userId"), BeforeValidator(parse_id)]
ClientId: TypeAlias = Annotated[str, Path(alias="clientId"), BeforeValidator(check_text)]
MembershipId: TypeAlias = Annotated[int, Path(alias="membershipId"), BeforeValidator(parse_id)]
