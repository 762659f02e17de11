"""The README does what it says, and so do the pages that go on from its walk."""

from collections.abc import Mapping

from tests.docs.conftest import Documents


def test_the_walk_goes_from_nothing_to_a_booking_as_printed(answers: Mapping[str, Documents]) -> None:
    slots, refused, cancelled = answers["README"]
    assert [slot["start"][11:16] for slot in slots["data"]["2050-09-05"]] == ["09:00", "10:00", "11:00"]
    assert refused["error"]["details"]["reasons"] == ["booking"]
    assert cancelled["data"]["status"] == "cancelled"
    assert cancelled["data"]["reschedulingReason"] == "train is late"


def test_a_request_that_is_sent_again_is_answered_as_the_first_time(answers: Mapping[str, Documents]) -> None:
    first, again = answers["idempotency"]
    assert first["data"]["status"] == "accepted"
    assert again == first


def test_a_time_is_held_and_explained(answers: Mapping[str, Documents]) -> None:
    reserved, explained = answers["reservations"]
    assert reserved["data"]["slotStart"] == "2050-09-05T08:00:00.000Z"
    assert reserved["data"]["reservationUid"]
    assert explained["status"] == "success"


def test_two_share_a_class_and_a_third_comes_too_late(answers: Mapping[str, Documents]) -> None:
    joined, full, slots, moved, cancelled = answers["seats"]
    assert [one["name"] for one in joined["data"]["attendees"]] == ["bo", "cy"]
    assert full["error"]["details"]["reasons"] == ["seats_full"]
    left = {slot["start"][11:16]: slot["seatsRemaining"] for slot in slots["data"]["2050-09-07"]}
    assert left == {"09:00": 2, "10:00": 0, "11:00": 2}
    assert [one["name"] for one in moved["data"]["attendees"]] == ["bo"]
    assert moved["data"]["uid"] != joined["data"]["uid"]
    assert (cancelled["data"]["status"], cancelled["data"]["attendees"]) == ("cancelled", [])


def test_a_series_is_booked_whole_and_cancelled_from_its_third_on(answers: Mapping[str, Documents]) -> None:
    series, refused, moved, cancelled = answers["recurrence"]
    assert [one["start"][5:16] for one in series["data"]] == [
        "10-13T08:00",
        "10-20T08:00",
        "10-27T08:00",
        "11-03T09:00",
    ]
    assert refused["error"]["details"]["reasons"] == ["booking"]
    assert moved["data"]["recurringBookingUid"] == series["data"][0]["recurringBookingUid"]
    assert [one["status"] for one in cancelled["data"]] == [
        "accepted",
        "cancelled",
        "accepted",
        "cancelled",
        "cancelled",
    ]


def test_of_two_requests_one_is_confirmed_and_the_other_declined(answers: Mapping[str, Documents]) -> None:
    waiting, confirmed, refused, declined = answers["confirmation"]
    assert [one["status"] for one in waiting["data"]] == ["pending", "pending"]
    assert confirmed["data"]["status"] == "accepted"
    assert refused["error"]["details"]["reasons"] == ["booking"]
    assert declined["data"]["status"] == "rejected"
