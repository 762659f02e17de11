"""Cancelling on the page: a booking, dates of a series, a seat."""

import json

import pytest

from tests.conftest import Clock
from tests.web.scene import START, Scene, host_token, seat_token, token


@pytest.mark.parametrize("is_proven", [True, False])
async def test_an_attendee_cancels_with_or_without_a_reason(scene: Scene, is_proven: bool) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}", token=token(uid) if is_proven else "")
    page = await scene.browser.opens(page.links["Cancel booking"])
    page = await scene.browser.sends(page, reason=" ill " if is_proven else "")
    assert page.status == 200
    assert "The booking was cancelled." in page.text
    stored = await scene.reads(uid)
    assert stored["status"] == "cancelled"
    assert stored.get("cancellationReason") == ("ill" if is_proven else None)
    assert stored.get("cancelledByEmail") == ("bo@example.com" if is_proven else None)


async def test_a_host_has_to_say_why(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/cancel", token=host_token(scene.host, uid))
    assert "required" in page.response.text
    refused = await scene.browser.sends(page, reason=" \r\n ")
    assert refused.status == 400
    assert "Please say why." in refused.text
    assert (await scene.reads(uid))["status"] == "accepted"
    page = await scene.browser.sends(refused, reason="ill")
    assert "The booking was cancelled." in page.text
    assert (await scene.reads(uid))["cancelledByEmail"] == "ana@example.com"


async def test_the_second_of_two_cancellations_is_told_how_it_stands(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/cancel", token=token(uid))
    await scene.browser.sends(page, reason="first")
    before = await scene.stored()
    again = await scene.browser.sends(page, reason="second")
    assert again.status == 409
    assert "not possible any more" in again.text
    assert "Reason for cancelling first" in again.text
    assert await scene.stored() == before


async def test_where_cancelling_is_switched_off_it_is_not_offered(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/cancel", token=token(uid))
    await scene.set(disable_cancelling=True)
    refused = await scene.browser.sends(page)
    assert refused.status == 409
    assert "Cancel booking" not in refused.links
    assert refused.form() is None
    assert (await scene.reads(uid))["status"] == "accepted"
    assert (await scene.browser.opens(f"/booking/{uid}/cancel", token=token(uid))).form() is None


async def test_what_is_over_is_not_cancelled(scene: Scene, clock: Clock) -> None:
    uid = (await scene.books())["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/cancel")
    clock.now = clock.now.replace(month=10)
    refused = await scene.browser.sends(page)
    assert refused.status == 409
    assert (await scene.reads(uid))["status"] == "accepted"


# --- Series ------------------------------------------------------------------------------------------


async def _series(scene: Scene) -> list[str]:
    await scene.set(recurring_event=json.dumps({"freq": 2, "interval": 1, "count": 4}))
    return [one["uid"] for one in await scene.books()]


async def _statuses(scene: Scene, uids: list[str]) -> list[str]:
    return [(await scene.reads(uid))["status"] for uid in uids]


@pytest.mark.parametrize(
    ("scope", "left"),
    [("one", ["accepted", "cancelled", "accepted", "accepted"]), ("later", ["accepted"] + 3 * ["cancelled"])],
)
async def test_of_a_series_one_date_or_it_and_all_later_ones_are_cancelled(
    scene: Scene, scope: str, left: list[str]
) -> None:
    uids = await _series(scene)
    page = await scene.browser.opens(f"/booking/{uids[1]}/cancel", token=token(uids[1]))
    form = page.form()
    assert form is not None
    assert form.fields["scope"] == "one"
    await scene.browser.sends(page, scope=scope)
    assert await _statuses(scene, uids) == left


async def test_the_last_date_of_a_series_leaves_no_choice(scene: Scene) -> None:
    uids = await _series(scene)
    page = await scene.browser.opens(f"/booking/{uids[3]}/cancel", token=token(uids[3]))
    form = page.form()
    assert form is not None
    assert "scope" not in form.choices


async def test_a_form_asks_for_later_dates_where_there_are_none_in_vain(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    refused = await scene.browser.posts(f"/booking/{uid}/cancel", token=token(uid), scope="later")
    assert refused.status == 400
    assert (await scene.reads(uid))["status"] == "accepted"


# --- Seats -------------------------------------------------------------------------------------------


async def _seated(scene: Scene) -> tuple[str, str, str]:
    await scene.set(seats_per_time_slot=3)
    first = await scene.books()
    second = await scene.books(name="Cy Next")
    return first["uid"], first["seatUid"], second["seatUid"]


async def test_a_seat_is_given_up_without_touching_the_others(scene: Scene) -> None:
    uid, first, second = await _seated(scene)
    link = {"token": seat_token(uid, "bo@example.com", first)}
    page = await scene.browser.opens(f"/booking/{uid}", **link)
    page = await scene.browser.opens(page.links["Give up this seat"])
    page = await scene.browser.sends(page, reason="ill")
    assert page.status == 410
    assert "You do not attend this booking any more" in page.text
    left = await scene.reads(uid)
    assert left["status"] == "accepted"
    assert [one["seatUid"] for one in left["attendees"]] == [second]


async def test_with_the_last_seat_the_booking_is_cancelled(scene: Scene) -> None:
    await scene.set(seats_per_time_slot=3)
    made = await scene.books()
    uid = made["uid"]
    link = {"token": seat_token(uid, "bo@example.com", made["seatUid"])}
    page = await scene.browser.sends(await scene.browser.opens(f"/booking/{uid}/cancel", **link))
    assert page.status == 200
    assert "The booking was cancelled." in page.text
    assert (await scene.reads(uid))["status"] == "cancelled"


async def test_only_its_holder_or_the_host_cancels_anything_of_a_shared_booking(scene: Scene) -> None:
    uid, _, _ = await _seated(scene)
    before = await scene.stored()
    page = await scene.browser.opens(f"/booking/{uid}")
    assert page.links == {}
    for fields in ({}, {"reason": "x"}, {"scope": "later"}, {"seat_uid": "x"}):
        refused = await scene.browser.posts(f"/booking/{uid}/cancel", **fields)
        assert refused.status == 409
    assert await scene.stored() == before
    page = await scene.browser.opens(f"/booking/{uid}/cancel", token=host_token(scene.host, uid))
    await scene.browser.sends(page, reason="ill")
    assert (await scene.reads(uid))["status"] == "cancelled"


async def test_a_seat_of_another_booking_gives_no_power(scene: Scene) -> None:
    uid, _, _ = await _seated(scene)
    other = await scene.books("2050-09-06T08:00:00Z")
    page = await scene.browser.opens(
        f"/booking/{uid}", token=seat_token(uid, "bo@example.com", other["seatUid"])
    )
    assert page.status == 410


# --- Forms that do not do -----------------------------------------------------------------------------


async def test_a_form_without_a_good_token_is_refused(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    other = (await scene.books("2050-09-06T08:00:00Z"))["uid"]
    for text in ("x", token(other), host_token(scene.host, other)):
        refused = await scene.browser.posts(f"/booking/{uid}/cancel", token=text, reason="x")
        assert refused.status == 403
    # What the query says does not count: a form is sent with what is in it.
    refused = await scene.browser.posts(f"/booking/{uid}/cancel?token={token(uid)}", token="x")
    assert refused.status == 403
    assert (await scene.reads(uid))["status"] == "accepted"


async def test_a_reason_has_its_bound(scene: Scene) -> None:
    uid = (await scene.books())["uid"]
    refused = await scene.browser.posts(f"/booking/{uid}/cancel", token=token(uid), reason="x" * 1_001)
    assert refused.status == 400
    assert "too long" in refused.text
    assert (await scene.reads(uid))["status"] == "accepted"
    page = await scene.browser.posts(f"/booking/{uid}/cancel", token=token(uid), reason="😀" * 1_000)
    assert page.status == 303


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"reason=%00", "application/x-www-form-urlencoded", 400),
        (b"reason=%ff", "application/x-www-form-urlencoded", 400),
        (b"reason=\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a%d=1" % n for n in range(40)), "application/x-www-form-urlencoded", 400),
        (b"reason=" + b"x" * 200_000, "application/x-www-form-urlencoded", 413),
        (b'{"reason": "x"}', "application/json", 415),
        (b"reason=x", "", 415),
        (b"reason=x", "application/x-www-form-urlencoded; charset=utf-16", 415),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused_with_a_page(
    scene: Scene, content: bytes, content_type: str, status: int
) -> None:
    uid = (await scene.books())["uid"]
    headers = {"content-type": content_type} if content_type else {}
    for part in ("cancel", "reschedule", "approve", "decline"):
        sent = await scene.client.post(f"/booking/{uid}/{part}", content=content, headers=headers)
        assert sent.status_code == status
        assert "<html" in sent.text
    assert (await scene.reads(uid))["status"] == "accepted"


async def test_a_form_for_a_booking_that_is_not_there_is_a_404_page(scene: Scene) -> None:
    for part in ("cancel", "reschedule"):
        sent = await scene.browser.posts(f"/booking/none/{part}", start=START)
        assert sent.status == 404
        assert "<html" in sent.response.text
