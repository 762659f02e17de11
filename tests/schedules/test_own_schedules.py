"""Schedules as their owner makes, reads, changes and deletes them."""

import asyncio
from typing import Any

import pytest

from kalends.db.database import Database
from tests.support.client import Client, Host, broken_properties, data, make_host, refusal

PATH = "/v2/schedules"
NINE_TO_FIVE = {
    "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
    "startTime": "09:00",
    "endTime": "17:00",
}
MORNING = {"days": ["Monday", "Thursday"], "startTime": "08:30", "endTime": "12:00"}
AFTERNOON = {"date": "2031-02-17", "startTime": "14:00", "endTime": "16:00"}


def body(**properties: Any) -> dict[str, Any]:
    return {"name": "Desk", "timeZone": "Europe/Lisbon", "isDefault": False, **properties}


async def create(host: Host, **properties: Any) -> dict[str, Any]:
    shown: dict[str, Any] = data(await host.client.post(PATH, json=body(**properties)), 201)
    return shown


async def read(host: Host, schedule: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = data(await host.client.get(f"{PATH}/{schedule['id']}"))
    return shown


async def change(host: Host, schedule: dict[str, Any], **properties: Any) -> dict[str, Any]:
    answer = await host.client.patch(f"{PATH}/{schedule['id']}", json=properties)
    shown: dict[str, Any] = data(answer)
    assert await read(host, schedule) == shown
    return shown


async def default_of(host: Host) -> Any:
    return data(await host.client.get(f"{PATH}/default"))


@pytest.fixture
async def noa(client: Client, database: Database) -> Host:
    """Return a user without schedules."""
    return await make_host(client, database, "noa", time_zone="Europe/Lisbon", is_bare=True)


async def test_a_new_schedule_is_nine_to_five_on_weekdays(noa: Host) -> None:
    made = await create(noa, isDefault=True)
    assert made == {
        "id": made["id"],
        "ownerId": noa.id,
        "name": "Desk",
        "timeZone": "Europe/Lisbon",
        "availability": [NINE_TO_FIVE],
        "isDefault": True,
        "overrides": [],
    }
    assert await read(noa, made) == made


@pytest.mark.parametrize("is_default", [True, False])
async def test_a_first_schedule_is_the_default_only_if_it_says_so(noa: Host, is_default: bool) -> None:
    made = await create(noa, isDefault=is_default)
    assert await default_of(noa) == (made if is_default else None)


async def test_nobody_has_a_default_at_first(noa: Host) -> None:
    assert await default_of(noa) is None
    assert data(await noa.client.get(PATH)) == []


async def test_rows_are_shown_as_they_were_grouped_and_in_their_order(noa: Host) -> None:
    weekly = [
        {"days": ["Sunday", "Monday", "Sunday"], "startTime": "22:00", "endTime": "23:59"},
        {"days": ["Monday"], "startTime": "08:00", "endTime": "12:00"},
        {"days": ["Monday"], "startTime": "08:00", "endTime": "12:00"},
        {"days": ["Tuesday"], "startTime": "17:00", "endTime": "00:00"},
        {"days": ["Saturday"], "startTime": "00:00", "endTime": "00:01"},
    ]
    dated = [
        {"date": "2031-02-18", "startTime": "14:00", "endTime": "16:00"},
        {"date": "2031-02-19", "startTime": "00:00", "endTime": "00:00"},
        {"date": "2031-02-17", "startTime": "12:00", "endTime": "13:00"},
        {"date": "1999-12-31", "startTime": "16:00", "endTime": "00:00"},
    ]
    made = await create(noa, availability=weekly, overrides=dated)
    assert (made["availability"], made["overrides"]) == (weekly, dated)


async def test_a_row_without_days_is_not_shown(noa: Host) -> None:
    empty = {"days": [], "startTime": "09:00", "endTime": "17:00"}
    made = await create(noa, availability=[empty, MORNING])
    assert made["availability"] == [MORNING]


@pytest.mark.parametrize(
    ("availability", "shown"), [([], []), (None, [NINE_TO_FIVE]), ([MORNING], [MORNING])]
)
async def test_no_hours_are_not_the_same_as_an_empty_list_of_them(
    noa: Host, availability: object, shown: list[object]
) -> None:
    assert (await create(noa, availability=availability))["availability"] == shown


async def test_null_overrides_are_none(noa: Host) -> None:
    assert (await create(noa, overrides=None))["overrides"] == []


@pytest.mark.parametrize("name", ["", " ", "Desk", "x" * 5_000])
async def test_a_name_is_any_text_and_not_unique(noa: Host, name: str) -> None:
    made = [await create(noa, name=name) for _ in range(2)]
    assert [one["name"] for one in made] == [name, name]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2031-02-17", "2031-02-17"),
        ("2032-02-29", "2032-02-29"),
        ("2031-02", "2031-02-01"),
        ("2031-02-17T10:00:00Z", "2031-02-17"),
        ("2031-02-17T10:00:00.000Z", "2031-02-17"),
        ("2031-02-17T23:30:00-05:00", "2031-02-18"),
        ("2031-02-17T00:30:00+02:00", "2031-02-16"),
        ("2031-02-17T10:00", "2031-02-17"),
    ],
)
async def test_a_date_may_be_a_month_or_an_instant(noa: Host, sent: str, shown: str) -> None:
    made = await create(noa, overrides=[{**AFTERNOON, "date": sent}])
    assert made["overrides"] == [{**AFTERNOON, "date": shown}]


