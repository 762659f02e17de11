"""Which guard an operation declares, read from the operation itself."""

from collections.abc import Iterator

from kalends.api.http.fastapi_internals import Dependant
from kalends.auth.declaration import Declaration, Declaring


def declaration_of(dependant: Dependant) -> Declaration:
    """Return what an operation demands of its caller: what the last of its guards does.

    A guard that stands on another one declares the steps of both. An operation without any is public.
    """
    declared = list(_declared(dependant))
    return max(declared, key=lambda declaration: len(declaration.steps), default=Declaration())


def _declared(dependant: Dependant) -> Iterator[Declaration]:
    for dependency in dependant.dependencies:
        call: object = dependency.call
        if isinstance(call, Declaring):
            yield call.declaration
        yield from _declared(dependency)
