"""Where the server's secret comes from, and what is made from it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet, MultiFernet
from pydantic import SecretStr, ValidationError

from kalends.security import secret
from kalends.security.secret import (
    SECRET_FILE,
    SecretUnavailable,
    claim,
    encryption_keys,
    signing_key,
)
from kalends.settings import Settings

SECRET = SecretStr("correct horse battery staple, and more")


@pytest.fixture(autouse=True)
def _forget_secrets() -> None:
    secret._kept.cache_clear()


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    key = signing_key(settings)
    secret._kept.cache_clear()
    assert signing_key(settings) == key
    file = tmp_path / "data" / SECRET_FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == [SECRET_FILE]


def test_processes_that_start_together_share_a_secret(tmp_path: Path) -> None:
    def start(_number: int) -> str:
        path = tmp_path / SECRET_FILE
        if not path.exists():
            secret._make(path)
        return path.read_text()

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(start, range(64)))) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == [SECRET_FILE]


def test_the_variable_goes_before_the_file(tmp_path: Path) -> None:
    kept = signing_key(Settings(data_dir=tmp_path))
    given = signing_key(Settings(data_dir=tmp_path, secret_key=SECRET))
    assert given != kept
    assert given == signing_key(Settings(data_dir=tmp_path / "elsewhere", secret_key=SECRET))
    assert not (tmp_path / "elsewhere").exists()


def test_each_purpose_has_a_key_of_its_own() -> None:
    settings = Settings(secret_key=SECRET)
    assert len(encryption_keys(settings)) == 1
    assert signing_key(settings) not in encryption_keys(settings)
    assert SECRET.get_secret_value().encode() not in (signing_key(settings), *encryption_keys(settings))


def test_what_was_encrypted_before_a_key_was_set_stays_readable() -> None:
    before = MultiFernet([Fernet(key) for key in encryption_keys(Settings(secret_key=SECRET))])
    stored = before.encrypt(b"whsec")
    new = Fernet.generate_key().decode()
    settings = Settings(
        secret_key=SECRET, encryption_keys=SecretStr(f" {new} , {Fernet.generate_key().decode()}")
    )
    after = MultiFernet([Fernet(key) for key in encryption_keys(settings)])
    assert after.decrypt(stored) == b"whsec"
    assert Fernet(new).decrypt(after.encrypt(b"new")) == b"new"


@pytest.mark.parametrize("keys", ["", "short", "A" * 43 + "=,", "ü" * 44])
def test_encryption_keys_that_are_none_are_refused(keys: str) -> None:
    with pytest.raises(ValidationError, match="32 bytes in URL-safe base64"):
        Settings(encryption_keys=SecretStr(keys))


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 32"):
        Settings(secret_key=SecretStr("short"))


def test_a_folder_that_cannot_be_used_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SecretUnavailable, match="KALENDS_SECRET_KEY"):
        signing_key(Settings(data_dir=tmp_path / "file" / "data"))


def test_a_secret_that_was_cut_short_is_not_used(tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).write_text("\n")
    with pytest.raises(SecretUnavailable, match="cut short"):
        signing_key(Settings(data_dir=tmp_path))


# --- One secret for all servers of a database ----------------------------------------------------------


@pytest.fixture
def unclaimed(database_url: str) -> Iterator[str]:
    """Return the URL of a database that no server has used yet."""
    yield database_url
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DELETE FROM server_secret")


def test_servers_that_share_a_secret_share_a_database(unclaimed: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert not claim(settings, unclaimed)
    assert not claim(settings, unclaimed)
    content = (tmp_path / SECRET_FILE).read_text().strip()
    assert not claim(Settings(secret_key=SecretStr(content)), unclaimed)


def test_a_server_that_made_a_secret_of_its_own_is_refused(unclaimed: str, tmp_path: Path) -> None:
    claim(Settings(data_dir=tmp_path / "first"), unclaimed)
    with pytest.raises(SecretUnavailable, match="KALENDS_SECRET_KEY to the same value"):
        claim(Settings(data_dir=tmp_path / "second"), unclaimed)
    assert not claim(Settings(data_dir=tmp_path / "first"), unclaimed)


def test_an_operator_may_change_the_secret(unclaimed: str, tmp_path: Path) -> None:
    claim(Settings(data_dir=tmp_path), unclaimed)
    assert claim(Settings(secret_key=SECRET), unclaimed)
    assert not claim(Settings(secret_key=SECRET), unclaimed)
    with pytest.raises(SecretUnavailable):
        claim(Settings(data_dir=tmp_path), unclaimed)


def test_the_database_learns_nothing_of_the_secret(unclaimed: str) -> None:
    settings = Settings(secret_key=SECRET)
    claim(settings, unclaimed)
    with psycopg.connect(unclaimed) as connection:
        row = connection.execute("SELECT fingerprint FROM server_secret").fetchone()
    assert row is not None
    assert row[0] not in (signing_key(settings), SECRET.get_secret_value().encode())
