"""How many files, and so how many connections, a process may have open."""

import resource

from kalends.settings import Settings

FILES_OF_OTHERS = 128
"""Files that a process keeps open beside connections of clients: database, log, receivers of webhooks."""

_NO_LIMIT = 2**31


def allow_connections(settings: Settings) -> None:
    """Raise this process's limit of open files to what `connections_most` needs, as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files_wanted(settings)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def files_wanted(settings: Settings) -> int:
    """Return how many files a process with so many connections may need."""
    return settings.connections_most + FILES_OF_OTHERS


def files_allowed(*, at_most: bool = False) -> int:
    """Return how many files this process may have open; `at_most`: after it has raised its limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = hard if at_most else soft
    return _NO_LIMIT if limit == resource.RLIM_INFINITY else limit


def most_connections(settings: Settings) -> int:
    """Return how many connections this process takes: what the settings say, if it may open the files."""
    files = files_allowed()
    return min(settings.connections_most, max(files - FILES_OF_OTHERS, files // 2))
