"""An organization, and where its people have their calendars."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Organization:
    """A team of teams; `owner_id` is the first accepted OWNER, None when there is none left."""

    id: int
    name: str
    slug: str | None
    is_platform: bool
    owner_id: int | None


@dataclass(frozen=True, slots=True)
class WorkspacePlatform:
    """What a delegation credential of an organization is for, such as `google`."""

    slug: str
    name: str
