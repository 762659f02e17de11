"""An organization, and the workspace platforms that hold its people's calendars."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Organization:
    """A team of teams; `owner_id` is its first accepted OWNER, None if none is left."""

    id: int
    name: str
    slug: str | None
    is_platform: bool
    owner_id: int | None


@dataclass(frozen=True, slots=True)
class WorkspacePlatform:
    """A platform that delegation credentials of an organization can be for, such as `google`."""

    slug: str
    name: str
