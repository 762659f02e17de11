"""`kalends jobs`: what the workers have given up trying."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from kalends.cli.common import (
    DatabaseUrl,
    DataDir,
    Json,
    Limit,
    Refused,
    in_transaction,
    instant,
    show,
    show_list,
    use_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from kalends.db.database import UnitOfWork
    from kalends.outbox.jobs.job import JobSetAside

app = typer.Typer(help="See which jobs were set aside, and let them begin anew.", no_args_is_help=True)

JobIds = Annotated[
    list[int] | None, typer.Argument(metavar="ID...", help="Jobs, as `list` shows them.", show_default=False)
]


@app.command("list")
def show_all(
    limit: Limit = 50,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """List jobs that were set aside: their workers ended again and again while they had them under way."""
    settings = use_settings(data_dir, database_url)
    from kalends.outbox import service

    async def run(work: "UnitOfWork") -> "list[JobSetAside]":
        return await service.list_set_aside(work.connection, limit=limit)

    jobs = in_transaction(settings, run)
    columns: dict[str, Callable[[JobSetAside], object]] = {
        "ID": lambda job: job.id,
        "SET ASIDE": lambda job: instant(job.since),
        "KIND": lambda job: job.kind,
        "OWNER": lambda job: job.owner,
        "LANE": lambda job: job.lane,
        "ATTEMPTS": lambda job: job.attempts,
        "WHY": lambda job: job.reason,
    }
    show_list("jobs", jobs, _facts, columns, as_json=as_json)


@app.command("retry")
def retry(
    job_ids: JobIds = None,
    is_all: Annotated[bool, typer.Option("--all", help="All that are set aside.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Restart jobs that were set aside; the workers take them up at once."""
    if bool(job_ids) is is_all:
        raise Refused("name the jobs, or say --all")
    settings = use_settings(data_dir, database_url)
    from kalends.outbox import service

    async def run(work: "UnitOfWork") -> list[int]:
        begun = await service.retry_set_aside(work, None if is_all else job_ids, now=datetime.now(UTC))
        missing = sorted(set(job_ids or ()) - set(begun))
        if missing:
            raise Refused(f"not set aside: {', '.join(map(str, missing))}; nothing was changed")
        return begun

    begun = in_transaction(settings, run)
    lines = [f"Job {job_id} begins anew." for job_id in begun] or ["No job is set aside."]
    show({"ids": begun}, lines, as_json=as_json)


def _facts(job: "JobSetAside") -> dict[str, object]:
    return {
        "id": job.id,
        "kind": job.kind,
        "owner": job.owner,
        "lane": job.lane,
        "attempts": job.attempts,
        "reason": job.reason,
        "setAsideAt": instant(job.since),
    }
