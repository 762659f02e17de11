"""The booking form of an event type (event-types.md 8 and B3, B6, B12, B13, B15, B27)."""

import json
from typing import Any

import pytest

from kalends.db.database import Database
from tests.event_types.settings import INTRO, URL, changed, created, slugs
from tests.event_types.test_locations import stores
from tests.support.client import Client, Host, data, refusal

SYSTEM = ["name", "email", "location", "title", "notes", "guests", "rescheduleReason"]


def own(kind: str, slug: Any = "size", **members: Any) -> dict[str, Any]:
    return {"type": kind, "slug": slug, "label": "Team size", "required": True, **members}


def form_of(event_type: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {field["slug"]: field for field in event_type["bookingFields"]}


WRITTEN = ["phone", "address", "text", "number", "textarea", "multiemail"]
OPTIONS: dict[str, Any] = {"options": ["a", "b", ""]}

# What is sent, and what is read back beside it.
KINDS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    *((own(kind), {}) for kind in (*WRITTEN, "boolean")),
    *((own(kind, placeholder="Ten?"), {}) for kind in WRITTEN),
    (own("url"), {"placeholder": ""}),
    (own("url", placeholder="https://"), {}),
    (own("select", **OPTIONS), {}),
    (own("select", **OPTIONS, placeholder=""), {}),
    (own("select", options=[]), {}),
    *((own(kind, **OPTIONS), {}) for kind in ("multiselect", "checkbox", "radio")),
    (own("text", "Größe / ü 1"), {}),
    (own("text", label=""), {}),
    (own("text", required=False, hidden=True, disableOnPrefill=True), {}),
]


@pytest.mark.parametrize(("sent", "more"), KINDS, ids=str)
async def test_a_question_of_ones_own_is_read_back_between_location_and_title(
    ana: Host, sent: dict[str, Any], more: dict[str, Any]
) -> None:
    made = await created(ana, bookingFields=[sent])
    assert [field["slug"] for field in made["bookingFields"]] == [*SYSTEM[:3], sent["slug"], *SYSTEM[3:]]
    read = {"isDefault": False, "hidden": False, "disableOnPrefill": False, **more, **sent}
    assert made["bookingFields"][3] == read
    assert data(await ana.client.get(f"{URL}/{made['id']}")) == made


@pytest.mark.parametrize("kind", ["multiselect", "checkbox", "radio", "boolean"])
async def test_a_placeholder_is_dropped_where_there_is_none(ana: Host, kind: str) -> None:
    sent = own(kind, placeholder="Ten?", **(OPTIONS if kind != "boolean" else {}))
    made = await created(ana, bookingFields=[sent])
    assert "placeholder" not in made["bookingFields"][3]


async def test_own_questions_stay_in_their_order_and_system_ones_around_them(ana: Host) -> None:
    sent = [
        {"slug": "rescheduleReason", "label": "Why?"},
        own("text", "z"),
        {"type": "email", "label": "Mail"},
        own("text", "a"),
        {"slug": "title"},
        own("number", "m"),
        {"type": "name"},
    ]
    made = await created(ana, bookingFields=sent)
    assert [field["slug"] for field in made["bookingFields"]] == [*SYSTEM[:3], "z", "a", "m", *SYSTEM[3:]]


NAME = {"isDefault": True, "type": "name", "slug": "name", "required": True, "disableOnPrefill": False}
EMAIL = {
    "isDefault": True,
    "type": "email",
    "slug": "email",
    "required": True,
    "hidden": False,
    "disableOnPrefill": False,
}


