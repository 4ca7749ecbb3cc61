"""The hub's own SFTP server: who may come in, how long they may stay, and how many at once.

One process, one loop. It asks the database (``Book``) when somebody signs in, and again every few seconds whether all
who are in may still be: whoever was removed, or whose key was, is out then.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncssh

from purveyor.channels.sftp.files import Session
from purveyor.channels.sftp.guests import Book, Partner
from purveyor.channels.sftp.jail import Jail
from purveyor.channels.sftp.keys import fingerprint
from purveyor.channels.sftp.throttle import Pace, Throttle, place_of

log = logging.getLogger(__name__)
T = TypeVar("T")
MOST_UNSENT = 32 * 1024 * 1024
"""Bytes on their way to one partner beside the files' own; whoever takes none of them is sent away."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers of connections, and seconds."""

    guests: int = 64
    of_partner: int = 8
    pending: int = 128
    pending_of_address: int = 8
    keys: int = 12
    users: int = 3
    sessions: int = 4
    login: float = 30.0
    idle: float = 300.0
    tick: float = 1.0
    recheck: float = 2.0
    pace: Pace = field(default_factory=Pace)


class Hall:
    """Everybody at the door and everybody inside."""

    def __init__(self, book: Book, limits: Limits | None = None) -> None:
        self.book, self.limits = book, limits or Limits()
        self.throttle = Throttle(self.limits.pace)
        self.pending: dict[Door, str] = {}
        self.guests: set[Door] = set()
        self._asking: Executor = ThreadPoolExecutor(1, thread_name_prefix="sftp-book")

    async def ask(self, what: Callable[..., T], *told: Any) -> T:
        """A question to the database, in the one thread that asks it."""
        return await asyncio.get_running_loop().run_in_executor(self._asking, what, *told)

    def tell(self, what: Callable[..., None], *told: Any) -> None:
        """As ``ask``, for what nobody waits for."""
        with suppress(RuntimeError):  # the server stops
            self._asking.submit(_told, what, *told)

    def takes(self, door: Door) -> bool:
        """Whether there is room for one more at the door."""
        place = place_of(door.address)
        of_address = sum(1 for other in self.pending.values() if other == place)
        if len(self.pending) >= self.limits.pending or of_address >= self.limits.pending_of_address:
            return False
        self.pending[door] = place
        return True

    def lets_in(self, door: Door) -> bool:
        """Whether there is room for one more inside."""
        of_partner = sum(1 for other in self.guests if other.user == door.user)
        if len(self.guests) >= self.limits.guests or of_partner >= self.limits.of_partner:
            return False
        self.guests.add(door)
        return True

    async def watch(self) -> None:
        """See every second who has to go."""
        looked = time.monotonic()
        while True:
            await asyncio.sleep(self.limits.tick)
            now = time.monotonic()
            try:
                self._see_off(now)
                if self.guests and now - looked >= self.limits.recheck:
                    looked = now
                    await self._look_again()
            except Exception:
                log.exception("The look at who is in broke; the next one follows.")

    def _see_off(self, now: float) -> None:
        for door in list(self.guests):
            if now - door.seen > self.limits.idle or door.unsent() > MOST_UNSENT:
                door.leave("Nothing was asked for too long.")

    async def _look_again(self) -> None:
        try:
            standing = await self.ask(self.book.standing, {door.user for door in self.guests})
        except Exception as error:
            log.warning("Nobody can tell for now who may be in: %s", type(error).__name__)
            return
        for door in list(self.guests):
            found = standing.get(door.user)
            if found is None or door.key not in found.keys:
                log.info("%s may no longer be in and was sent away.", door.user)
                door.leave("You may no longer be here.")

    def close(self) -> None:
        """Send everybody away."""
        for door in [*self.pending, *self.guests]:
            door.leave("The server stops.")
        self._asking.shutdown(wait=False)


