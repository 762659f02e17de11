"""What of psycopg's inside a refused command's rollback relies on; an upgrade that changes it fails here.

That the rollback keeps what is prepared is tested in `test_transactions`.
"""

import inspect

from psycopg import AsyncConnection


def test_a_command_is_sent_past_the_cursors_and_waited_for() -> None:
    assert list(inspect.signature(AsyncConnection._exec_command).parameters)[:2] == ["self", "command"]
    assert inspect.isgeneratorfunction(AsyncConnection._exec_command)
    assert list(inspect.signature(AsyncConnection.wait).parameters)[:2] == ["self", "gen"]
