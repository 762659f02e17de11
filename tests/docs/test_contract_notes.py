"""What the notes of `docs/contract` refer to, in each other and beside them, is there."""

import re

import pytest

from tests.docs.notes import CONTRACT, Reference, references_in, resolve

NOTES = sorted(path.name for path in CONTRACT.glob("*.md"))

_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)")
_OWN_SECTION = re.compile(r"\bsections? (\d+(?:\.\d+)*[a-z]?)(?:(?: to |-| and |, )(\d+(?:\.\d+)*[a-z]?))?")
_OWN_ROW = re.compile(r"\b(trap|check)s? (\d+)\b")
_OWN_ID = re.compile(r"\b[BKP]\d+\b")
_ELSEWHERE = re.compile(r"(?:\[[a-z-]+\.md\]\([^)]*\)|[a-z-]+\.md) [^|\n.;]*")
"""A mention of a note, and what the sentence goes on to say of it."""


def text_of(note: str) -> str:
    return (CONTRACT / note).read_text(encoding="utf-8")


@pytest.mark.parametrize("note", NOTES)
def test_what_a_note_refers_to_is_there(note: str) -> None:
    assert [str(reference) for reference in references_in(text_of(note)) if not resolve(reference)] == []


@pytest.mark.parametrize("note", [note for note in NOTES if note != "README.md"])
def test_what_a_note_refers_to_in_itself_is_there(note: str) -> None:
    text = _ELSEWHERE.sub("", text_of(note))
    targets = [part for match in _OWN_SECTION.finditer(text) for part in match.groups() if part]
    targets += [f"{match[1]} {match[2]}" for match in _OWN_ROW.finditer(text)]
    targets += _OWN_ID.findall(text)
    assert [target for target in targets if not resolve(Reference(note, target))] == []


@pytest.mark.parametrize("note", NOTES)
def test_links_of_a_note_lead_somewhere(note: str) -> None:
    assert [link for link in _LINK.findall(text_of(note)) if not (CONTRACT / link).exists()] == []


def test_the_readme_names_every_note() -> None:
    assert [note for note in NOTES if note != "README.md" and f"({note})" not in text_of("README.md")] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where it is (bookings.md 2.6).", ["bookings.md 2.6"]),
        ("(slots.md check 16)", ["slots.md check 16"]),
        ("(webhooks.md checks 24 to 35)", ["webhooks.md check 24", "webhooks.md check 35"]),
        (
            "(notifications.md 10; checks 30 and 31)",
            ["notifications.md 10", "notifications.md check 30", "notifications.md check 31"],
        ),
        ("(slots.md 4.4-4.7; bookings.md 2.5)", ["slots.md 4.4", "slots.md 4.7", "bookings.md 2.5"]),
        ("(http-core.md B19)", ["http-core.md B19"]),
        (
            "(http-core.md section 7, B3 to B5 and K5)",
            ["http-core.md 7", "http-core.md B3", "http-core.md B5", "http-core.md K5"],
        ),
        ("see [http-core.md](http-core.md) Appendix A", ["http-core.md Appendix A"]),
        ("see `slots.md` section 12, no. 24", ["slots.md 12 no. 24"]),
        ("(integrations.md 18.2a)", ["integrations.md 18.2a"]),
        ("    # as the contract has it (slots.md 4.11,\n    # 4.13)", ["slots.md 4.11", "slots.md 4.13"]),
        ("`event-types.md` has the rest, and bookings.md too.", []),
        ("(CHANGELOG.md 2, docs/webhooks.md, slots.md 2024-09-04)", []),
    ],
)
def test_references_are_found_in_prose(text: str, expected: list[str]) -> None:
    found = references_in(text)
    assert [str(reference) for reference in found] == expected
    assert all(map(resolve, found))


@pytest.mark.parametrize(
    "reference",
    [
        Reference("bookings.md", "2.99"),
        Reference("bookings.md", "B99"),
        Reference("slots.md", "check 99"),
        Reference("slots.md", "12 no. 99"),
        Reference("http-core.md", "Appendix Z"),
        Reference("nothing.md", "1"),
    ],
    ids=str,
)
def test_what_is_not_there_does_not_resolve(reference: Reference) -> None:
    assert not resolve(reference)


def test_the_matrix_of_routes_is_a_table_that_programs_read() -> None:
    appendix = text_of("http-core.md").split("## Appendix A.", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in appendix.splitlines() if line.startswith("|")]
    header, _, *routes = [[cell.strip() for cell in row] for row in rows]
    assert header == ["Method", "Path", "Ver", "Guards in order", "Role / permission", "Plan", "OK", "U"]
    assert {len(route) for route in routes} == {len(header)}
    assert len([route for route in routes if route[-1] != "U"]) == 182
