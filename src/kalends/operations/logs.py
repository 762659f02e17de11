"""What the server writes to standard error: one line an event, for people or as JSON."""

import logging
import sys

import structlog
from structlog.typing import Processor

from kalends.settings import Settings

_SILENT = ("psycopg.pool",)
"""Those that say again and again what we say once."""

_QUIET = ("alembic", "asyncio", "httpx", "uvicorn.access", "uvicorn.error")
"""Libraries of which only warnings matter to those who run a server."""


def configure(settings: Settings) -> None:
    """Send everything that is logged in this process, by us or by a library, through one formatter."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(settings)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    for name in _SILENT:
        logging.getLogger(name).setLevel(max(level, logging.ERROR))


def _renderers(settings: Settings) -> list[Processor]:
    chosen = settings.log_format
    if chosen == "auto":
        chosen = "console" if sys.stderr.isatty() else "json"
    if chosen == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]
