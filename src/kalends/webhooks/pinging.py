"""Trying a webhook out."""

import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import uuid4

from kalends.handlebars.errors import TemplateError
from kalends.outgoing import Outgoing, Unreachable
from kalends.webhooks.deliveries import templates
from kalends.webhooks.deliveries.courier import headers_of, standard_headers
from kalends.webhooks.deliveries.shares import REQUESTS
from kalends.webhooks.deliveries.templates import Body
from kalends.webhooks.payloads import meeting
from kalends.webhooks.refusals import TemplateUnusable
from kalends.webhooks.service import RevealedWebhook
from kalends.webhooks.triggers import PING, enveloped, template_context
from kalends.webhooks.webhook import Webhook


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a request; `error` None: it was taken."""

    status_code: int | None
    duration_ms: int
    error: str | None
    error_detail: str | None
    answer: str | None


async def ping(outgoing: Outgoing, revealed: RevealedWebhook, *, caller_id: int, now: datetime) -> Sent:
    """Send a sample to a webhook, active or not, in the form of its deliveries; nothing of it is kept.

    Raises:
        TemplateUnusable: the webhook's own template makes nothing of the sample.
    """
    webhook = revealed.webhook
    try:
        body = await _sample(webhook, now)
    except TemplateError as error:
        raise TemplateUnusable(str(error)) from error
    secrets = [revealed.secret] if revealed.secret else []
    headers = [
        *headers_of(body.content_type, revealed.secret, body.content),
        *standard_headers(f"msg_{uuid4().hex}", secrets, body.content, now),
        ("X-Kalends-Trigger", PING),
    ]
    started = time.monotonic()
    try:
        answer = await outgoing.post(webhook.subscriber_url, headers, body.content, owner=f"user {caller_id}")
    except Unreachable as error:
        return Sent(None, _milliseconds_since(started), error.kind, str(error), None)
    is_taken = 200 <= answer.status < 300
    error_kind = None if is_taken else "http_status"
    return Sent(answer.status, _milliseconds_since(started), error_kind, None, answer.excerpt)


async def _sample(webhook: Webhook, now: datetime) -> Body:
    sample = meeting.ping(now)
    if not webhook.payload_template:
        return templates.plain(enveloped(PING, now, sample))
    context = template_context(PING, now, sample)
    return await REQUESTS.make(webhook.scope, partial(templates.filled, webhook.payload_template, context))


def _milliseconds_since(started: float) -> int:
    return round((time.monotonic() - started) * 1_000)
