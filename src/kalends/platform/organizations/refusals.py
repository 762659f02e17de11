"""Why an organization is not managed."""

from kalends.api.output.errors import Forbidden


class ManagerIsNoPlatform(Forbidden):
    """403: the organization is no platform, and manages none."""

    def __init__(self, organization_id: int) -> None:
        super().__init__(f"The organization {organization_id} is no platform, so it manages no others.")


class OrganizationNotManaged(Forbidden):
    """403: the platform does not manage such an organization."""

    def __init__(self, managed_id: int, organization_id: int) -> None:
        super().__init__(f"The organization {organization_id} manages no organization {managed_id}.")
