"""Who is to be named as the author of what a request does."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from kalends.api.http.context import context_of
from kalends.audit.entry import Author
from kalends.auth.dependencies import Caller


async def _author(request: Request, caller: Caller) -> Author:
    request_id = context_of(request.scope).request_id
    return Author(caller.method.value, caller.user.id, caller.user.email, request_id)


RequestAuthor: TypeAlias = Annotated[Author, Depends(_author)]