@pytest.mark.parametrize(
    "date",
    [
        "2031-02-30",
        "2031-02-29",
        "2031-13-01",
        "2031-00-01",
        "2031",
        "2031-W07",
        "2031-W07-1",
        "2031-045",
        "20310217",
        "17.02.2031",
        "2031-2-17",
        "2031-02-17 10:00",
        "2031-02-17T25:00:00Z",
        "2031-02-17T10:00:00+24:00",
        "0000-01-01",
        "99999-01-01",
        "２０３１-02-17",
        "",
        None,
        20310217,
    ],
)
async def test_what_is_no_calendar_date_is_refused(noa: Host, date: object) -> None:
    answer = await noa.client.post(PATH, json=body(overrides=[{**AFTERNOON, "date": date}]))
    error = refusal(answer, 400)
    assert "overrides.0.date must be" in error["message"]
    assert broken_properties(error) == {"overrides"}


@pytest.mark.parametrize(
    "time", ["9:00", "24:00", "09:60", "09:00:00", "0900", "", " 09:00", "09:00\n", "٠٩:٠٠", 9, None]
)
@pytest.mark.parametrize("name", ["startTime", "endTime"])
@pytest.mark.parametrize("kind", ["availability", "overrides"])
async def test_what_is_no_time_of_day_is_refused(noa: Host, kind: str, name: str, time: object) -> None:
    row = MORNING if kind == "availability" else AFTERNOON
    error = refusal(await noa.client.post(PATH, json=body(**{kind: [{**row, name: time}]})), 400)
    assert f"{kind}.0.{name} must be a time from 00:00 to 23:59" in error["message"]


@pytest.mark.parametrize(("start", "end"), [("00:00", "09:05"), ("09:05", "23:59"), ("23:59", "00:00")])
async def test_times_of_day_keep_their_zeros(noa: Host, start: str, end: str) -> None:
    made = await create(noa, availability=[{**MORNING, "startTime": start, "endTime": end}])
    assert made["availability"] == [{**MORNING, "startTime": start, "endTime": end}]


@pytest.mark.parametrize(
    ("start", "end"), [("17:00", "09:00"), ("09:00", "09:00"), ("23:59", "23:59"), ("22:00", "06:00")]
)
@pytest.mark.parametrize("kind", ["availability", "overrides"])
async def test_hours_that_do_not_end_after_they_start_are_refused(
    noa: Host, kind: str, start: str, end: str
) -> None:
    row = {**(MORNING if kind == "availability" else AFTERNOON), "startTime": start, "endTime": end}
    made = await create(noa)
    for answer in (
        await noa.client.post(PATH, json=body(**{kind: [row]})),
        await noa.client.patch(f"{PATH}/{made['id']}", json={kind: [row]}),
    ):
        message = refusal(answer, 400)["message"]
        assert f"{kind}.0.endTime must be after startTime, or 00:00 for the end of the day" in message
    assert data(await noa.client.get(PATH)) == [made]


async def test_weekly_hours_from_midnight_to_midnight_are_refused_and_an_override_closes_its_date(
    noa: Host,
) -> None:
    around = {"startTime": "00:00", "endTime": "00:00"}
    refused = await noa.client.post(PATH, json=body(availability=[{**MORNING, **around}]))
    assert "availability.0.endTime must be after startTime" in refusal(refused, 400)["message"]
    made = await create(noa, overrides=[{**AFTERNOON, **around}])
    assert made["overrides"] == [{**AFTERNOON, **around}]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("isDefault", None),
        ("isDefault", "true"),
        ("isDefault", 0),
        ("name", None),
        ("name", "a\0b"),
        ("timeZone", None),
        ("timeZone", "Moon/Base"),
        ("timeZone", "+02:00"),
        ("availability", [{**MORNING, "days": ["monday"]}]),
        ("availability", [{**MORNING, "days": ["Mon"]}]),
        ("availability", [{**MORNING, "days": [1]}]),
        ("availability", [{**MORNING, "days": "Monday"}]),
        ("availability", [{**MORNING, "days": None}]),
        ("availability", [{"days": ["Monday"]}]),
        ("availability", [None]),
        ("availability", "always"),
        ("overrides", {"date": "2031-02-17"}),
        ("overrides", [{"startTime": "10:00", "endTime": "12:00"}]),
    ],
)
async def test_a_wrong_property_is_refused_by_name_and_nothing_is_made(
    noa: Host, name: str, value: object
) -> None:
    error = refusal(await noa.client.post(PATH, json=body(**{name: value})), 400)
    assert broken_properties(error) == {name}
    assert data(await noa.client.get(PATH)) == []


