"""Headers say what they were meant to, whatever people write (notifications.md 4)."""

from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, compat32, default
from email.utils import parseaddr
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalends.api.input.fields import is_email
from kalends.localization.plain import one_line
from kalends.notifications.content.head import is_writable
from kalends.notifications.content.messages import Envelope, head_of
from kalends.notifications.transport.failures import PermanentFailure
from kalends.notifications.transport.folder import FolderTransport
from tests.notifications.conftest import Office
from tests.notifications.mailbox import Mailbox
from tests.support.client import Guest, Host, data, refusal

NOW = datetime(2050, 9, 5, 10, tzinfo=UTC)
BO = "bo@example.com"
NAMES = [
    "Subject",
    "From",
    "To",
    "Reply-To",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
]

# What encoded words and headers are made of, so that examples often are some.
PIECES = st.sampled_from(
    [
        *(
            "=?",
            "?=",
            "=?utf-8?q?",
            "=?utf-8?b?",
            "=?x?Q?",
            "DQpYOiAxDQo=",
            "=0d=0a",
            "=0D=0AX:1",
            "X-Injected: 1",
        ),
        *(
            "\r\n",
            "\n",
            "\r",
            "\t",
            "\0",
            "\x0b",
            "\x1f",
            "\x7f",
            "\x85",
            "\u2028",
            "\u202e",
            "?",
            "=",
            " ",
            ":",
        ),
        *(";", '"', "\\", "<", ">", "(", ")", "@", ",", ".", "a", "Zoë", "🙂", "x" * 80),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=5), max_size=20).map("".join)


BODY = b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="x"\r\n\r\n--x--\r\n'


def written(name: str, subject: str, address: str = BO) -> bytes:
    """Return a message between people of a name, which has the headers that it was meant to have."""
    envelope = Envelope((name, "a@example.com"), (name, address), "<1@x>", NOW, ["c@example.com"], "<0@x>")
    head = head_of(envelope, subject)
    message = head.encode() + BODY
    head.check(message)
    return message


@given(name=TEXTS, subject=TEXTS)
def test_names_and_subjects_become_no_headers_and_no_text(name: str, subject: str) -> None:
    message = written(name, subject)
    head = message.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert head.isascii()
    parsed: Any = BytesParser(policy=compat32).parsebytes(message)
    assert parsed.keys() == NAMES
    assert parsed.get_content_type() == "multipart/alternative"
    for header, address in (("From", "a@example.com"), ("To", BO), ("Reply-To", "c@example.com")):
        assert parseaddr(parsed[header])[1] == address
    assert "=?" not in str(make_header(decode_header(parsed["Subject"])))


@given(name=TEXTS, subject=TEXTS)
def test_a_program_that_writes_the_message_anew_finds_nothing_to_decode(name: str, subject: str) -> None:
    read = BytesParser(EmailMessage, policy=default).parsebytes(written(name, subject))
    again = BytesParser(policy=compat32).parsebytes(read.as_bytes(policy=SMTP.clone(refold_source="all")))
    assert again.keys() == NAMES


PLAIN = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='=;,"<>():\\') | st.just(" "))


@given(text=PLAIN.filter(lambda text: "[" not in text and len(text) < 200))
def test_what_people_write_is_read_as_they_wrote_it(text: str) -> None:
    parsed: Any = BytesParser(policy=compat32).parsebytes(written(text, text))
    assert str(make_header(decode_header(parsed["Subject"]))) == one_line(text)
    name, address = parseaddr(parsed["To"])
    assert (str(make_header(decode_header(name))), address) == (one_line(text), BO)


def test_joiners_stay_and_signs_without_a_shape_go() -> None:
    family = "👩\u200d👩\u200d👧"
    persian = "می\u200cخواهم"
    assert one_line(f"{family} {persian}") == f"{family} {persian}"
    assert one_line("Ver\u00adab\u2060re\ufeffdung\u202e \u2066x\u2069") == "Verabredung x"
    assert one_line("a\nb\tc\u2028d  e") == "a b c d e"


@given(st.from_regex(r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.\-]{1,20}@[a-zA-Z0-9.\-]{1,20}", fullmatch=True))
def test_every_address_that_is_taken_can_be_written(address: str) -> None:
    if is_email(address):
        assert is_writable(address)
        read = BytesParser(EmailMessage, policy=default).parsebytes(written("", "x", address))
        assert [one.addr_spec for one in read["To"].addresses] == [address]


UNMAILABLE = [
    *(
        "<a@b.cc",
        '"a@x.cc',
        "a,b@x.cc",
        "a\x07b@x.cc",
        "ä@x.cc",
        "a@ü.cc",
        "a..b@x.cc",
        ".a@x.cc",
        "a@-x.cc",
        "a@x",
    ),
    *("a@x.c", "a@x..cc", "(a)a@x.cc", "a;b@x.cc", f"{'a' * 65}@x.cc", f"a@{'x' * 64}.cc", "a\r\nX: 1@x.cc"),
]


@pytest.mark.parametrize("address", UNMAILABLE)
async def test_an_account_takes_no_address_that_cannot_be_mailed(ana: Host, address: str) -> None:
    refused = refusal(await ana.client.patch("/v2/me", json={"email": address}), 400)
    assert "email" in str(refused)
    assert data(await ana.client.get("/v2/me"))["email"] == ana.email


@pytest.mark.parametrize("address", ["a&b@x.cc", "a'b@x.cc", "a+b@xn--mnchen-3ya.de", "a@x.xn--p1ai"])
async def test_an_account_takes_odd_addresses_that_can_be_mailed(ana: Host, address: str) -> None:
    assert data(await ana.client.patch("/v2/me", json={"email": address}))["email"] == address


async def test_a_guest_whose_address_is_too_long_for_mails_keeps_none_from_others(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    await guest.books(await ana.creates_event_type(), guests=[f"{'a' * 400}@example.com"])
    await office.works()
    assert mailbox.recipients == [ana.email, BO]


async def test_a_host_whose_address_cannot_be_written_keeps_no_mail_from_customers(
    ana: Host, guest: Guest, office: Office, mailbox: Mailbox
) -> None:
    event_type = await ana.creates_event_type()
    async with office.database.transaction() as work:
        await work.connection.execute("UPDATE users SET email = '<a@b.cc' WHERE email = %s", (ana.email,))
    await guest.books(event_type)
    await office.works()
    mail = mailbox.to(BO)
    assert "Reply-To" not in mail.message
    assert mail.event.organizer.value == "mailto:kalends@example.com"


async def test_a_message_of_before_with_other_headers_does_not_leave(tmp_path: Any) -> None:
    message = b"From: a@x.cc\r\nTo: b@x.cc\r\nSubject: x\r\nBcc: c@x.cc\r\n\r\nx\r\n"
    with pytest.raises(PermanentFailure):
        await FolderTransport(tmp_path).send("1", "a@x.cc", "b@x.cc", message)
    assert list(tmp_path.iterdir()) == []
