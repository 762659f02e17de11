"""Why a mail was not handed over."""


class TemporaryFailure(Exception):
    """This mail was not taken, and may be later."""


class PermanentFailure(Exception):
    """This mail was refused for good."""


class ServerUnavailable(Exception):
    """No mail can be handed over now."""


class Needless(Exception):
    """A mail is not to be sent after all; the message says why."""