def system(slug: str, **members: Any) -> dict[str, Any]:
    kind = {"title": "text", "guests": "multiemail", "attendeePhoneNumber": "phone"}.get(slug, "textarea")
    return {
        "isDefault": True,
        "type": kind,
        "slug": slug,
        "required": False,
        "hidden": False,
        "disableOnPrefill": False,
        **members,
    }


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"type": "name"}, NAME),
        (
            {"type": "name", "label": "Who?", "placeholder": "Bo", "disableOnPrefill": True},
            {**NAME, "label": "Who?", "placeholder": "Bo", "disableOnPrefill": True},
        ),
        ({"type": "name", "slug": "who", "label": ""}, {**NAME, "label": ""}),
        ({"type": "email"}, EMAIL),
        ({"type": "email", "label": "Mail"}, {**EMAIL, "label": "Mail"}),
        (
            {"type": "email", "slug": "x", "placeholder": "@", "required": True, "disableOnPrefill": True},
            {**EMAIL, "placeholder": "@", "disableOnPrefill": True},
        ),
        (
            own("phone", "attendeePhoneNumber"),
            system("attendeePhoneNumber", label="Team size", required=True),
        ),
        (
            own("phone", "attendeePhoneNumber", hidden=True, placeholder="+371", required=False),
            system("attendeePhoneNumber", label="Team size", hidden=True, placeholder="+371"),
        ),
        *(({"slug": slug}, system(slug, placeholder="")) for slug in SYSTEM[3:]),
        *(
            (
                {"slug": slug, "label": "L", "placeholder": "P", "required": True, "hidden": True},
                system(slug, label="L", placeholder="P", required=True, hidden=True),
            )
            for slug in SYSTEM[3:]
        ),
        ({"type": None, "slug": "notes"}, system("notes", placeholder="")),
        (own("number", "notes"), system("notes", label="Team size", required=True, placeholder="")),
        (own("boolean", "guests"), system("guests", label="Team size", required=True, placeholder="")),
        (
            own("select", "title", **OPTIONS, placeholder="P"),
            system("title", label="Team size", required=True, placeholder="P"),
        ),
    ],
    ids=str,
)
async def test_a_system_field_is_made_ones_own(ana: Host, sent: dict[str, Any], read: dict[str, Any]) -> None:
    made = await created(ana, bookingFields=[sent])
    assert form_of(made)[read["slug"]] == read
    assert data(await ana.client.get(f"{URL}/{made['id']}")) == made
    slugs = [field["slug"] for field in made["bookingFields"]]
    assert slugs == (SYSTEM if read["slug"] in SYSTEM else [*SYSTEM[:3], read["slug"], *SYSTEM[3:]])


@pytest.mark.parametrize("kind", ["checkbox", "radio", "multiselect"])
async def test_a_choice_takes_the_place_of_a_system_field_of_its_slug(ana: Host, kind: str) -> None:
    made = await created(ana, bookingFields=[own(kind, "notes", **OPTIONS)])
    assert form_of(made)["notes"]["isDefault"] is False
    slugs = [field["slug"] for field in made["bookingFields"]]
    assert slugs == ["name", "email", "location", "notes", "title", "guests", "rescheduleReason"]


async def test_the_name_is_asked_for_in_two_parts(ana: Host) -> None:
    read = {
        "isDefault": True,
        "type": "splitName",
        "slug": "splitName",
        "firstNameLabel": "First",
        "firstNamePlaceholder": "",
        "lastNameLabel": "",
        "lastNamePlaceholder": "",
        "lastNameRequired": False,
        "disableOnPrefill": False,
    }
    made = await created(ana, bookingFields=[{"type": "splitName", "firstNameLabel": "First"}])
    assert made["bookingFields"][0] == read
    members = {**read, "lastNameLabel": "Last", "lastNameRequired": True, "disableOnPrefill": True}
    after = await changed(ana, made, bookingFields=[members])
    assert after["bookingFields"][0] == members