class Door(asyncssh.SSHServer):
    """One connection, from its first byte to its last."""

    def __init__(self, hall: Hall) -> None:
        self.hall, self.limits = hall, hall.limits
        self.conn: Any = None
        self.address = self.user = ""
        self.partner: Partner | None = None
        self.key = b""
        self.jail: Any = None
        self.seen = time.monotonic()
        self._users: set[str] = set()
        self._keys = self._sessions = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.conn = conn
        self.address = str((conn.get_extra_info("peername") or ("",))[0])
        if not self.hall.takes(self):
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.hall.pending.pop(self, None) is not None and self._users:
            self._failed()
        self.hall.guests.discard(self)

    async def begin_auth(self, username: str) -> bool:
        """Somebody says who it is: it waits for as long as others failed before it, then the partner is looked up."""
        if self._users:
            self._failed()
        self._users.add(username)
        if len(self._users) > self.limits.users:
            self.leave("Too many names.")
            return True
        self.user, self.partner = username, None
        with _deaf(self.conn):
            await asyncio.sleep(self.hall.throttle.wait(self.address, username, time.monotonic()))
            try:
                self.partner = await self.hall.ask(self.hall.book.find, username)
            except Exception as error:
                log.error("Nobody can tell who may come in: %s", type(error).__name__)
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Whether this key opens. The signature is asyncssh's to see through."""
        self._keys += 1
        if self._keys > self.limits.keys:
            self.leave("Too many keys.")
            return False
        self.key = key.public_data
        return self.partner is not None and self.partner.user == username and self.key in self.partner.keys

    async def auth_completed(self) -> None:
        """It is in, if there is room."""
        self.hall.pending.pop(self, None)
        partner = self.partner
        if partner is None or not self.hall.lets_in(self):
            self.leave("Too many connections.")
            return
        self.hall.throttle.succeeded(self.address, self.user)
        self.jail = Jail(partner.root, partner.quota)
        try:
            self.jail.ensure()
        except OSError as error:
            log.error("The folder of %s cannot be made: %s", self.user, error.strerror)
            self.leave("The server has no place for files just now.")
            return
        self.touch()
        print_ = fingerprint(self.key)
        log.info("%s signed in from %s with %s", self.user, self.address, print_)
        self.hall.tell(self.hall.book.signed_in, self.user, self.address, print_)

    def session_requested(self) -> Any:
        """A session for files, unless it has some already."""
        self._sessions += 1
        if self.jail is None or self._sessions > self.limits.sessions:
            return False
        return self.conn.create_server_channel(encoding=None), Session(self)

    def touch(self) -> None:
        """It asked something just now."""
        self.seen = time.monotonic()

    def unsent(self) -> int:
        """Bytes it was sent and has not taken."""
        transport = getattr(self.conn, "_transport", None)
        return 0 if transport is None else int(transport.get_write_buffer_size())

    def leave(self, reason: str) -> None:
        """Send it away, now: a connection that takes nothing more is not waited for."""
        with suppress(Exception):
            self.conn.disconnect(asyncssh.DISC_BY_APPLICATION, reason)
        with suppress(Exception):
            self.conn.abort()

    def _failed(self) -> None:
        known = self.user if self.partner is not None else ""
        count = self.hall.throttle.failed(self.address, self.user, time.monotonic())
        log.info("A login was refused: %s at %s, %d of late", known or "an unknown user", self.address, count)
        self.hall.tell(self.hall.book.refused, known, self.address, count)


def _told(what: Callable[..., None], *told: Any) -> None:
    try:
        what(*told)
    except Exception as error:
        log.warning("The audit could not be told: %s", type(error).__name__)


@contextmanager
def _deaf(conn: Any) -> Iterator[None]:
    """Nothing is read from a connection meanwhile: while asyncssh waits for an answer of ours it keeps whatever comes,
    without end."""
    transport = getattr(conn, "_transport", None)
    try:
        if transport is not None:
            transport.pause_reading()
        yield
    finally:
        with suppress(Exception):
            if transport is not None:
                transport.resume_reading()


async def listen(hall: Hall, host: str, port: int, host_key: str) -> asyncssh.SSHAcceptor:
    """Open the door. Nothing of the machine's own SSH settings is read. Raises OSError when the port is taken."""
    logging.getLogger("asyncssh").setLevel(logging.WARNING)
    return await asyncssh.listen(
        host,
        port,
        server_factory=lambda: Door(hall),
        server_host_keys=[asyncssh.import_private_key(host_key)],
        server_version="Purveyor",
        config=None,
        x509_trusted_certs=None,
        authorized_client_keys=None,
        password_auth=False,
        kbdint_auth=False,
        host_based_auth=False,
        gss_host=None,
        gss_kex=False,
        gss_auth=False,
        allow_pty=False,
        agent_forwarding=False,
        x11_forwarding=False,
        compression_algs=None,
        allow_scp=False,
        login_timeout=hall.limits.login,
        keepalive_interval=30,
        keepalive_count_max=3,
        encoding=None,
    )
