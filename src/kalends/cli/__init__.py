"""The command `kalends`: run the server, and look after its database, users and API keys."""

import sys

import typer

from kalends.cli import accounts, api_keys, database, diagnosis, mail, serve, worker
from kalends.cli.common import explain

app = typer.Typer(
    name="kalends",
    help="A self-hosted scheduling API server that speaks the Cal.com API v2.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.add_typer(database.app, name="db")
app.add_typer(accounts.app, name="user")
app.add_typer(api_keys.app, name="api-key")
app.add_typer(mail.app, name="mail")
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