async def test_of_several_names_and_several_e_mails_the_first_counts(ana: Host) -> None:
    fields = [
        {"type": "splitName", "firstNameLabel": "First"},
        {"type": "name", "label": "Whole"},
        {"type": "email", "label": "Work"},
        {"type": "email", "label": "Home", "hidden": True},
    ]
    made = await created(ana, bookingFields=fields)
    assert [field["slug"] for field in made["bookingFields"]] == ["splitName", *SYSTEM[1:]]
    assert made["bookingFields"][1]["label"] == "Work"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ("name", "bookingFields must be an array"),
        (["name"], "bookingFields.0 must be an object"),
        ([{}], "bookingFields.0.type must be one of the following values: name, splitName, email, phone,"),
        ([{"slug": "x", "label": "X", "required": True}], "bookingFields.0.type must be one of"),
        ([own("color")], "bookingFields.0.type must be one of"),
        ([own("radioInput")], "bookingFields.0.type must be one of"),
        ([own("title")], "bookingFields.0.type must be one of"),
        ([{**own("text"), "type": ["text"]}], "bookingFields.0.type must be one of"),
        ([{"type": "text", "label": "X", "required": True}], "bookingFields.0.slug"),
        ([own("text", "")], "bookingFields.0.slug"),
        ([own("text", 5)], "bookingFields.0.slug must be a string"),
        ([{"type": "text", "slug": "x", "required": True}], "bookingFields.0.label"),
        ([own("text", label=None)], "bookingFields.0.label must be a string"),
        ([own("text", label="a\0b")], "bookingFields.0.label"),
        ([own("text", placeholder=None)], "bookingFields.0.placeholder must be a string"),
        ([own("text", required="yes")], "bookingFields.0.required must be a boolean"),
        ([{"type": "text", "slug": "x", "label": "X"}], "bookingFields.0.required"),
        ([own("text", hidden=None)], "bookingFields.0.hidden must be a boolean"),
        ([own("text", disableOnPrefill=1)], "bookingFields.0.disableOnPrefill must be a boolean"),
        *(
            ([own(kind)], "bookingFields.0.options")
            for kind in ("select", "multiselect", "checkbox", "radio")
        ),
        ([own("select", options="a")], "bookingFields.0.options must be an array"),
        ([own("radio", options=["a", 1])], "bookingFields.0.options.1 must be a string"),
        ([own("text"), own("number")], "bookingFields.1.slug is the slug of another field"),
        ([{"slug": "notes"}, own("text", "notes")], "bookingFields.1.slug is the slug of another field"),
        ([own("text", "name"), own("text", "name")], "bookingFields.1.slug is the slug of another field"),
        ([{"type": "name", "label": None}], "bookingFields.0.label must be a string"),
        (
            [{"type": "splitName", "lastNameRequired": "no"}],
            "bookingFields.0.lastNameRequired must be a bool",
        ),
        ([{"type": "email", "required": None}], "bookingFields.0.required must be a boolean"),
        ([{"slug": "title", "label": 5}], "bookingFields.0.label must be a string"),
        ([{"type": "phone", "slug": "attendeePhoneNumber", "label": "Tel"}], "bookingFields.0.required"),
        ([{"type": "email", "required": False}], "checkIsEmailUserAccessible"),
        ([{"type": "email", "hidden": True}], "checkIsEmailUserAccessible"),
        (
            [
                {"type": "email", "required": False, "hidden": True},
                own("phone", "attendeePhoneNumber", hidden=False),
            ],
            "checkIsEmailUserAccessible - bookingFields: the email field must be required",
        ),
    ],
    ids=str,
)
async def test_a_bad_form_is_refused_by_name_and_changes_nothing(ana: Host, fields: Any, named: str) -> None:
    error = refusal(await ana.client.post(URL, json={**INTRO, "bookingFields": fields}), 400)
    assert error["code"] == "BadRequestException"
    assert named in error["message"]
    assert error["details"] == {"message": error["message"], "error": "Bad Request", "statusCode": 400}
    assert "intro" not in await slugs(ana)
    made = await created(ana)
    url = f"{URL}/{made['id']}"
    error = refusal(await ana.client.patch(url, json={"title": "New", "bookingFields": fields}), 400)
    assert named in error["message"]
    assert data(await ana.client.get(url)) == made


@pytest.mark.parametrize("slug", SYSTEM[:3])
async def test_an_own_field_cannot_have_the_slug_of_a_leading_system_field(ana: Host, slug: str) -> None:
    fields = [own("text"), own("boolean", slug)]
    made = await created(ana)
    url = f"{URL}/{made['id']}"
    for answer in (
        await ana.client.post(URL, json={**INTRO, "slug": "other", "bookingFields": fields}),
        await ana.client.patch(url, json={"title": "New", "bookingFields": fields}),
    ):
        error = refusal(answer, 400)
        assert error["code"] == "TRPCError"
        assert error["message"].startswith("bookingFields.1.slug is the slug of a system field")
    assert "other" not in await slugs(ana)
    assert data(await ana.client.get(url)) == made


async def test_a_form_replaces_the_whole_form_and_none_keeps_it(ana: Host) -> None:
    made = await created(ana, bookingFields=[own("text"), {"slug": "title"}])
    assert await changed(ana, made, title="New") == {**made, "title": "New"}
    assert (await changed(ana, made, bookingFields=None))["bookingFields"] == made["bookingFields"]
    after = await changed(ana, made, bookingFields=[own("number", "age")])
    assert [field["slug"] for field in after["bookingFields"]] == [*SYSTEM[:3], "age", *SYSTEM[3:]]
    assert form_of(after)["title"]["hidden"] is True


async def test_the_form_of_one_event_type_leaves_others_alone(ana: Host, ben: Host) -> None:
    custom = [{"type": "name", "label": "Your full name", "placeholder": "Bo"}]
    assert (await created(ana, bookingFields=custom))["bookingFields"][0]["label"] == "Your full name"
    for other in (await created(ben), await created(ben, slug="b", bookingFields=[own("text")])):
        assert other["bookingFields"][0] == NAME


