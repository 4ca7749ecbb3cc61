"""The people alerts are for, as far as this package has to know them. ``people`` stands behind it and registers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may come in. ``name`` is what they sign in with, ``language`` what to speak to them."""

    key: int
    name: str
    title: str
    email: str
    language: str


class Directory(Protocol):
    """What is asked about people. Those who are shut out are never among the answers."""

    def named(self, name: str) -> Person | None: ...

    def of(self, keys: Collection[int]) -> list[Person]: ...

    def in_role(self, role: str, profile_id: int | None) -> list[Person]: ...

    def who_may(self, permission: str, profile_id: int | None) -> list[Person]: ...

    def roles(self) -> list[str]: ...


_directory: list[Directory] = []


def use(directory: Directory) -> None:
    """Answer from this directory from now on."""
    _directory[:] = [directory]


def people() -> Directory:
    """The directory. Raises RuntimeError where nobody registered one."""
    if not _directory:
        raise RuntimeError("nobody registered a directory of people")
    return _directory[0]
