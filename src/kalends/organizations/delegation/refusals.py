"""What commands on delegation credentials refuse."""

from kalends.api.output.errors import BadRequest, NotFound


class UnknownWorkspacePlatform(NotFound):
    """404: there is no such provider of calendars."""

    code = "TRPCError"

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"workspacePlatformSlug: there is no workspace platform {slug!r}; there are google and office365."
        )


class DomainTaken(BadRequest):
    """400: the domain has a credential in this organization, or an enabled one in another."""

    code = "TRPCError"

    def __init__(self, domain: str) -> None:
        super().__init__(f"domain: there is a delegation credential for {domain!r} already.")


class UnknownDelegationCredential(NotFound):
    """404: the organization has no such delegation credential."""

    def __init__(self, organization_id: int) -> None:
        super().__init__(f"The organization {organization_id} has no delegation credential with this id.")


class CredentialNotSetUp(BadRequest):
    """400: what the service account may do cannot be tried, so it is not relied on."""

    code = "CalendarAppDelegationCredentialNotSetupError"

    def __init__(self) -> None:
        super().__init__(
            "enabled: this server has no connection to the provider to try the service account with, so the "
            "credential cannot be enabled; nothing was changed."
        )
