"""The parts of psycopg that it does not promise to keep; nothing else of ours uses them.

`tests/db/test_psycopg_internals.py` fails when an upgrade changes what we rely on.
"""

from typing import Any

from psycopg import AsyncConnection


async def roll_back_and_chain(connection: AsyncConnection[Any]) -> None:
    """Roll back what a pipelined transaction did so far, and leave it open.

    Left to psycopg, a rollback also forgets all that is prepared, which is right after a failed statement;
    commands that refuse are everyday, and planning anew costs more than they do. A cursor would see that it
    is a rollback, and have all forgotten at some later time.
    """
    command = connection._exec_command(b"ROLLBACK AND CHAIN")  # noqa: SLF001 - there is no public way
    await connection.wait(command)
