"""The roles and the database of the embedded server: the application owns its database, and nothing else.

A cluster that was made before has the application's role as its first superuser, which PostgreSQL lets nobody
demote. There that role gets another name, and a new one has the application's name and owns its things.
"""

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

APPLICATION = "kalends"
"""The application's role, and its database."""

SUPERUSER = "postgres"
"""Who makes them; a cluster's first role, which nothing but this module connects as."""

_HELPER = "kalends_handing_over"
"""A superuser for as long as the first one gets its new name: nobody renames themselves."""

_LOCK_WAIT = "10s"


def prepare_roles(connection_url: str) -> None:
    """See that roles and database are as they must be; `connection_url` has places for role and database.

    Raises:
        psycopg.Error: the server is not one that this made, or is in use by something that cannot wait.
    """
    try:
        connection = psycopg.connect(connection_url.format(role=SUPERUSER, database="postgres"))
    except psycopg.OperationalError:
        _hand_over(connection_url)
        connection = psycopg.connect(connection_url.format(role=SUPERUSER, database="postgres"))
    with connection:
        connection.autocommit = True
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(_HELPER)))
        if not _exists(connection, "pg_roles", "rolname"):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APPLICATION)))
        if not _exists(connection, "pg_database", "datname"):
            connection.execute(
                sql.SQL("CREATE DATABASE {name} OWNER {name}").format(name=sql.Identifier(APPLICATION))
            )


def _exists(connection: psycopg.Connection[TupleRow], table: str, column: str) -> bool:
    statement = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    return connection.execute(statement, (APPLICATION,)).fetchone() is not None


def _hand_over(connection_url: str) -> None:
    """Give the first superuser its new name, and what it owns in the application's database to a new role."""
    with psycopg.connect(connection_url.format(role=APPLICATION, database="postgres")) as connection:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(_HELPER)))
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN SUPERUSER").format(sql.Identifier(_HELPER)))
        has_database = _exists(connection, "pg_database", "datname")
    database = APPLICATION if has_database else "postgres"
    with psycopg.connect(connection_url.format(role=_HELPER, database=database)) as connection:
        names = {"app": sql.Identifier(APPLICATION), "superuser": sql.Identifier(SUPERUSER)}
        connection.execute(sql.SQL("SET lock_timeout = {}").format(sql.Literal(_LOCK_WAIT)))
        connection.execute(sql.SQL("ALTER ROLE {app} RENAME TO {superuser}").format(**names))
        connection.execute(sql.SQL("CREATE ROLE {app} LOGIN").format(**names))
        if has_database:
            connection.execute(sql.SQL("ALTER DATABASE {app} OWNER TO {app}").format(**names))
            for (statement,) in connection.execute(_OWNED).fetchall():
                connection.execute(statement.encode())


# Indexes, row types and the sequences of columns go with their tables. What extensions made stays theirs.
_OWNED = """
    WITH of_extensions AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
    SELECT format('ALTER TABLE %s OWNER TO kalends', c.oid::regclass)
      FROM pg_class AS c
     WHERE c.relnamespace = 'public'::regnamespace
       AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
       AND NOT EXISTS (
               SELECT FROM pg_depend AS d
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))
       AND ('pg_class'::regclass, c.oid) NOT IN (SELECT classid, objid FROM of_extensions)
     UNION ALL
    SELECT format('ALTER ROUTINE %s OWNER TO kalends', p.oid::regprocedure)
      FROM pg_proc AS p
     WHERE p.pronamespace = 'public'::regnamespace
       AND ('pg_proc'::regclass, p.oid) NOT IN (SELECT classid, objid FROM of_extensions)
     UNION ALL
    SELECT format('ALTER TYPE %s OWNER TO kalends', t.oid::regtype)
      FROM pg_type AS t
     WHERE t.typnamespace = 'public'::regnamespace
       AND t.typtype IN ('e', 'd')
       AND ('pg_type'::regclass, t.oid) NOT IN (SELECT classid, objid FROM of_extensions)
"""
