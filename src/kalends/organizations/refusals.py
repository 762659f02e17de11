"""Why an organization cannot be created or found, or somebody cannot join it."""

from kalends.api.output.errors import BadRequest, Conflict, NotFound


class UnknownOrganization(NotFound):
    """404: there is no organization with this id or slug."""

    def __init__(self, organization: int | str) -> None:
        super().__init__(f"There is no organization {organization!r}.")


class SlugTaken(Conflict):
    """409: another organization has the slug, or a team that is in none."""

    code = "CONFLICT"

    def __init__(self, slug: str) -> None:
        super().__init__(f"Another organization or team has the slug {slug!r}.")


class UsernameTaken(Conflict):
    """409: the organization knows somebody else by this name."""

    code = "CONFLICT"

    def __init__(self, username: str, organization_id: int) -> None:
        super().__init__(
            f"The organization {organization_id} knows somebody else by the username {username!r}; "
            "give another one."
        )


class TextBlankOrTooLong(BadRequest):
    """400: a name or slug is blank, or too long."""

    def __init__(self, what: str, longest: int) -> None:
        super().__init__(f"The {what} must have 1 to {longest} characters, and not blanks only.")


class SlashInText(BadRequest):
    """400: a slug or username has a slash."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The {what} must have no slash.")
