"""Who asks: the bearer of an access token. Cookies do not count here, so no other site can make a browser write."""

from __future__ import annotations

from starlette.requests import Request

from scidex.kernel import tokens
from scidex.kernel.ids import ActorId
from scidex.surfaces.web.errors import Unauthenticated
from scidex.surfaces.web.site import Site


def bearer(site: Site, request: Request) -> ActorId:
    """The actor of the access token in the header Authorization. Raises Unauthenticated. Asks the database."""
    given = request.headers.getlist("authorization")
    scheme, _, secret = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer":
        raise Unauthenticated(
            "This address asks for an access token.",
            cure="Send it in the header Authorization: Bearer …; `scidex token create` makes one.",
        )
    installation = site.installation
    with installation.storage.read() as connection:
        token = tokens.access(connection, secret.strip(), installation.door.clock.now())
    if token is None:
        raise Unauthenticated(
            "This access token opens nothing: it is unknown, expired or revoked.",
            cure="Make another one with `scidex token create`.",
        )
    return token.actor
