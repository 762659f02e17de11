"""How answers to the owner's own questions are shown in mails and on pages."""

from kalends.event_types.event_type import StoredObject
from kalends.event_types.form.fields import is_own_question
from kalends.localization.language import Language


def is_shown(field: StoredObject, *, is_for_host: bool) -> bool:
    """Tell whether a question is the owner's own and may be shown; hidden ones are for the host only."""
    return is_own_question(field) and (is_for_host or not field.get("hidden"))


def answer_text(answer: object, language: Language) -> str:
    """Return an answer in words; nothing for one that has none."""
    match answer:
        case bool():
            return language.text("Yes") if answer else language.text("No")
        case str() | int() | float():
            return str(answer).strip()
        case list():
            return ", ".join(str(item) for item in answer)
        case _:
            return ""
