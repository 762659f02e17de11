"""Why tokens are not issued."""

from kalends.api.output.errors import BadRequest, Unauthorized


class ClientSecretNeeded(Unauthorized):
    """401: only the OAuth client itself, by its secret, may do this."""

    message = "This needs the secret of the OAuth client as x-cal-secret-key, and no other credential."


class RefreshTokenUnknown(BadRequest):
    """400: the refresh token is none of this client's, has expired, or was used."""

    message = "refreshToken: the OAuth client has no such token; it has expired or was used."


class RefreshTokenOfAnotherUser(BadRequest):
    """400: the refresh token is not one of the user of the path."""

    message = "refreshToken: it is not one of the user in the path."


class CodeMissing(BadRequest):
    """400: no authorization code was sent."""

    message = "Send the authorization code as Authorization: Bearer."


class CodeUnknown(BadRequest):
    """400: client, secret and authorization code do not belong together, or the code has expired."""

    message = "The OAuth client, its secret and this code do not belong together, or the code has expired."
