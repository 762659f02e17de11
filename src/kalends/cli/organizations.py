"""`kalends organization` and `kalends workspace-platform`: how organizations begin."""

from typing import TYPE_CHECKING, Annotated

import typer

from kalends.cli.common import DatabaseUrl, DataDir, Json, in_transaction, show, show_list, use_settings
from kalends.memberships.membership import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from kalends.db.database import UnitOfWork
    from kalends.memberships.membership import Membership
    from kalends.organizations.organization import Organization, WorkspacePlatform

app = typer.Typer(help="Create and list organizations, and add members.", no_args_is_help=True)
platforms = typer.Typer(
    help="List what delegation credentials of organizations can be for.", no_args_is_help=True
)


@app.command("create")
def create(
    name: Annotated[str, typer.Option(help="The name that is shown.")],
    slug: Annotated[str, typer.Option(help="The organization's part of booking links; unique.")],
    owner: Annotated[str, typer.Option(metavar="EMAIL", help="The account that is to be its OWNER.")],
    platform: Annotated[
        bool, typer.Option("--platform", help="It may have OAuth clients with users of their own.")
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Create an organization with its first member."""
    settings = use_settings(data_dir, database_url)
    from kalends.accounts.service import find_user_by_email
    from kalends.organizations import service

    command = service.CreateOrganization(name, slug, is_platform=platform)

    async def run(work: "UnitOfWork") -> "Organization":
        user = await find_user_by_email(work.connection, owner)
        return await service.create_organization(work, user, command)

    organization = in_transaction(settings, run)
    lines = [
        f"id     {organization.id}",
        f"name   {organization.name}",
        f"slug   {organization.slug}",
        f"owner  {owner}",
    ]
    show(_facts(organization), lines, as_json=as_json)


@app.command("list")
def show_all(data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """List all organizations."""
    settings = use_settings(data_dir, database_url)
    from kalends.organizations import service

    async def run(work: "UnitOfWork") -> "list[Organization]":
        return await service.list_organizations(work.connection)

    organizations = in_transaction(settings, run)
    columns: dict[str, Callable[[Organization], object]] = {
        "ID": lambda organization: organization.id,
        "NAME": lambda organization: organization.name,
        "SLUG": lambda organization: organization.slug,
        "PLATFORM": lambda organization: "yes" if organization.is_platform else "no",
        "OWNER": lambda organization: organization.owner_id,
    }
    show_list("organizations", organizations, _facts, columns, as_json=as_json)


@app.command("add-member")
def add_member(
    organization: Annotated[
        int, typer.Option(metavar="ID", help="The organization's id, as `list` shows it.")
    ],
    user: Annotated[str, typer.Option(metavar="EMAIL", help="The account that is to be a member.")],
    role: Annotated[Role, typer.Option(help="What the member may do.")] = Role.MEMBER,
    pending: Annotated[
        bool, typer.Option("--pending", help="Only invite them: no role until they accept.")
    ] = False,
    username: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="What the organization knows them by; else as elsewhere.", show_default=False
        ),
    ] = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Make an account a member of an organization."""
    settings = use_settings(data_dir, database_url)
    from kalends.accounts.service import find_user_by_email
    from kalends.organizations import service

    async def run(work: "UnitOfWork") -> "Membership":
        member = await find_user_by_email(work.connection, user)
        return await service.add_member(
            work, organization, member, role=role, accepted=not pending, username=username
        )

    membership = in_transaction(settings, run)
    facts = {
        "membershipId": membership.id,
        "userId": membership.user_id,
        "role": membership.role.value,
        "accepted": membership.accepted,
    }
    standing = f"a {membership.role.value}" if membership.accepted else f"invited as {membership.role.value}"
    show(facts, [f"{user} is {standing} of the organization {organization}."], as_json=as_json)


@platforms.command("list")
def show_platforms(data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False) -> None:
    """List all workspace platforms."""
    settings = use_settings(data_dir, database_url)
    from kalends.organizations import service

    async def run(work: "UnitOfWork") -> "list[WorkspacePlatform]":
        return await service.list_workspace_platforms(work.connection)

    found = in_transaction(settings, run)
    columns: dict[str, Callable[[WorkspacePlatform], object]] = {
        "SLUG": lambda platform: platform.slug,
        "NAME": lambda platform: platform.name,
    }
    show_list("workspacePlatforms", found, _platform_facts, columns, as_json=as_json)


# Without another command beside it, `list` would be the whole of `workspace-platform`.
@platforms.callback()
def _of_several() -> None:
    pass


def _facts(organization: "Organization") -> dict[str, object]:
    return {
        "id": organization.id,
        "name": organization.name,
        "slug": organization.slug,
        "isPlatform": organization.is_platform,
        "ownerId": organization.owner_id,
    }


def _platform_facts(platform: "WorkspacePlatform") -> dict[str, object]:
    return {"slug": platform.slug, "name": platform.name}
