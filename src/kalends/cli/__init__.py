"""The command `kalends`: run the server, and look after its database, users, organizations and API keys."""

import sys
from typing import Annotated

import typer

from kalends import __version__
from kalends.cli import (
    accounts,
    api_keys,
    audit,
    database,
    diagnosis,
    jobs,
    mail,
    organizations,
    serve,
    worker,
)
from kalends.cli.common import explain

app = typer.Typer(
    name="kalends",
    help="A self-hosted scheduling API server that speaks the Cal.com API v2.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"kalends {__version__}")
        raise typer.Exit


@app.callback()
def begin(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version, and exit."),
    ] = False,
) -> None:
    """Take what may be said before a command."""


app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.add_typer(database.app, name="db")
app.add_typer(accounts.app, name="user")
app.add_typer(api_keys.app, name="api-key")
app.add_typer(organizations.app, name="organization")
app.add_typer(organizations.platforms, name="workspace-platform")
app.add_typer(audit.app, name="audit")
app.add_typer(mail.app, name="mail")
app.add_typer(jobs.app, name="jobs")
app.command("doctor")(diagnosis.doctor)


def main() -> None:
    """Run the command line; what can go wrong in ordinary use ends with one line on stderr and status 1."""
    try:
        app()
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        typer.echo(f"kalends: {message}", err=True)
        sys.exit(1)
