"""What operations on webhooks refuse."""

from kalends.api.output.errors import BadRequest, Forbidden


class WebhookOfSomebodyElse(Forbidden):
    """403: the webhook is not one of the user's own."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"Webhook {webhook_id} is not one of your user's.")


class EventTypeOfSomebodyElse(Forbidden):
    """403: the event type is not one of the user's own."""

    def __init__(self, event_type_id: int) -> None:
        super().__init__(f"Event type {event_type_id} is not one of your user's.")


class WebhookOfNoEventType(BadRequest):
    """400: the webhook is of another scope than an event type."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"Webhook {webhook_id} is not one of an event type.")


class WebhookOfAnotherEventType(Forbidden):
    """403: the webhook is not one of the event type of the path."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"Webhook {webhook_id} belongs to another event type.")


class WebhookNotInOrganization(Forbidden):
    """403: the organization has no such webhook; whether another one has it is not told."""

    def __init__(self, webhook_id: str, organization_id: int) -> None:
        super().__init__(f"The organization {organization_id} has no webhook {webhook_id!r}.")