@pytest.mark.parametrize("name", ["name", "timeZone", "isDefault"])
async def test_three_properties_are_required(noa: Host, name: str) -> None:
    sent = body()
    del sent[name]
    assert broken_properties(refusal(await noa.client.post(PATH, json=sent), 400)) == {name}


async def test_unknown_properties_are_dropped(noa: Host) -> None:
    made = await create(noa, foo=1, id=99, ownerId=99, availability=[{**MORNING, "foo": 1}])
    assert made["ownerId"] == noa.id
    assert made["availability"] == [MORNING]


async def test_a_time_zone_is_known_in_any_capitalisation(noa: Host) -> None:
    assert (await create(noa, timeZone="europe/LISBON"))["timeZone"] == "Europe/Lisbon"


async def test_a_new_default_takes_the_place_of_the_old_one(noa: Host) -> None:
    first = await create(noa, isDefault=True)
    second = await create(noa, isDefault=True)
    assert (await read(noa, first))["isDefault"] is False
    assert await default_of(noa) == second


async def test_all_own_schedules_are_listed_by_id(noa: Host, ana: Host) -> None:
    made = [await create(noa, name=name) for name in ("b", "c", "a")]
    await create(ana)
    assert data(await noa.client.get(PATH)) == made


async def test_a_change_of_the_name_keeps_the_rest(noa: Host) -> None:
    made = await create(noa, availability=[MORNING], overrides=[AFTERNOON])
    assert await change(noa, made, name="X") == {**made, "name": "X"}


@pytest.mark.parametrize(
    "sent", [{}, {"foo": 1}, {"availability": None}, {"overrides": None}, {"isDefault": None}]
)
async def test_nothing_known_and_null_lists_change_nothing(noa: Host, sent: dict[str, Any]) -> None:
    made = await create(noa, availability=[MORNING], overrides=[AFTERNOON])
    assert await change(noa, made, **sent) == made


async def test_new_overrides_take_the_place_of_the_old_and_keep_the_weekly_hours(noa: Host) -> None:
    made = await create(noa, availability=[MORNING])
    first = {"date": "2031-02-17", "startTime": "10:00", "endTime": "12:00"}
    second = {**first, "date": "2031-02-18"}
    assert await change(noa, made, overrides=[first]) == {**made, "overrides": [first]}
    assert await change(noa, made, overrides=[second]) == {**made, "overrides": [second]}


async def test_new_weekly_hours_take_the_place_of_the_old_and_keep_the_overrides(noa: Host) -> None:
    made = await create(noa, overrides=[AFTERNOON])
    assert await change(noa, made, availability=[MORNING]) == {**made, "availability": [MORNING]}


async def test_empty_lists_empty_a_schedule(noa: Host) -> None:
    made = await create(noa, overrides=[AFTERNOON])
    emptied = await change(noa, made, availability=[], overrides=[])
    assert (emptied["availability"], emptied["overrides"]) == ([], [])


async def test_a_change_can_make_a_default_and_never_unmake_it(noa: Host) -> None:
    first, second = await create(noa, isDefault=True), await create(noa)
    assert (await change(noa, first, isDefault=False))["isDefault"] is True
    assert (await change(noa, second, isDefault=True))["isDefault"] is True
    assert (await read(noa, first))["isDefault"] is False


async def test_a_zone_of_null_is_shown_as_london(noa: Host) -> None:
    made = await create(noa)
    assert (await change(noa, made, timeZone=None))["timeZone"] == "Europe/London"
    assert (await change(noa, made, timeZone="asia/tokyo"))["timeZone"] == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", None),
        ("name", 1),
        ("timeZone", "Moon/Base"),
        ("isDefault", "true"),
        ("availability", [{**MORNING, "endTime": "24:00"}]),
        ("overrides", [{**AFTERNOON, "date": "2031-02-30"}]),
    ],
)
async def test_a_wrong_change_is_refused_by_name_and_nothing_is_stored(
    noa: Host, name: str, value: object
) -> None:
    made = await create(noa, availability=[MORNING], overrides=[AFTERNOON])
    sent = {"name": "Other", "availability": [], "overrides": [], name: value}
    answer = await noa.client.patch(f"{PATH}/{made['id']}", json=sent)
    assert broken_properties(refusal(answer, 400)) == {name}
    assert await read(noa, made) == made


