"""Who may come in: only requests that name this server and carry its token, and sockets that its own page opens.

The token stands in the path and not in a cookie: browsers give the cookies of one port to all others of the same
machine, where workers may serve pages, too.
"""

import hmac
import ipaddress
import secrets
import socket
from urllib.parse import urlsplit

from aiohttp import web

TOKEN_BYTES = 32
"""Random bytes of a token."""

ANYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - what a person may ask for, with a warning
"""Addresses that mean every interface of the machine."""


def is_loopback(host: str) -> bool:
    """True for a name or an address that only this machine can reach."""
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


class Door:
    """The checks of one server. Its token lives as long as it does."""

    def __init__(self, host: str) -> None:
        """`host`: where the server listens."""
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        self._loopback = is_loopback(host)
        self._names = {"localhost", host.lower()}
        if not self._loopback:
            self._names.add(socket.gethostname().lower())

    def check(self, request: web.Request) -> None:
        """Let a request pass.

        Raises:
            web.HTTPException: 421 if it names another server, as a page does whose name was turned to this machine
                (DNS rebinding); 403 without the token; 405 if it wants to change something.
        """
        if not self._is_known(request.host):
            raise web.HTTPMisdirectedRequest(text="This server does not have that name.\n")
        given = request.path.split("/")[1]
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            raise web.HTTPForbidden(text="Open the address that golfer serve has printed: it has the token in it.\n")
        if request.method != "GET":
            raise web.HTTPMethodNotAllowed(request.method, ["GET"])

    def check_origin(self, request: web.Request) -> None:
        """Let a socket pass. Browsers open one for every page, and only tell which page that is.

        Raises:
            web.HTTPForbidden: it was not opened by a page of this server.
        """
        origin = urlsplit(request.headers.get("Origin", ""))
        if origin.scheme not in {"http", "https"} or origin.netloc != request.host:
            raise web.HTTPForbidden(text="Only the page of this server may open its socket.\n")

    def _is_known(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        address = _address(name)
        if address is None:
            return name in self._names
        # Who rebinds a name needs a name: an address is what the person typed.
        return address.is_loopback or not self._loopback
