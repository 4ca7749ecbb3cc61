"""The ways files come in and go out by themselves: one module each, known here by name.

A way knows no database: what it needs stands in a ``Place``. ``reach`` opens it for one look (a connection, a folder)
and answers a ``Reach``, which is used by one worker at a time. Whatever cannot be done for the moment is told by
``Unreachable``; what became of one file alone by ``Gone`` and ``Changed``. Names are those of ``channels.names``:
plain names, never paths; where a file is to lie afterwards is told as ``done/NAME`` or ``error/NAME``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.translation import gettext as _

from purveyor.common.errors import NotFound, PurveyorError, Remedy
from purveyor.profiles.doctor.report import Check

REPORT = ".report.csv"
"""What the name of a report ends in, behind the whole name of its file."""


class Unreachable(PurveyorError):
    """The way leads nowhere just now: the whole of it, not one file. ``message`` says why, ``hint`` what to do."""

    code = "channel-unreachable"
    remedy = Remedy.MEND_SETTINGS
    at_once = False
    """Whether people are told at once, because it does not mend itself."""


class Gone(PurveyorError):
    """The file is no longer there: whoever brought it took it away."""

    code = "file-gone"
    remedy = Remedy.WAIT


class Changed(PurveyorError):
    """The file is no longer as it was seen: whoever brings it is still writing it."""

    code = "file-changed"
    remedy = Remedy.WAIT


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it lies there. ``stamp`` (nanoseconds) is compared with another of the same way, and nothing else.

    What is not ``plain`` (a link, a device, a pipe) is shown and never opened.
    """

    name: str
    size: int
    stamp: int
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A channel as its way needs it: its name, and ``options`` and ``secrets`` by the names of the way's fields."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    outgoing: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to say when a channel of this way is set up. A ``secret`` one is sealed and never shown again.

    ``kind`` is text, long (several lines), number or choice (one of ``choices``); ``default`` is text as one would
    write it.
    """

    name: str
    label: Any
    help: Any = ""
    kind: str = "text"
    needed: bool = False
    secret: bool = False
    default: str = ""
    choices: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Tested:
    """What a test of the connection tried. ``learned`` are values of fields it found out, such as a host's key, which
    a person may take over by setting them."""

    checks: Sequence[Check]
    learned: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return all(check.ok is not False for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        return {"ok": self.ok, "checks": [check.as_dict() for check in self.checks], "learned": dict(self.learned)}


class Reach(Protocol):
    """An open way. Every method may raise Unreachable."""

    def list(self) -> list[Seen]:
        """Everything that lies there, oldest first; no folders, and nothing ``names.waits`` tells to wait for."""

    def fetch(self, seen: Seen) -> Iterator[bytes]:
        """The bytes of a plain file, piece by piece. Raises Gone; and Changed, at the end at the latest, where it is
        not (or no longer) as it was seen, so that what was read so far is thrown away."""

    def has(self, where: str) -> bool:
        """Whether anything lies at ``done/NAME`` or ``error/NAME``."""

    def file_away(self, seen: Seen, where: str, report: bytes) -> bool:
        """Move a file to ``done/NAME`` or ``error/NAME``, and write the report beside it, as ``where`` + ``REPORT``.

        May be called again after a crash in the middle: what lies at ``where`` already is our file, and what lies at
        its old name is another. A file that is not as it was seen stays, and so does one that came in its place.
        Answers whether the file lies at ``where`` now. The report is written whatever it answers.
        """

    def put(self, name: str, data: bytes) -> None:
        """Lay a file there, all at once: under a name that waits, then renamed. Over one of the same name."""


class Way(Protocol):
    """One kind of way; ``name`` is the one of ``Channel.Way``. A channel is looked at every ``every`` seconds."""

    name: str
    label: Any
    every: float
    fields: tuple[Field, ...]
    leads: tuple[str, ...]
    """Options that say where a secret is shown: with others the stored one is not used."""
    shared: tuple[str, ...]
    """Options two profiles' channels may not have in common, whichever way their files go."""

    def settle(self, place: Place) -> dict[str, Any]:
        """The options, tidied, before a channel is stored. Raises Refused with every problem and its field; changes
        nothing anywhere."""

    def spot(self, place: Place) -> tuple[Any, ...]:
        """What no two channels may share: they would take each other's files. Of settled options."""

    def facts(self, place: Place) -> list[tuple[Any, str]]:
        """What its page tells beside its fields, each with a label."""

    def prepare(self, place: Place) -> None:
        """Make what a channel needs on our side once it is stored, such as its folder. Raises Refused, Unreachable."""

    def reach(self, place: Place) -> AbstractContextManager[Reach]:
        """The way, open. Raises Unreachable."""

    def test(self, place: Place) -> Tested:
        """Try everything a channel will do, and take back what was left by it. Never raises Unreachable."""


_ways: dict[str, Way] = {}


def register(way: Way) -> None:
    """Make a way known. Raises ValueError when the name is taken by another."""
    if _ways.setdefault(way.name, way) is not way:
        raise ValueError(f"there is a way named {way.name} already")


def ways() -> list[Way]:
    """Every way there is, in the order of registration."""
    return list(_ways.values())


def find(name: str) -> Way:
    """The way of a name. Raises NotFound, which names those there are."""
    found = _ways.get(name)
    if found is None:
        raise NotFound(_("There is no way %(name)s; there are %(names)s.") % {"name": name, "names": ", ".join(_ways)})
    return found
