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
