"""What operations on webhooks refuse."""

from kalends.api.output.errors import BadRequest, Conflict, Forbidden, NotFound


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


class UnknownWebhook(NotFound):
    """404: there is no such webhook."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"There is no webhook {webhook_id!r}.")


class SubscriberUrlTaken(Conflict):
    """409: there is a webhook with this URL already."""

    message = "subscriberUrl: there is a webhook with this URL already."


class WebhookInactive(BadRequest):
    """400: the webhook is not active, so nothing is delivered to it."""

    message = "This webhook is not active, so nothing is delivered to it."


class UnknownDelivery(NotFound):
    """404: the webhook has no such delivery."""

    def __init__(self, delivery_id: object) -> None:
        super().__init__(f"This webhook has no delivery {delivery_id}.")


class EventForgotten(NotFound):
    """404: the delivery has no body, and its event is older than one can be made of."""

    message = "The event of this delivery is older than its body can be made of."


class ReplayEndsBeforeStart(BadRequest):
    """400: `to` is not later than `from`."""

    message = "to: must be later than `from`."


class TemplateUnusable(BadRequest):
    """400: the webhook's own template makes nothing of the sample."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"payloadTemplate: {reason}.")


class WebhookOfAnotherClient(Forbidden):
    """403: the webhook is not one of the OAuth client."""

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"The OAuth client has no webhook {webhook_id!r}.")
