"""Every setting of the server: one variable `KALENDS_<NAME>` each. This file is their reference."""

import base64
import os
import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kalends.settings.database_url import check_database_url
from kalends.settings.proxy_url import ProxyAddress, proxy_of
from kalends.settings.smtp_url import server_of

SHORTEST_SECRET = 32
"""Fewest characters of `secret_key`."""

ALIASES = ("KALENDS_HTTP_ALLOW_PRIVATE",)
"""Second names of settings."""

_FERNET_KEY_BYTES = 32

_HOST = re.compile(r"[^\s/@,]+")
_NOT_IN_A_USERNAME = re.compile(r"[\s/?#]")


class Settings(BaseSettings):
    """The settings in force, read once from the environment.

    Raises:
        pydantic.ValidationError: a variable has a value that its type does not allow.
    """

    model_config = SettingsConfigDict(
        env_prefix="KALENDS_", frozen=True, extra="ignore", populate_by_name=True, loc_by_alias=False
    )

    # --- Where the data is -------------------------------------------------------------------------

    data_dir: Path = Path("~/.local/share/kalends")
    """Folder of the embedded PostgreSQL, and of the server's secret while `secret_key` is not set."""

    database_url: SecretStr | None = None
    """`postgresql://user:password@host:port/name` of your own PostgreSQL, version 15 or newer."""

    database_pool_size: int = Field(default=10, ge=2, le=500)
    """Most connections of one server process for its requests. At most half of them are of commands that take
    time of hosts, for which others may wait."""

    database_worker_pool_size: int = Field(default=4, ge=1, le=500)
    """Most connections of one server process for its worker, so that neither waits for the other."""

    turns_waiting_most: int = Field(default=100, ge=1, le=100_000)
    """How many commands of one process may wait, without a connection, for others that take time of the same
    hosts; beyond, and after 10 seconds, they get 503."""

    disk_least_mb: int = Field(default=64, ge=16, le=1_000_000)
    """With fewer megabytes free on the disk of the embedded database whatever would write is refused with
    503, before PostgreSQL stops for want of room."""

    disk_enough_mb: int = Field(default=1_000, ge=16, le=10_000_000)
    """With fewer megabytes free the log and `kalends doctor` warn."""

    # --- Secrets -------------------------------------------------------------------------------------

    secret_key: SecretStr | None = None
    """What signs the links of mails and encrypts stored secrets; at least 32 random characters, such as from
    `openssl rand -base64 32`. Default: made at the first start and kept in `secret.key` in `data_dir`, which
    belongs into backups. Servers of several machines that share a database need the same one here; changing
    it makes all links in mails invalid, and what it encrypted unreadable."""

    encryption_keys: SecretStr | None = None
    """Comma-separated Fernet keys (32 bytes in URL-safe base64) for stored secrets: the first encrypts, any
    decrypts. To change the key, put a new one in front. Default: one made from the server's secret."""

    # --- How it listens ----------------------------------------------------------------------------

    host: str = "127.0.0.1"
    port: int = Field(default=5555, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    """Server processes that share the port."""

    public_url: str | None = None
    """The address under which people reach this server, without a path; shown in links and in the
    reference. Default: `http://localhost:<port>`."""

    trusted_proxies: str = ""
    """Comma-separated addresses or networks whose `X-Forwarded-For` and `CF-Connecting-IP` are believed."""

    connections_most: int = Field(default=1_000, ge=8, le=100_000)
    """Most connections of clients to one server process. Beyond, who waits longest without having asked
    anything makes room; where all are busy, the new one gets 503. It is lowered to what the limit of open
    files allows."""

    request_head_bytes: int = Field(default=65_536, ge=1_024, le=1_048_576)
    """Largest request line and headers together; more is 431."""

    request_head_fields: int = Field(default=200, ge=20, le=10_000)
    """Most headers of a request; more is 431."""

    request_head_seconds: float = Field(default=30.0, gt=0, le=3_600)
    """How long a client may take to send request line and headers, from their first byte or the connection's
    beginning; then 408."""

    request_body_seconds: float = Field(default=30.0, gt=0, le=3_600)
    """How long a client may take to send the body of a request; then 408."""

    answer_seconds: float = Field(default=30.0, gt=0, le=3_600)
    """How long a client may take nothing of what it is sent; then its connection ends."""

    shutdown_grace_seconds: int = Field(default=30, ge=1, le=3600)
    """How long running requests may take to finish after SIGTERM."""

    # --- The worker --------------------------------------------------------------------------------

    worker: bool = True
    """Whether the server delivers webhooks and mails itself. `false`: `kalends worker` does, elsewhere."""

    outgoing_allow_private: bool = Field(
        default=False,
        validation_alias=AliasChoices("KALENDS_OUTGOING_ALLOW_PRIVATE", *ALIASES),
    )
    """Whether webhooks may go to loopback, private and link-local addresses, such as those of an intranet.
    On a server that others share this lets them reach whatever it can reach. Also
    `KALENDS_HTTP_ALLOW_PRIVATE`."""

    outgoing_proxy: SecretStr | None = None
    """`http://user:password@proxy.example.com:3128`: the proxy through which webhooks go. It is asked by
    CONNECT for addresses, never for names, which this server looks up and judges itself; it must allow that
    for the ports of receivers. Proxy variables such as `HTTPS_PROXY` count for nothing."""

    # --- Accounts ----------------------------------------------------------------------------------

    owner_email: str = "owner@localhost.localdomain"
    """E-mail of the account that the first start on an empty database creates."""

    owner_name: str | None = Field(default=None, min_length=1, max_length=100)
    """Name of that account. Default: none."""

    owner_username: str | None = Field(default=None, min_length=1, max_length=100)
    """Username of that account, a part of its public addresses. Default: what its e-mail begins with."""

    owner_time_zone: str = "Europe/London"
    """Time zone of that account, such as `Europe/Rome`."""

    api_key_prefix: str = Field(default="cal_live_", pattern=r"^cal_[a-z0-9_]*$")
    """What new API keys begin with. Keys that begin with plain `cal_` are always accepted too."""

    # --- Organizations and teams ---------------------------------------------------------------------

    memberships_without_consent: bool = False
    """Whether administrators of any team make anybody a member who has not accepted, as servers of a single
    company may want it. Else that is for the person to do, but for people of an organization that the
    administrator is one of, too."""

    invitation_days: int = Field(default=7, ge=1, le=365)
    """How long the link in an invitation to a team or organization works."""

    invitation_mails_an_hour: int = Field(default=3, ge=1, le=1_000)
    """How many invitations an address is mailed within an hour, whoever asks for them and to whatever."""

    audit_kept_days: int = Field(default=90, ge=1, le=36_500)
    """How long the audit log keeps who did what in organizations and teams."""

    oauth_clients_most: int = Field(default=100, ge=1, le=10_000)
    """Most OAuth clients of a platform."""

    consent_mails_an_hour: int = Field(default=3, ge=1, le=1_000)
    """How often somebody is mailed links to consent to OAuth clients within an hour, whoever asks for it."""

    consent_requests_an_hour: int = Field(default=60, ge=1, le=1_000_000)
    """How often an address on the network asks for such links within an hour, whoever they are for; as for
    mails of strangers, only while rate limits and mails are on."""

    managed_organizations_most: int = Field(default=1_000, ge=1, le=100_000)
    """Most organizations that one platform manages."""

    expired_tokens_kept_days: int = Field(default=30, ge=1, le=3_650)
    """How long an expired access token is still known: whoever sends it is told to refresh it (498), and
    afterwards that it is unknown (401)."""

    # --- Addresses of accounts -----------------------------------------------------------------------

    confirmation_hours: int = Field(default=24, ge=1, le=8_760)
    """How long the link works that confirms the new address of an account."""

    confirmation_mails_an_hour: int = Field(default=3, ge=0, le=1_000)
    """How often an account has confirmations of new addresses mailed within an hour, whatever they are."""

    # --- Rate limits (requests per window and bucket) ------------------------------------------------

    rate_limit_enabled: bool = True
    rate_limit_window_ms: int = Field(default=60_000, ge=1_000, le=86_400_000)
    rate_limit_block_ms: int = Field(default=60_000, ge=1_000, le=86_400_000)
    """How long a bucket stays refused once it went over its limit."""

    rate_limit_api_key: int = Field(default=120, ge=1, le=1_000_000)
    rate_limit_oauth_client: int = Field(default=500, ge=1, le=1_000_000)
    rate_limit_access_token: int = Field(default=500, ge=1, le=1_000_000)
    rate_limit_anonymous: int = Field(default=120, ge=1, le=1_000_000)
    """Per client address (64 bits of one of IPv6), for requests that no known credential vouches for; also
    how many API keys that are not known yet one address may try."""

    rate_limit_storage: Literal["auto", "memory", "folder", "database"] = "auto"
    """`memory` counts in each process; `database` shares the counts between processes; `folder` is `memory`
    while no other server runs on the data folder, else `database`; `auto` is `folder` with one worker and the
    embedded database, else `database`."""

    # --- Bounds of what one request may ask ----------------------------------------------------------

    slots_range_days: int = Field(default=366, ge=1, le=3660)
    """Longest range of one `GET /v2/slots`, in days."""

    slots_most: int = Field(default=50_000, ge=1, le=1_000_000)
    """Most slots of one `GET /v2/slots`, counted before reservations, limits and seats take some away. A year
    of quarter hours around the clock has 35,000."""

    guests_most: int = Field(default=30, ge=0, le=100)
    """Most guests of a booking, besides the booker."""

    occurrences_most: int = Field(default=366, ge=1, le=366)
    """Most occurrences of a series that is booked at once."""

    series_guests_most: int = Field(default=3_000, ge=1, le=40_000)
    """Most guests of all occurrences of a series together: each occurrence counts each of them."""

    series_answers_bytes: int = Field(default=1_000_000, ge=10_000, le=1_000_000_000)
    """Most bytes of answers in all occurrences of a series together: each occurrence keeps them."""

    event_types_most: int = Field(default=500, ge=1, le=10_000)
    """Most event types of a user."""

    event_type_hosts_most: int = Field(default=500, ge=1, le=10_000)
    """Most hosts of a team's event type, or members who have a copy of a managed one."""

    event_types_listed_bytes: int = Field(default=4_000_000, ge=100_000, le=1_000_000_000)
    """How many bytes event types may have, as they are stored, before a list of them ends; `skip` goes on."""

    booking_fields_most: int = Field(default=50, ge=0, le=1_000)
    """Most fields that an event type adds to its booking form."""

    field_options_most: int = Field(default=100, ge=1, le=10_000)
    """Most options of a field of a booking form."""

    webhooks_most: int = Field(default=100, ge=1, le=10_000)
    """Most webhooks of a user, and of an organization."""

    event_type_webhooks_most: int = Field(default=50, ge=1, le=10_000)
    """Most webhooks of an event type."""

    out_of_office_entries_most: int = Field(default=1_000, ge=1, le=100_000)
    """Most times that a user is out of office."""

    reservation_longest_minutes: int = Field(default=1_440, ge=1, le=525_600)
    """Longest time for which an authenticated caller may reserve a slot."""

    blocked_emails: str = ""
    """Comma-separated e-mail addresses that may neither book nor be guests; `+tags` do not help them."""

    binding_reservations_most: int = Field(default=5, ge=0, le=1_000_000)
    """Most binding reservations that callers without a credential may have of an event type, by their
    address (64 bits of one of IPv6)."""

    binding_reservations_address_most: int = Field(default=20, ge=0, le=1_000_000)
    """Most binding reservations that callers without a credential may have in all, by their address."""

    binding_reservation_minutes: int = Field(default=15, ge=1, le=1_440)
    """How long a binding reservation of a caller without a credential may last in all, renewals included."""

    attending_blocks: Literal["own", "bookers", "all", "none"] = "own"
    """Whose attendance of others' bookings makes an account busy: `own`, only what it booked with its own
    credential or confirmed by the link in its mail; `bookers`, also what somebody booked in its name;
    `all`, also where somebody named it as a guest; `none`, nothing."""

    reservations_are_binding: bool = False
    """Whether a reservation that does not say so refuses bookings that do not name it."""

    # --- Mails -------------------------------------------------------------------------------------

    mail_enabled: bool = True
    """Whether mails are sent at all. Off, they are only noted, as suppressed."""

    stranger_mails_an_hour: int = Field(default=600, ge=1, le=1_000_000)
    """Most mails within an hour that callers without a credential may have sent to addresses that nobody
    verified, by the callers' address (64 bits of one of IPv6); beyond, what would send more is 429. Lifted
    with `rate_limit_enabled`."""

    recipient_mails_an_hour: int = Field(default=30, ge=1, le=1_000_000)
    """Most mails within an hour to an address that nobody verified; beyond, bookings that are made without a
    credential are not announced to it. Lifted with `rate_limit_enabled`."""

    smtp_url: SecretStr | None = None
    """`smtp://user:password@host:587` or `smtps://user:password@host:465`. `smtp` switches to TLS: always
    when there is a user, else if the server offers it; `?starttls=required` or `?starttls=never` say
    otherwise. Default: each mail is written as a file into `mail` in `data_dir`."""

    mail_from: str | None = None
    """Whom mails come from: `Kalends <kalends@example.com>`. Default: `kalends@` and the host of
    `public_url`."""

    # --- Logs --------------------------------------------------------------------------------------

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"
    """`auto` is `console` on a terminal, else `json`."""

    @field_validator("data_dir", mode="before")
    @classmethod
    def _is_folder(cls, folder: object) -> object:
        path = Path(str(folder)).expanduser()
        # What may not be looked at is told by whoever opens it.
        if not str(folder).strip() or os.path.isfile(path):  # noqa: PTH113 - that of Path raises for it
            raise ValueError("must name a folder")
        return folder

    @field_validator("database_url")
    @classmethod
    def _is_database_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            check_database_url(url.get_secret_value())
        return url

    @field_validator("host")
    @classmethod
    def _is_host(cls, host: str) -> str:
        if not _HOST.fullmatch(host):
            raise ValueError("must be a name or an address, such as 127.0.0.1, without a port")
        return host

    @field_validator("owner_email")
    @classmethod
    def _is_address(cls, email: str) -> str:
        if not _is_mail_address(email):
            raise ValueError("must be an e-mail address such as ana@example.com")
        return email

    @field_validator("owner_username")
    @classmethod
    def _is_username(cls, username: str | None) -> str | None:
        if username is not None and (not username.strip() or _NOT_IN_A_USERNAME.search(username)):
            raise ValueError("must be a part of an address, such as ana: without blanks, slashes, ? and #")
        return username

    @field_validator("blocked_emails")
    @classmethod
    def _are_addresses(cls, emails: str) -> str:
        if not all(_is_mail_address(part.strip()) for part in emails.split(",") if part.strip()):
            raise ValueError("each must be an e-mail address such as ana@example.com")
        return emails

    @field_validator("secret_key")
    @classmethod
    def _is_long(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"must have at least {SHORTEST_SECRET} characters")
        return key

    @field_validator("encryption_keys")
    @classmethod
    def _are_fernet_keys(cls, keys: SecretStr | None) -> SecretStr | None:
        for key in keys.get_secret_value().split(",") if keys is not None else ():
            if not _is_fernet_key(key.strip()):
                raise ValueError("each key must be 32 bytes in URL-safe base64")
        return keys

    @field_validator("public_url")
    @classmethod
    def _is_address_of_a_server(cls, url: str | None) -> str | None:
        try:
            parts = urlsplit(url or "")
            is_sound = parts.port != 0 and parts.scheme in ("http", "https")
            is_sound = is_sound and bool(_HOST.fullmatch(parts.hostname or ""))
            has_more = any((parts.path.strip("/"), parts.query, parts.fragment, parts.username))
        except ValueError:
            is_sound = has_more = False
        if url is not None and (has_more or not is_sound):
            raise ValueError("must look like https://kalends.example.com, without a path")
        return url

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, networks: str) -> str:
        for part in networks.split(","):
            try:
                if part.strip():
                    ip_network(part.strip())
            except ValueError as error:
                raise ValueError("each must be an address or a network such as 10.0.0.0/8") from error
        return networks

    @field_validator("owner_time_zone")
    @classmethod
    def _is_time_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("must be an IANA time zone such as Europe/Rome") from error
        return name

    @field_validator("outgoing_proxy")
    @classmethod
    def _is_proxy_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            proxy_of(url.get_secret_value())
        return url

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            server_of(url.get_secret_value())
        return url

    @field_validator("mail_from")
    @classmethod
    def _is_sender(cls, address: str | None) -> str | None:
        # What does not close its angle bracket is understood otherwise by every mail server.
        is_closed = address is None or address.count("<") == address.count(">")
        if address is not None and not (is_closed and _is_mail_address(parseaddr(address)[1])):
            raise ValueError("must look like Kalends <kalends@example.com>")
        return address

    def connection_url(self) -> str:
        """Return the URL of the database to connect to.

        Raises:
            LookupError: none is set. `kalends serve` sets that of the embedded database before it starts
                the application.
        """
        if self.database_url is None:
            raise LookupError("KALENDS_DATABASE_URL is not set; start the server with `kalends serve`")
        return self.database_url.get_secret_value()

    @property
    def rate_limits_kept_in(self) -> Literal["memory", "folder", "database"]:
        """What `rate_limit_storage` means, as long as it can be seen whether the database is our own."""
        if self.rate_limit_storage != "auto":
            return self.rate_limit_storage
        return "folder" if self.workers == 1 and self.database_url is None else "database"

    @property
    def outgoing_proxy_address(self) -> ProxyAddress | None:
        """The proxy of `outgoing_proxy`."""
        return None if self.outgoing_proxy is None else proxy_of(self.outgoing_proxy.get_secret_value())

    @property
    def blocked_addresses(self) -> frozenset[str]:
        """The addresses of `blocked_emails`, in lower case."""
        return frozenset(
            address for part in self.blocked_emails.split(",") if (address := part.strip().lower())
        )

    @property
    def base_url(self) -> str:
        """The server's public address without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")


def _is_mail_address(text: str) -> bool:
    try:
        address = Address(addr_spec=text.encode("ascii").decode())
    except (ValueError, HeaderParseError, IndexError):
        return False
    return bool(address.username and address.domain)


def _is_fernet_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text)) == _FERNET_KEY_BYTES
    except ValueError:
        return False


def unknown_variables() -> list[str]:
    """Return the variables that would be settings if they were spelt right."""
    known = {f"KALENDS_{name.upper()}" for name in Settings.model_fields} | set(ALIASES)
    return sorted(name for name in os.environ if name.startswith("KALENDS_") and name not in known)


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
