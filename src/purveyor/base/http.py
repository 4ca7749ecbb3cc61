"""The second and last door out: everything that is not Amazon, such as the receivers of webhooks and chats.

Somebody else wrote these addresses down, so this door trusts none of them. The name is looked up here, every address
it has is checked, and the connection is made to the very address that was checked: a name that means another machine
a moment later leads nowhere new. Redirects are never followed, proxies of the environment never used, cookies never
kept. One deadline bounds the whole exchange, however slowly the other side drips, and only the beginning of an answer
is read.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore2
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.amazon.transport import cause_of
from purveyor.base.db import assert_no_transaction
from purveyor.common.errors import Problem, PurveyorError, Refused, Remedy
from purveyor.config.options import option

Address = IPv4Address | IPv6Address

LARGEST = 64 * 1024
"""So many bytes of an answer are read at most."""
LONGEST = 10.0
"""Seconds for the whole exchange."""
LONGEST_URL = 500
_LEAST_WAIT = 0.001
_KEEP_ALIVE = 5.0
# A public address that Azure answers its own machines' secrets at.
_METADATA = (ip_address("168.63.129.16"),)
_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("::/96"))

WHY = {
    "name": gettext_lazy("The name of the host is not known."),
    "refused": gettext_lazy("Nothing listens at this address."),
    "tls": gettext_lazy("No safe connection could be made: the certificate or its settings are wrong."),
    "timeout": gettext_lazy("No whole answer came in time."),
    "broken": gettext_lazy("The connection broke off."),
    "unreachable": gettext_lazy("There is no way to this address."),
}


class Unanswered(PurveyorError):
    """No whole answer came back; what was sent may have arrived. ``cause`` is one of ``WHY``."""

    code = "unanswered"
    remedy = Remedy.WAIT

    def __init__(self, cause: str) -> None:
        super().__init__(str(WHY[cause]))
        self.cause = cause


class AddressRefused(Refused):
    """The address is one that nothing is sent to."""

    code = "address-refused"
    remedy = Remedy.MEND_SETTINGS


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said: at most LARGEST bytes of it, after so many seconds."""

    status: int
    body: bytes = field(repr=False)
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether it took what was sent. A redirect is not followed, so it took nothing."""
        return 200 <= self.status < 300


def check_url(url: str, where: str = "url") -> str:
    """A clean address as it is kept. Raises AddressRefused, also for a host that is a refused address itself.

    Names are looked up only when something is sent: what a name means may change.
    """
    parts = _split(url.strip())
    if parts is None:
        raise _refusal(_("This is not an address such as https://hub.example.com/hook, without user name."), where)
    if parts.scheme != "https" and not option("PURVEYOR_ALLOW_PRIVATE_ADDRESSES"):
        raise _refusal(_("Use https: what goes out by plain http can be read on the way."), where)
    try:
        found = ip_address(parts.hostname or "")
    except ValueError:
        return url.strip()
    _refuse(found, where)
    return url.strip()


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout: float = LONGEST) -> Answer:
    """Send JSON once and answer what came back, of whatever status. Call it outside of transactions.

    Raises AddressRefused, nothing having left, and Unanswered.
    """
    assert_no_transaction()
    check_url(url)
    began = time.monotonic()
    _deadline.at = began + timeout
    told = {"content-type": "application/json", "user-agent": _agent(), "accept-encoding": "identity"} | dict(headers)
    try:
        status, found = _exchange(url, body, list(told.items()), timeout)
    except (httpcore2.TimeoutException, TimeoutError):
        raise Unanswered("timeout") from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
        raise Unanswered(cause_of(error)) from None
    return Answer(status, found, time.monotonic() - began)


def _exchange(url: str, body: bytes, headers: list[tuple[str, str]], timeout: float) -> tuple[int, bytes]:
    waits = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
    found = b""
    with pool().stream("POST", url, headers=headers, content=body, extensions={"timeout": waits}) as answer:
        for part in answer.iter_stream():
            found += part
            if len(found) >= LARGEST:
                break  # leaving the block closes the connection
        return answer.status, found[:LARGEST]


def pool() -> httpcore2.ConnectionPool:
    """The connections of this process. Made once, though many threads ask for them at the same moment."""
    with _making:
        return _made()


_making = threading.Lock()


def close() -> None:
    """Close every kept connection; the next exchange begins anew."""
    with _making:
        _made().close()
        _made.cache_clear()


@cache
def _made() -> httpcore2.ConnectionPool:
    return httpcore2.ConnectionPool(
        ssl_context=ssl.create_default_context(),
        network_backend=Guard(),
        max_connections=64,
        max_keepalive_connections=16,
        keepalive_expiry=_KEEP_ALIVE,
    )


def _agent() -> str:
    import purveyor

    return f"Purveyor/{purveyor.__version__}"


# Whoever sends waits in its own thread, so the deadline of an exchange is its thread's.
_deadline = threading.local()


def _left() -> float:
    left = float(_deadline.at - time.monotonic())
    if left < _LEAST_WAIT:
        raise httpcore2.ReadTimeout("the time for the whole exchange is over")
    return left


class Guard(httpcore2.NetworkBackend):
    """Looks names up, checks what they mean, and connects to what was checked."""

    def __init__(self) -> None:
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        failed: Exception | None = None
        for address in addresses_of(host, port):
            try:
                return _Bounded(self._plain.connect_tcp(str(address), port, _left(), None, socket_options))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore2.ConnectError("the name has no address")


class _Bounded(httpcore2.NetworkStream):
    """A stream whose every wait ends with the exchange's deadline."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Bounded(self._inner.start_tls(ssl_context, server_hostname, _left()))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def addresses_of(host: str, port: int) -> list[Address]:
    """What a name means now, in the system's order. Raises AddressRefused when any of it is a refused address."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(place[0]).partition("%")[0]) for *_kind, place in found]
    for address in addresses:
        _refuse(address)
    return list(dict.fromkeys(addresses))


def _refuse(address: Address, where: str = "url") -> None:
    meant = list(meanings(address))
    if any(map(is_never_allowed, meant)):
        raise _refusal(_("%(address)s is no address that anything is sent to.") % {"address": address}, where)
    if any(map(is_private, meant)) and not option("PURVEYOR_ALLOW_PRIVATE_ADDRESSES"):
        said = _(
            "%(address)s lies inside your network. Nothing is sent there unless the operator sets "
            "PURVEYOR_ALLOW_PRIVATE_ADDRESSES."
        )
        raise _refusal(said % {"address": address}, where)


def is_private(address: Address) -> bool:
    """Whether an address is not one of the open internet: this machine, a private network, a reserved range."""
    old = isinstance(address, IPv6Address) and address.is_site_local
    return old or not address.is_global or address.is_multicast or address.is_reserved


def is_never_allowed(address: Address) -> bool:
    """Whether an address is refused even to who allows private ones: the neighbourhood, everybody, nobody."""
    return address.is_link_local or address.is_multicast or address.is_unspecified or address in _METADATA


def meanings(address: Address) -> Iterator[Address]:
    """The address, and the older one that it carries in itself."""
    yield address
    if isinstance(address, IPv4Address):
        return
    if int(address) > 1 and any(address in network for network in _TRANSLATED):
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo or ()
    yield from (found for found in (address.ipv4_mapped, address.sixtofour, *teredo) if found is not None)


def _split(url: str) -> SplitResult | None:
    """The parts of a clean address, else None. Strange characters are how addresses lie about their host."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or any(c in url for c in ' \\<>"^`{|}#'):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if port == 0 or parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return None
    return parts


def _refusal(said: str, where: str) -> AddressRefused:
    return AddressRefused(said, [Problem(said, where=where)])
