"""A real SFTP server of ours on loopback, with a book in memory, and real clients for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import asyncssh

from purveyor.channels.sftp import hostkey, line, serve
from purveyor.channels.sftp.guests import Partner
from purveyor.channels.sftp.jail import Quota
from purveyor.channels.sftp.throttle import Pace

T = TypeVar("T")
KEY, OTHER = (asyncssh.generate_private_key("ssh-ed25519") for _n in range(2))
AT_ONCE = Pace(first=0.0)
QUICK = serve.Limits(tick=0.01, recheck=0.02, pace=AT_ONCE)
WITHIN = 20.0


def done(story: Coroutine[Any, Any, T]) -> T:
    """Have it happen in the loop of the process."""
    return line.run(story, WITHIN)


@dataclass
class Pages:
    """A book in memory. What it was told is kept."""

    partners: dict[str, Partner] = field(default_factory=dict)
    told: list[tuple[Any, ...]] = field(default_factory=list)
    broken: bool = False

    def find(self, user: str) -> Partner | None:
        if self.broken:
            raise OSError("no database")
        return self.partners.get(user)

    def standing(self, users: Collection[str]) -> Mapping[str, Partner]:
        if self.broken:
            raise OSError("no database")
        return {user: self.partners[user] for user in users if user in self.partners}

    def signed_in(self, user: str, address: str, print_: str) -> None:
        self.told.append(("in", user, address, print_))

    def refused(self, user: str, address: str, count: int) -> None:
        self.told.append(("refused", user, address, count))


@dataclass
class House:
    """A server that runs, and whom it knows: ``acme`` with KEY, ``other`` with OTHER."""

    root: Path
    book: Pages
    hall: serve.Hall
    port: int = 0

    def connect(self, **given: Any) -> Any:
        """Sign in as acme, unless told otherwise."""
        usual = {"username": "acme", "client_keys": [KEY], "known_hosts": None, "config": None, "agent_path": None}
        return asyncssh.connect("127.0.0.1", self.port, **usual | {"x509_trusted_certs": None} | given)

    @contextlib.asynccontextmanager
    async def files(self, **given: Any) -> AsyncIterator[asyncssh.SFTPClient]:
        """A session for files."""
        async with self.connect(**given) as conn, conn.start_sftp_client() as sftp:
            yield sftp

    def laid(self, where: str, data: bytes = b"12") -> Path:
        """A file of acme's, laid by the hub."""
        path = self.root / "acme" / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def lies(self, user: str = "acme") -> dict[str, bytes]:
        """Everything in a partner's folder, hidden files too."""
        at = self.root / user
        return {str(p.relative_to(at)): p.read_bytes() for p in at.rglob("*") if p.is_file() and not p.is_symlink()}


@contextlib.contextmanager
def house(root: Path, limits: serve.Limits = QUICK, quota: Quota | None = None) -> Iterator[House]:
    """A server, for as long as the block lasts."""
    quota = quota or Quota()
    known = {
        user: Partner(user, frozenset([key.public_data]), root / user, quota)
        for user, key in (("acme", KEY), ("other", OTHER))
    }
    book = Pages(known)

    async def opened() -> tuple[House, Any, Any]:
        hall = serve.Hall(book, limits)
        door = await serve.listen(hall, "127.0.0.1", 0, hostkey.ensure())
        return House(root, book, hall, door.get_port()), door, asyncio.create_task(hall.watch())

    async def closed() -> None:
        watching.cancel()
        door.close()
        made.hall.close()
        # What was sent away says so to its loop; the loop of the tests goes on.
        await asyncio.sleep(0)

    made, door, watching = done(opened())
    try:
        yield made
    finally:
        done(closed())


async def until(true: Any) -> None:
    """Wait until it is so; fails where it never is."""
    async with asyncio.timeout(WITHIN / 2):
        while not true():
            await asyncio.sleep(0.005)


async def refusal(what: Any) -> str:
    """The kind of error something ends in; blank where it is allowed."""
    try:
        await what
    except (asyncssh.Error, asyncssh.ChannelOpenError, asyncssh.ChannelListenError, OSError) as error:
        return type(error).__name__
    return ""
