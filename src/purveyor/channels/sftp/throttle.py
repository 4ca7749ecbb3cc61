"""How long who failed to sign in has to wait the next time. In memory, pure: the moment is handed in.

Two counts run side by side. An address that fails waits longer each time, whatever user it names. A user that failed
from anywhere waits a little, too, so that guessing from many addresses is slow; but that wait is short, so that nobody
is locked out by what others do elsewhere. Both are forgotten after a while.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: the first wait, which doubles; the longest for an address and for a user; when a failure is forgotten.
    ``free`` failures of a user cost the others nothing. At most ``most`` of either are remembered."""

    first: float = 0.5
    longest: float = 10.0
    longest_of_user: float = 2.0
    forgotten: float = 900.0
    free: int = 3
    most: int = 10_000


@dataclass(slots=True)
class Throttle:
    """What is remembered of failures: how many, and when the last one was."""

    pace: Pace = field(default_factory=Pace)
    _addresses: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)
    _users: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)

    def wait(self, address: str, user: str, now: float) -> float:
        """Seconds that somebody at this address waits before this user's key is looked at."""
        at_address = self._wait(self._count(self._addresses, place_of(address), now), self.pace.longest)
        of_user = self._wait(self._count(self._users, user, now) - self.pace.free, self.pace.longest_of_user)
        return max(at_address, of_user)

    def failed(self, address: str, user: str, now: float) -> int:
        """Remember a failure; answers how many of this address are remembered now."""
        count = self._note(self._addresses, place_of(address), now)
        self._note(self._users, user, now)
        return count

    def succeeded(self, address: str, user: str) -> None:
        """The right key: this user's failures are forgotten. The address's stay: others may be behind it."""
        self._users.pop(user, None)

    def _wait(self, count: int, longest: float) -> float:
        return min(longest, self.pace.first * 2.0 ** min(count - 1, 30)) if count > 0 else 0.0

    def _count(self, book: OrderedDict[str, tuple[int, float]], name: str, now: float) -> int:
        count, last = book.get(name, (0, now))
        return count if now - last < self.pace.forgotten else 0

    def _note(self, book: OrderedDict[str, tuple[int, float]], name: str, now: float) -> int:
        count = self._count(book, name, now) + 1
        book[name] = (count, now)
        book.move_to_end(name)
        if len(book) > self.pace.most:
            book.popitem(last=False)
        return count


def place_of(address: str) -> str:
    """What counts as one address: of IPv6 the network a site is given (/64)."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network((found, 64), strict=False))
    return str(found)
