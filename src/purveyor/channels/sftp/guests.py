"""Who may come in to the hub's own SFTP server, and whom the server asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from purveyor.channels.sftp.jail import Quota


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody who may come in: with which keys (as SSH sends them), and where."""

    user: str
    keys: frozenset[bytes]
    root: Path
    quota: Quota = field(default_factory=Quota)


class Book(Protocol):
    """What the server asks of the database. Every method may take its time, and may raise."""

    def find(self, user: str) -> Partner | None:
        """The partner of this name who may come in."""

    def standing(self, users: Collection[str]) -> Mapping[str, Partner]:
        """Those of these who may still be in."""

    def signed_in(self, user: str, address: str, print_: str) -> None:
        """Tell the audit."""

    def refused(self, user: str, address: str, count: int) -> None:
        """Tell the audit; ``user`` is blank unless there is one of this name."""
