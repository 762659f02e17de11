"""What is refused of mails, at the command line."""

from kalends.api.output.errors import NotFound


class UnknownMail(NotFound):
    """404: there is no such mail."""

    def __init__(self, mail_id: int) -> None:
        super().__init__(f"There is no mail {mail_id}.")


class MailNotRepeatable(NotFound):
    """404: there is no such mail, or its message is forgotten."""

    def __init__(self, mail_id: int) -> None:
        super().__init__(f"There is no mail {mail_id} that could be sent again.")
