"""What people write is text in a mail, never markup, and links lead nowhere dangerous."""

import re
from typing import Any

import pytest
from msgspec.structs import replace

from kalends.bookings.facts.fact import BookingFact
from kalends.bookings.facts.snapshots import BookingSnapshot
from kalends.localization.language import language_for
from kalends.notifications.content import rendering
from kalends.notifications.content.composition import compose
from kalends.notifications.content.letter import Letter
from kalends.notifications.content.links import Links
from kalends.notifications.content.preview import write_previews
from kalends.notifications.content.samples import sample_facts
from kalends.notifications.content.scene import Scene
from kalends.notifications.plan import planned

EVIL = '<script>alert(1)</script><img src="https://evil.example/x.png">'
LINKS = Links("https://kalends.example.com", b"key")


def sample(**changes: Any) -> BookingFact:
    """Return a fact about a booking with these properties."""
    _, event = next(sample_facts("en"))
    booking: BookingSnapshot = replace(event.booking, **changes)
    return replace(event, booking=booking)


def letters(event: BookingFact) -> list[Letter]:
    """Return what the host, the booker and a guest read."""
    return [compose(Scene(event, mail, language_for("en", "Europe/Rome")), LINKS) for mail in planned(event)]


def described(text: str) -> BookingFact:
    """Return a fact about a booking whose event type has this description."""
    event = sample()
    assert event.event_type is not None
    return replace(event, event_type=replace(event.event_type, description=text))


def test_what_people_write_is_shown_as_they_wrote_it() -> None:
    event = sample(title=EVIL, description=EVIL, responses={"size": EVIL}, location=EVIL)
    for letter in letters(replace(event, reason=EVIL)):
        html = rendering.html(letter)
        assert "<script" not in html
        assert "<img" not in html
        assert html.count("&lt;script&gt;") >= 4


@pytest.mark.parametrize(
    "text",
    [
        EVIL,
        "[click](javascript:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "![spy](https://evil.example/spy.png)",
        "<a href='javascript:alert(1)'>x</a>",
        '[x](https://example.com/"onmouseover=alert(1))',
    ],
)
def test_a_description_cannot_bring_in_anything_that_acts(text: str) -> None:
    html = rendering.html(letters(described(text))[1])
    assert not re.search(r"<(script|img)|<[^>]*href=.?(javascript|data):|<[^>]*[\s'\"]onm", html)


def test_a_description_is_formatted() -> None:
    html = rendering.html(letters(described("**bold** and [link](https://example.com/a?b=1&c=2)"))[1])
    assert re.search(r"<strong[^>]*>bold</strong>", html)
    assert re.search(r'<a [^>]*href="https://example.com/a\?b=1&amp;c=2"', html)


def test_only_web_addresses_and_phone_numbers_are_links() -> None:
    for location, is_link in [
        ("https://meet.example.com/1", True),
        ("+491711234567", True),
        ("javascript:alert(1)", False),
        ("Main Street 1", False),
        ("http://[", False),
    ]:
        letter = letters(sample(location=location))[1]
        [where] = [row for row in letter.rows if row.label == "Where"]
        assert (where.lines[0].url is not None) is is_link, location


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("integrations:daily", ["The host will tell where"]),
        ("integrations:google:meet", ["Online meeting (Google Meet)", "The host will tell where"]),
        ("integrations:some_new_video", ["Online meeting (Some New)", "The host will tell where"]),
        ("phone", ["By phone"]),
        ("attendeeInPerson", ["In person"]),
        ("conferencing", ["Online meeting"]),
    ],
)
def test_a_place_is_never_shown_by_its_inner_name_nor_as_a_meeting_that_nobody_makes(
    location: str, expected: list[str]
) -> None:
    [where] = [row for row in letters(sample(location=location))[0].rows if row.label == "Where"]
    assert [line.text for line in where.lines] == expected


def test_hidden_answers_and_hidden_notes_are_the_hosts_alone() -> None:
    event = sample(description="my secret", responses={"size": "12"})
    assert event.event_type is not None
    hidden = ({"name": "size", "type": "text", "label": "Size", "editable": "user", "hidden": True},)
    kept = replace(event.event_type, booking_fields=hidden, hide_calendar_notes=True)
    host, booker, guest = letters(replace(event, event_type=kept))
    assert {"Size", "Notes"} <= {row.label for row in host.rows}
    for letter in (booker, guest):
        assert not {"Size", "Notes"} & {row.label for row in letter.rows}


def test_answers_read_as_people_would_write_them() -> None:
    fields = tuple({"name": name, "label": name, "editable": "user"} for name in ("a", "b", "c", "d"))
    event = sample(responses={"a": True, "b": ["x", "y"], "c": {"odd": 1}, "d": " z "})
    assert event.event_type is not None
    letter = letters(replace(event, event_type=replace(event.event_type, booking_fields=fields)))[0]
    answers = {row.label: row.lines[0].text for row in letter.rows if len(row.label) == 1}
    assert answers == {"a": "Yes", "b": "x, y", "d": "z"}


def test_a_booking_whose_event_type_is_gone_is_told_of_all_the_same() -> None:
    event = replace(sample(event_type_id=None), event_type=None)
    assert [letter.title for letter in letters(event)] == ["Introduction between Ana Host and Bo Booker"] * 3


def test_styles_are_inlined_but_for_what_depends_on_the_screen() -> None:
    html = rendering.html(letters(sample())[1])
    assert re.search(r"<h1[^>]*style=", html)
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 480px" in html
    assert "http" not in html.partition("</head>")[0]


def test_every_mail_can_be_looked_at(tmp_path: Any) -> None:
    files = write_previews(tmp_path, "de")
    assert len(files) >= 18
    for file in files:
        assert '<html lang="de">' in file.read_text()
        assert file.with_suffix(".txt").stat().st_size > 50