@pytest.mark.parametrize(("method", "status"), [("GET", 403), ("PATCH", 403), ("DELETE", 403)])
async def test_a_schedule_of_somebody_else_is_forbidden(
    ana: Host, ben: Host, method: str, status: int
) -> None:
    made = await create(ana)
    answer = await ben.client.request(method, f"{PATH}/{made['id']}")
    assert refusal(answer, status)["code"] == "ForbiddenException"
    assert await read(ana, made) == made


@pytest.mark.parametrize(
    ("method", "status", "code"),
    [
        ("GET", 404, "NotFoundException"),
        ("PATCH", 404, "NotFoundException"),
        ("DELETE", 400, "BadRequestException"),
    ],
)
@pytest.mark.parametrize("schedule_id", ["999", "99999999999", "-1"])
async def test_an_unknown_schedule_is_refused(
    noa: Host, method: str, status: int, code: str, schedule_id: str
) -> None:
    assert refusal(await noa.client.request(method, f"{PATH}/{schedule_id}"), status)["code"] == code


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("schedule_id", ["abc", "1a", "1.0", "%20", "default%00"])
async def test_an_id_that_is_no_number_is_refused(noa: Host, method: str, schedule_id: str) -> None:
    refusal(await noa.client.request(method, f"{PATH}/{schedule_id}"), 400)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", PATH),
        ("POST", PATH),
        ("GET", f"{PATH}/default"),
        ("GET", f"{PATH}/1"),
        ("PATCH", f"{PATH}/1"),
        ("DELETE", f"{PATH}/1"),
    ],
)
async def test_schedules_need_a_credential(client: Client, method: str, path: str) -> None:
    refusal(await client.request(method, path), 401)


async def test_deleting_answers_without_data(noa: Host) -> None:
    made = await create(noa)
    answer = await noa.client.delete(f"{PATH}/{made['id']}")
    assert (answer.status_code, answer.json()) == (200, {"status": "success"})
    refusal(await noa.client.get(f"{PATH}/{made['id']}"), 404)
    refusal(await noa.client.delete(f"{PATH}/{made['id']}"), 400)


async def test_deleting_takes_all_rows_along(noa: Host, database: Database) -> None:
    made = await create(noa, overrides=[AFTERNOON])
    data_less = await noa.client.delete(f"{PATH}/{made['id']}")
    assert data_less.status_code == 200
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM schedule_availability")
        assert await cursor.fetchall() == [(0,)]


async def test_deleting_the_default_leaves_none(noa: Host) -> None:
    made, other = await create(noa, isDefault=True), await create(noa)
    await noa.client.delete(f"{PATH}/{made['id']}")
    assert await default_of(noa) is None
    assert data(await noa.client.get(PATH)) == [other]
    assert data(await noa.client.get("/v2/me"))["defaultScheduleId"] is None


async def test_parallel_changes_of_one_schedule_leave_exactly_one_set_of_rows(noa: Host) -> None:
    made = await create(noa)
    sets = [
        {
            "availability": [
                {**MORNING, "startTime": f"0{number}:00"},
                {**MORNING, "startTime": f"0{number}:30"},
            ],
            "overrides": [{**AFTERNOON, "date": f"2031-02-1{number}"}],
        }
        for number in range(8)
    ]
    path = f"{PATH}/{made['id']}"
    answers = await asyncio.gather(*(noa.client.patch(path, json=one) for one in sets))
    assert {answer.status_code for answer in answers} == {200}
    left = await read(noa, made)
    assert {name: left[name] for name in ("availability", "overrides")} in sets


async def test_parallel_changes_and_deletions_leave_nothing_behind(noa: Host, database: Database) -> None:
    made = await create(noa)
    path = f"{PATH}/{made['id']}"
    answers = await asyncio.gather(
        *(noa.client.patch(path, json={"availability": [MORNING], "isDefault": True}) for _ in range(4)),
        noa.client.delete(path),
        *(noa.client.patch(path, json={"overrides": [AFTERNOON]}) for _ in range(4)),
    )
    assert {answer.status_code for answer in answers} <= {200, 404}
    assert await default_of(noa) is None
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM schedule_availability")
        assert await cursor.fetchall() == [(0,)]


async def test_parallel_defaults_leave_exactly_one(noa: Host) -> None:
    made = [await create(noa) for _ in range(4)]
    answers = await asyncio.gather(
        *(noa.client.patch(f"{PATH}/{one['id']}", json={"isDefault": True}) for one in made),
        *(noa.client.post(PATH, json=body(isDefault=True)) for _ in range(4)),
    )
    assert {answer.status_code for answer in answers} <= {200, 201}
    listed = data(await noa.client.get(PATH))
    assert [one["isDefault"] for one in listed].count(True) == 1
    assert (await default_of(noa))["isDefault"] is True
