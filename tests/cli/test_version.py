"""`kalends --version`."""

from kalends import __version__
from tests.cli.kalends import kalends


def test_the_version_is_told_in_one_line() -> None:
    ran = kalends("--version")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"kalends {__version__}\n", "")


def test_help_tells_of_the_version_beside_the_commands() -> None:
    ran = kalends("--help")
    assert "--version" in ran.stdout
    assert "  serve " in ran.stdout
