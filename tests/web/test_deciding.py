"""Approving and declining by the links of a mail (notifications.md 12 and check 26)."""

import json
from typing import Any

import pytest

from kalends.security.link_tokens import Purpose
from tests.conftest import Clock
from tests.web.scene import START, Scene, host_token, token

PURPOSES = {"approve": Purpose.APPROVE, "decline": Purpose.DECLINE}


@pytest.fixture
async def asked(scene: Scene) -> str:
    """Return the uid of a booking that waits for Ana."""
    await scene.set(requires_confirmation=True)
    booking = await scene.books()
    assert booking["status"] == "pending"
    return str(booking["uid"])


def _link(scene: Scene, uid: str, part: str) -> dict[str, str]:
    return {"token": host_token(scene.host, uid, purpose=PURPOSES[part])}


async def test_a_link_approves_once_and_only_when_the_form_is_sent(scene: Scene, asked: str) -> None:
    link = _link(scene, asked, "approve")
    page = await scene.browser.opens(f"/booking/{asked}/approve", **link)
    assert "Confirm this booking?" in page.text
    assert "bo@example.com" in page.text
    assert (await scene.reads(asked))["status"] == "pending"
    done = await scene.browser.sends(page)
    assert "You confirmed this booking." in done.text
    assert (await scene.reads(asked))["status"] == "accepted"
    before = await scene.stored()
    again = await scene.browser.sends(page)
    assert again.status == 409
    assert "Confirmed" in again.text
    assert again.form() is None
    assert await scene.stored() == before


async def test_a_link_declines_with_a_reason_once(scene: Scene, asked: str) -> None:
    page = await scene.browser.opens(f"/booking/{asked}/decline", **_link(scene, asked, "decline"))
    assert "Decline this booking?" in page.text
    done = await scene.browser.sends(page, reason="on holiday")
    assert "You declined this booking." in done.text
    assert "Reason on holiday" in done.text
    assert (await scene.reads(asked))["status"] == "rejected"
    again = await scene.browser.sends(page, reason="really")
    assert again.status == 409
    assert "on holiday" in again.text


async def test_a_link_does_what_it_is_for_and_nothing_else(scene: Scene, asked: str) -> None:
    approve, decline = (_link(scene, asked, part)["token"] for part in ("approve", "decline"))
    for part, wrong in (
        ("decline", approve),
        ("approve", decline),
        ("cancel", approve),
        ("reschedule", approve),
    ):
        assert (await scene.browser.opens(f"/booking/{asked}/{part}", token=wrong)).status == 403
        sent = await scene.browser.posts(f"/booking/{asked}/{part}", token=wrong, reason="x", start=START)
        assert sent.status == 403
    assert (await scene.reads(asked))["status"] == "pending"


@pytest.mark.parametrize("part", ["approve", "decline"])
async def test_links_of_others_are_refused(scene: Scene, asked: str, part: str) -> None:
    other = (await scene.books("2050-09-06T08:00:00Z"))["uid"]
    purpose = PURPOSES[part]
    wrong = [
        "",
        "x",
        host_token(scene.host, other, purpose=purpose),
        token(asked),
        token(asked, purpose=purpose),
    ]
    for text in wrong:
        assert (await scene.browser.opens(f"/booking/{asked}/{part}", token=text)).status == 403
        assert (await scene.browser.posts(f"/booking/{asked}/{part}", token=text)).status == 403
    for who in ({"user_id": 987_654}, {"recipient": "eve@example.com"}, {"recipient": scene.host.email}):
        stranger = token(asked, purpose=purpose, **who)
        assert (await scene.browser.posts(f"/booking/{asked}/{part}", token=stranger)).status == 410
    assert (await scene.reads(asked))["status"] == "pending"


@pytest.mark.parametrize("part", ["approve", "decline"])
async def test_a_link_ends_to_work_at_its_time(scene: Scene, asked: str, part: str, clock: Clock) -> None:
    link = {"token": host_token(scene.host, asked, purpose=PURPOSES[part], expires_at=clock.now)}
    assert (await scene.browser.opens(f"/booking/{asked}/{part}", **link)).status == 410
    assert (await scene.browser.posts(f"/booking/{asked}/{part}", **link)).status == 410
    assert (await scene.reads(asked))["status"] == "pending"


async def test_a_host_decides_from_the_bookings_page_too(scene: Scene, asked: str) -> None:
    page = await scene.browser.opens(f"/booking/{asked}", token=host_token(scene.host, asked))
    assert "Awaiting confirmation" in page.text
    page = await scene.browser.opens(page.links["Confirm"])
    page = await scene.browser.sends(page)
    assert "You confirmed this booking." in page.text
    assert (await scene.reads(asked))["status"] == "accepted"


async def test_an_attendee_is_not_asked(scene: Scene, asked: str) -> None:
    page = await scene.browser.opens(f"/booking/{asked}", token=token(asked))
    assert "Awaiting confirmation" in page.text
    assert not {"Confirm", "Decline"} & set(page.links)


async def test_a_time_that_was_taken_meanwhile_is_told(scene: Scene, asked: str) -> None:
    other = await scene.host.creates_event_type("other")
    await scene.guest.books(other, START)
    page = await scene.browser.opens(f"/booking/{asked}/approve", **_link(scene, asked, "approve"))
    refused = await scene.browser.sends(page)
    assert refused.status == 400
    assert "This time is not free any more, so it cannot be confirmed." in refused.text
    assert (await scene.reads(asked))["status"] == "pending"


async def test_what_the_booker_withdrew_cannot_be_approved(scene: Scene, asked: str) -> None:
    page = await scene.browser.opens(f"/booking/{asked}/approve", **_link(scene, asked, "approve"))
    await scene.client.post(f"/v2/bookings/{asked}/cancel", json={})
    refused = await scene.browser.sends(page)
    assert refused.status == 409
    assert "Cancelled" in refused.text
    assert (await scene.reads(asked))["status"] == "cancelled"


async def test_a_decision_counts_for_all_dates_of_a_series(scene: Scene) -> None:
    await scene.set(
        requires_confirmation=True, recurring_event=json.dumps({"freq": 2, "interval": 1, "count": 3})
    )
    series: Any = await scene.books()
    uid = series[0]["uid"]
    page = await scene.browser.opens(f"/booking/{uid}/approve", **_link(scene, uid, "approve"))
    assert "counts for all dates" in page.text
    await scene.browser.sends(page)
    assert {(await scene.reads(one["uid"]))["status"] for one in series} == {"accepted"}


async def test_the_actor_of_a_decision_is_the_host(scene: Scene, asked: str) -> None:
    page = await scene.browser.opens(f"/booking/{asked}/approve", **_link(scene, asked, "approve"))
    await scene.browser.sends(page)
    async with scene.database.connection() as connection:
        cursor = await connection.execute("SELECT payload FROM outbox_events ORDER BY id DESC LIMIT 1")
        row = await cursor.fetchone()
    assert row is not None
    assert (row[0] if isinstance(row[0], dict) else json.loads(row[0]))["actor"] == scene.host.email
