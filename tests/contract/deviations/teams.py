"""Where the wire is not what the contract document says: teams and organizations."""

from typing import get_args

from kalends.organizations.users.inputs import Locale as LocaleOfUsers
from kalends.organizations.users.inputs import Weekday
from tests.contract.deviations.schemas import BOOLEAN, NUMBER, STRING, nullable, object_of, ref
from tests.contract.patches import Allow, Deviation, Relax, Replace

_CHOICES_OF_USERS = {
    "weekday": list(get_args(Weekday)),
    "theme": ["dark", "light"],
    "appTheme": ["dark", "light"],
    "locale": list(get_args(LocaleOfUsers)),
}

_EMPTY_PARTS_OF_TEAMS = {
    **dict.fromkeys(
        (
            *("slug", "logoUrl", "calVideoLogo", "appLogo", "appIconLogo", "bio", "theme", "brandColor"),
            *("darkBrandColor", "bannerUrl"),
        ),
        STRING,
    ),
    "parentId": NUMBER,
    "timeFormat": NUMBER,
}

DEVIATIONS: tuple[Deviation, ...] = (
    *(
        Replace(
            f"schemas {body} properties serviceAccountKey",
            {"type": "object"},
            "organizations-teams.md 8.1: an object, of either kind",
        )
        for body in ("CreateDelegationCredentialInput", "UpdateDelegationCredentialInput")
    ),
    *(
        Replace(
            f"schemas CreateOrganizationUserInput properties {name} enum",
            choices,
            "organizations-teams.md 7.2: only these are taken",
        )
        for name, choices in _CHOICES_OF_USERS.items()
    ),
    *(
        Replace(
            f"schemas {output} properties {name}",
            nullable(schema),
            "organizations-teams.md 1.1: null when empty",
        )
        for output in ("TeamOutputDto", "OrgTeamOutputDto")
        for name, schema in _EMPTY_PARTS_OF_TEAMS.items()
    ),
    *(
        Allow(
            f"schemas {output} properties membershipId",
            NUMBER,
            "organizations-teams.md 2: ours, the caller's own membership",
        )
        for output in ("TeamOutputDto", "OrgTeamOutputDto")
    ),
    *(
        Allow(
            f"schemas OrgTeamOutputDto properties {name}",
            schema,
            "organizations-teams.md 4: the list of the caller's own teams has them",
        )
        for name, schema in (("role", STRING), ("accepted", BOOLEAN))
    ),
    *(
        Replace(
            f"schemas {output} properties data",
            {"type": "array", "items": ref("TeamMembershipOutput")},
            "organizations-teams.md 3.2 and 6: lists",
        )
        for output in ("GetAllOrgMemberships", "GetTeamMembershipsOutput")
    ),
    *(
        Replace(
            f"schemas MembershipUserOutputDto properties {name}",
            nullable(STRING),
            "organizations-teams.md 1.2: null when empty",
        )
        for name in ("avatarUrl", "name", "bio")
    ),
    Relax(
        "schemas MembershipUserOutputDto",
        ("email",),
        "organizations-teams.md 12: not of somebody who has not accepted",
    ),
    Replace(
        "schemas DeleteTeamMembershipOutput properties data",
        object_of(
            id=NUMBER,
            userId=NUMBER,
            teamId=NUMBER,
            accepted=BOOLEAN,
            role={"type": "string", "enum": ["MEMBER", "OWNER", "ADMIN"]},
            disableImpersonation=BOOLEAN,
        ),
        "organizations-teams.md 3.5: without its user",
    ),
    *(
        Relax(f"schemas {body}", ("role",), "organizations-teams.md 5.3: MEMBER when absent")
        for body in ("CreateOrgMembershipDto", "CreateOrgTeamMembershipDto")
    ),
    Replace(
        "schemas CreateTeamOutput properties data",
        ref("TeamOutputDto"),
        "organizations-teams.md 2: never a payment; the other form is nowhere in the document",
    ),
    Replace(
        "schemas MicrosoftServiceAccountKeyInput",
        object_of(private_key=STRING, tenant_id=STRING, client_id=STRING),
        "organizations-teams.md 8.1: named by the document, and not in it",
    ),
)
