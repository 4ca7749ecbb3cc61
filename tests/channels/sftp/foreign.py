"""Others' SFTP servers on loopback: a decent one, and such as mean no good."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from channels.sftp.hosting import KEY, done
from purveyor.channels.ways import Place
from purveyor.channels.ways.sftp import KEPT_LINKS, SFTP

PASSWORD = "obviously-fake"
HOST_KEY, OTHER_HOST_KEY = (asyncssh.generate_private_key("ssh-ed25519") for _n in range(2))


class Chroot(asyncssh.SFTPServer):
    """asyncssh's own files, below one folder."""

    root = ""

    def __init__(self, chan: Any) -> None:
        super().__init__(chan, chroot=self.root.encode())


@dataclass
class Server:
    """A server of others, and who came to it: the names that were said, in order."""

    root: Path
    port: int = 0
    said: list[str] = field(default_factory=list)

    def place(self, *, outgoing: bool = False, secret: str = PASSWORD, **options: Any) -> Place:
        """A channel that leads to it, with its key confirmed unless another is given."""
        usual = {
            "host": "127.0.0.1",
            "port": str(self.port),
            "user": "hub",
            "folder": "",
            "host_key": line_of(HOST_KEY),
        }
        given = {"secret": secret}
        return Place("wms", SFTP.settle(Place("wms", usual | options, given)), given, outgoing)


def line_of(key: asyncssh.SSHKey) -> str:
    return key.export_public_key().decode().strip()


@contextlib.contextmanager
def server(
    root: Path,
    files: type[asyncssh.SFTPServer] = Chroot,
    host_keys: Any = (HOST_KEY,),
    port: int = 0,
    asks: bool = False,
) -> Iterator[Server]:
    """A server that takes user ``hub`` by PASSWORD or KEY; one that ``asks`` wants the password as an answer."""
    root.mkdir(exist_ok=True)
    made = Server(root, port)

    class Door(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            made.said.append(username)
            return True

        def password_auth_supported(self) -> bool:
            return not asks

        def kbdint_auth_supported(self) -> bool:
            return asks

        def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
            return "", "", "", [("Password: ", False)]

        def validate_kbdint_response(self, username: str, responses: Any) -> bool:
            return (username, list(responses)) == ("hub", [PASSWORD])

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == ("hub", PASSWORD)

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
            return username == "hub" and key.public_data == KEY.public_data

    shown = type(files.__name__, (files,), {"root": str(root)})
    conns: set[Any] = set()

    async def opened() -> Any:
        return await asyncssh.listen(
            "127.0.0.1",
            made.port,
            server_factory=Door,
            server_host_keys=list(host_keys),
            sftp_factory=shown,
            config=None,
            acceptor=conns.add,
        )

    async def closed() -> None:
        door.close()
        for conn in conns:
            conn.abort()

    door = done(opened())
    made.port = door.get_port()
    try:
        yield made
    finally:
        KEPT_LINKS.forget()
        done(closed())


def endless(make: Callable[[int], asyncssh.SFTPName]) -> type[asyncssh.SFTPServer]:
    """A server whose folders never end."""

    class Endless(Chroot):
        async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
            number = 0
            while True:
                number += 1
                yield make(number)

    return Endless
