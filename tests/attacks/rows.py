"""Many rows like a few that requests have made."""

from kalends.db.database import Database


async def multiply(
    database: Database, table: str, times: int, *, which: str = "true", **changes: str
) -> None:
    """Repeat rows of a table so many times, with columns changed to what expressions of SQL say.

    The expressions may use `n`, the number of the repetition; `which` is a condition.
    """
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND (attidentity = '' OR attname = ANY(%s))",
            (table, list(changes)),
        )
        names = [name for (name,) in await cursor.fetchall()]
        chosen = ", ".join(changes.get(name, name) for name in names)
        await connection.execute(
            f"INSERT INTO {table} ({', '.join(names)})"
            f" SELECT {chosen} FROM {table}, generate_series(1, {times}) n WHERE {which}"
        )
