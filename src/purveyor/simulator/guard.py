"""What guards the stand-in's pages: which names they answer to, and that a form was really theirs.

A page on the internet must not drive a stand-in on somebody's own machine: rebinding its name to loopback fails at the
Host check, posting from elsewhere at the token. Login and API need neither; a client must know a credential there.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Literal

from werkzeug.wrappers import Request, Response

from purveyor.simulator.world import World

COOKIE = "standin"
FIELD = "csrf"


class Guard:
    """Checks the pages of one world under one path; ``cookie`` keeps the visitors of these apart from other pages'."""

    def __init__(
        self,
        world: World,
        allowed_hosts: Iterable[str] = (),
        *,
        cookie: str = COOKIE,
        path: str = "/control",
        same_site: Literal["Strict", "Lax"] = "Strict",
    ) -> None:
        self._key = f"{world.key}{path}".encode()
        self._hosts = frozenset(host.lower() for host in allowed_hosts)
        self._cookie = cookie
        self._path = path
        self._same_site = same_site

    def knows_host(self, request: Request) -> bool:
        """Whether the page was asked for under loopback, localhost, or a name that was allowed."""
        name = _host_name(request.environ.get("HTTP_HOST", ""))
        return name == "localhost" or name in self._hosts or _is_loopback(name)

    def visitor(self, request: Request) -> str:
        """The visitor's own random mark, kept in a cookie."""
        return request.cookies.get(self._cookie) or secrets.token_urlsafe(24)

    def token(self, visitor: str) -> str:
        """What a form must carry to be this visitor's."""
        return hmac.digest(self._key, b"csrf:" + visitor.encode(), "sha256").hex()

    def is_theirs(self, request: Request) -> bool:
        """Whether a posted form came from a page this visitor was shown."""
        visitor = request.cookies.get(self._cookie, "")
        given = request.form.get(FIELD, "")
        return bool(visitor) and hmac.compare_digest(given.encode(), self.token(visitor).encode())

    def remember(self, response: Response, visitor: str) -> Response:
        response.set_cookie(self._cookie, visitor, httponly=True, samesite=self._same_site, path=self._path)
        return response


def _host_name(host: str) -> str:
    """The name without its port: ``[::1]:8080`` is ``::1``."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
