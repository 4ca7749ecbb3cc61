"""Who is signed in to the portal. Kept in memory: after a restart of the stand-in one signs in again."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from purveyor.common import clock
from purveyor.simulator.apps import Person
from purveyor.simulator.world import World

LIFE = timedelta(hours=8)
FREE_TRIES, FIRST_WAIT, LONGEST_WAIT = 5, 10, 900
"""Wrong passwords for one name at no cost; then a wait in seconds, doubled by each further one."""
FORGOTTEN = timedelta(hours=1)
"""Wrong passwords count until none came for so long."""


class TooManyTries(Exception):
    """Wrong passwords came too fast for this name; ``seconds`` are left to wait."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.seconds = math.ceil(wait.total_seconds())


@dataclass(slots=True)
class Tries:
    """Wrong passwords for one name."""

    count: int
    last_at: datetime
    until: datetime


@dataclass(slots=True)
class Visit:
    """One person signed in. ``notice`` is said on the next page; ``token`` is a refresh token to be shown once, on the
    page of the app with ``token_app`` for the group ``token_group``.
    """

    person: Person
    until: datetime
    notice: str = ""
    token: str = ""
    token_app: str = ""
    token_group: str = ""

    def take_notice(self) -> str:
        said, self.notice = self.notice, ""
        return said

    def take_token(self, client_id: str) -> tuple[str, str]:
        """The token to be shown on an app's page and its group's id; nothing the second time."""
        if self.token_app != client_id:
            return "", ""
        shown = (self.token, self.token_group)
        self.token = self.token_app = self.token_group = ""
        return shown


class Visits:
    """The visits to one world's portal, by the visitor's mark."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._visits: dict[str, Visit] = {}
        self._tries: dict[str, Tries] = {}

    def of(self, mark: str) -> Visit | None:
        """Who is signed in under a mark; nobody once the visit is over."""
        found = self._visits.get(mark)
        return found if found is not None and clock.now() < found.until else None

    def begin(self, user: str, password: str) -> str | None:
        """Sign in; answers a fresh mark, or None when name and password do not fit.

        Raises TooManyTries while a name has to wait, the right password or not. Unknown names wait as one.
        """
        people = [p for p in self._world.people if compare_digest(p.user.encode(), user.strip().encode())]
        name = people[0].user if people else ""
        self._admit(name)
        known = people[0].password if people else secrets.token_hex(8)
        if not compare_digest(known.encode(), password.strip().encode()) or not people:
            return None
        now, mark = clock.now(), secrets.token_urlsafe(24)
        with self._world.lock:
            self._tries.pop(name, None)
            self._visits = {kept: visit for kept, visit in self._visits.items() if now < visit.until}
            self._visits[mark] = Visit(people[0], now + LIFE)
        return mark

    def _admit(self, name: str) -> None:
        """Count a try before it is looked at; the right password forgives it. Raises TooManyTries."""
        now = clock.now()
        with self._world.lock:
            before = self._tries.get(name)
            if before is not None and now < before.until:
                raise TooManyTries(before.until - now)
            count = before.count + 1 if before is not None and now - before.last_at < FORGOTTEN else 1
            over = count - FREE_TRIES
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(over, 30)) if over >= 0 else 0
            self._tries[name] = Tries(count, now, now + timedelta(seconds=wait))

    def end(self, mark: str) -> None:
        """Sign out."""
        with self._world.lock:
            self._visits.pop(mark, None)
