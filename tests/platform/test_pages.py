"""Pages of managed users' bookings: they lead to where the client wants people sent."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

from tests.platform.test_webhooks import URIS, books
from tests.support.client import Client, data
from tests.support.platforms import Platform, Product


async def links_on(client: Client, uid: str) -> list[str]:
    page = await client.get(f"/booking/{uid}")
    assert page.headers["referrer-policy"] in ("no-referrer", "same-origin")
    return [unescape(one) for one in re.findall(r'<a class="button[^"]*" href="([^"]+)"', page.text)]


async def test_a_page_leads_to_the_client(acme: Platform, client: Client, product: Product) -> None:
    ann = await product.user("ann", timeZone="Europe/Rome")
    booked = await books(ann)
    here = f"/booking/{booked['uid']}"
    assert await links_on(client, booked["uid"]) == [f"{here}/reschedule", f"{here}/cancel"]

    data(await acme.key.patch(product.path, json=URIS))
    reschedule, cancel = await links_on(client, booked["uid"])
    assert reschedule == f"{here}/reschedule"
    parts = urlsplit(cancel)
    assert (parts.netloc, parts.path) == ("acme.example.com", f"/cancel/{booked['uid']}")
    assert parse_qs(parts.query) == {
        "slug": ["intro"],
        "username": [ann.username],
        "cancel": ["true"],
        "allRemainingBookings": ["false"],
    }

    moved = "https://acme.example.com/move?from=page#top"
    data(await acme.key.patch(product.path, json={"bookingRescheduleRedirectUri": moved}))
    parts = urlsplit((await links_on(client, booked["uid"]))[0])
    assert (parts.path, parts.fragment) == (f"/move/{booked['uid']}", "top")
    asked = {"from": ["page"], "slug": ["intro"], "username": [ann.username], "reschedule": ["true"]}
    assert parse_qs(parts.query) == asked