async def test_disabling_guests_hides_their_field_and_enabling_shows_it(ana: Host) -> None:
    made = await created(ana, disableGuests=True)
    assert (made["disableGuests"], form_of(made)["guests"]["hidden"]) == (True, True)
    after = await changed(ana, made, disableGuests=False)
    assert (after["disableGuests"], form_of(after)["guests"]["hidden"]) == (False, False)
    after = await changed(ana, made, bookingFields=[{"slug": "guests", "label": "Who else?", "hidden": True}])
    assert (after["disableGuests"], form_of(after)["guests"]["hidden"]) == (True, True)
    after = await changed(ana, made, disableGuests=False)
    assert form_of(after)["guests"] == system("guests", label="Who else?", placeholder="")


async def test_a_form_that_says_nothing_of_guests_follows_the_switch(ana: Host) -> None:
    made = await created(ana, disableGuests=True, bookingFields=[own("text")])
    assert (made["disableGuests"], form_of(made)["guests"]["hidden"]) == (True, True)
    after = await changed(ana, made, bookingFields=[own("number")])
    assert (after["disableGuests"], form_of(after)["guests"]["hidden"]) == (True, True)
    after = await changed(ana, made, title="New")
    assert (after["disableGuests"], form_of(after)["guests"]["hidden"]) == (True, True)


@pytest.mark.parametrize("hidden", [True, False])
async def test_an_explicit_guests_field_wins_over_the_switch(ana: Host, hidden: bool) -> None:
    fields = [{"slug": "guests", "hidden": hidden}]
    made = await created(ana, disableGuests=not hidden, bookingFields=fields)
    assert (made["disableGuests"], form_of(made)["guests"]["hidden"]) == (hidden, hidden)
    after = await changed(ana, await created(ana, slug="b"), disableGuests=not hidden, bookingFields=fields)
    assert (after["disableGuests"], form_of(after)["guests"]["hidden"]) == (hidden, hidden)


async def test_lists_leave_out_hidden_fields_and_only_lists(ana: Host, client: Client) -> None:
    fields = [own("text", "a", hidden=True), own("text", "b"), {"slug": "notes", "hidden": True}]
    made = await created(ana, bookingFields=fields)
    assert {"a", "notes", "title"} <= set(form_of(made))
    for reader in (client, ana.client):
        (listed,) = data(await reader.get(URL, params={"username": "ana", "eventSlug": "intro"}))
        assert list(form_of(listed)) == ["name", "email", "location", "b", "guests", "rescheduleReason"]


async def test_labels_that_pages_show_as_html_are_escaped(ana: Host, database: Database) -> None:
    label = '<img src=x onerror="a()">'
    fields = [own("boolean", "a", label=label), own("url", "b", label=label)]
    made = await created(ana, bookingFields=fields)
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT booking_fields FROM event_types WHERE id = %s", (made["id"],)
        )
        ((stored,),) = await cursor.fetchall()
    html = [field["labelAsSafeHtml"] for field in stored if "labelAsSafeHtml" in field]
    assert html == ["<p>&lt;img src=x onerror=&quot;a()&quot;&gt;</p>"] * 2
    assert form_of(made)["a"]["label"] == label


async def test_stored_fields_that_fit_no_form_come_last(
    ana: Host, client: Client, database: Database
) -> None:
    made = await created(ana)
    odd: list[dict[str, Any]] = [
        {"name": "a", "type": "hologram", "label": "A", "editable": "user"},
        {"name": "b", "type": "text", "editable": "user"},
        {"name": "c", "type": "radio", "label": "C", "editable": "user"},
        {"name": "d", "type": "radio", "label": "D", "editable": "user", "options": ["x"]},
        {"name": "name", "type": "name", "editable": "system"},
        {"type": ["text"]},
        {"name": "hush", "hidden": True},
    ]
    known = {"name": "e", "type": "text", "label": "E", "editable": "user"}
    await stores(database, made["id"], "booking_fields", [*odd, known])
    shown = data(await ana.client.get(f"{URL}/{made['id']}"))["bookingFields"]
    assert [field["slug"] for field in shown] == ["e", *["unknown"] * len(odd)]
    assert [json.loads(field["bookingField"]) for field in shown[1:]] == odd
    (listed,) = data(await client.get(URL, params={"username": "ana", "eventSlug": "intro"}))
    assert "hush" not in str(listed)


async def test_a_stored_form_is_shown_as_it_is_even_an_empty_one(
    ana: Host, client: Client, database: Database
) -> None:
    made = await created(ana)
    await stores(database, made["id"], "booking_fields", [])
    assert data(await ana.client.get(f"{URL}/{made['id']}"))["bookingFields"] == []
    (listed,) = data(await client.get(URL, params={"username": "ana", "eventSlug": "intro"}))
    assert listed["bookingFields"] == []
