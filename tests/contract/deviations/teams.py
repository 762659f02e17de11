"""Where the wire is not what the contract document says: teams and organizations."""

from tests.contract.deviations.schemas import STRING, object_of, ref
from tests.contract.patches import Deviation, Replace

DEVIATIONS: tuple[Deviation, ...] = (
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
