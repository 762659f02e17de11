"""`kalends db`: the schema of the database."""

import typer

from kalends.cli.common import DatabaseUrl, DataDir, Json, show, use_settings

app = typer.Typer(help="Look after the schema of the database.", no_args_is_help=True)


@app.command("migrate")
def migrate(data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Bring the schema up to date; `kalends serve` does so by itself."""
    settings = use_settings(data_dir, database_url)
    from kalends.db import connect
    from kalends.db import migrate as migrations

    with connect.database_url(settings, may_make=True) as url:
        applied = migrations.upgrade(url)
    current = migrations.revisions()[-1]
    said = f"Applied {', '.join(applied)}." if applied else "There was nothing to do."
    show(
        {"applied": applied, "current": current},
        [f"{said} The schema is at revision {current}."],
        as_json=as_json,
    )


@app.command("status")
def status(data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """Show at which revision the schema is, and what is pending."""
    settings = use_settings(data_dir, database_url)
    from kalends.db import connect
    from kalends.db import migrate as migrations

    with connect.database_url(settings) as url:
        found = migrations.status(url)
    facts = {
        "current": found.current,
        "head": found.head,
        "pending": found.pending,
        "isNewer": found.is_newer,
    }
    lines = [
        f"At revision  {found.current or 'none: the database is empty'}",
        f"Newest here  {found.head}",
        f"Pending      {', '.join(found.pending) or 'nothing'}",
    ]
    if found.is_newer:
        lines.append("A newer Kalends made this schema: install that one.")
    show(facts, lines, as_json=as_json)
