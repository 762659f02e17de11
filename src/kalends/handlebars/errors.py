"""Why a template cannot be used."""


class TemplateError(Exception):
    """A template is malformed, or grows beyond its bounds; the message says where and why in one line."""
