"""Who acts on a booking."""

from dataclasses import dataclass

from kalends.auth.principal import Principal


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts on a booking, as far as that is proven: by a credential, or by a signed link.

    `user_id` None: all that is proven is that they know the booking's uid, so they may do what an attendee
    may. `verified_email` is their address if it is proven to be theirs: the account's, or the one that the
    link was mailed to. From any other follows nothing but what the host is called.
    """

    user_id: int | None = None
    email: str | None = None
    is_system_admin: bool = False
    verified_email: str | None = None


ANYBODY = Actor()


def actor_of(caller: Principal | None) -> Actor:
    """Return the actor behind a credential."""
    if caller is None:
        return ANYBODY
    user = caller.user
    return Actor(user.id, user.email, user.is_system_admin, user.verified_email)
