"""The base of every error a person or program may meet.

PurveyorError
├── Refused            a verb will not do it: each problem says what, where and how to mend it
├── Conflict           somebody or something else was faster; look again
├── NotFound           no such thing, or not for you
├── Denied             you may not
└── Misconfigured      the installation itself is wrong
(amazon.errors.AmazonError and its tree hang below PurveyorError too.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Remedy(StrEnum):
    """What helps. Work lists are sorted by it."""

    WAIT = "wait"
    MEND_DATA = "mend the data"
    MEND_SETTINGS = "mend the settings"
    ASK_AMAZON = "ask Amazon"
    TELL_DEVELOPER = "tell the developer"


class PurveyorError(Exception):
    """An error with a stable code, a sentence, and the remedy that helps.

    ``hint`` is the one next step in words. The HTTP status is chosen at the door, never here.
    """

    code = "error"
    remedy = Remedy.TELL_DEVELOPER

    def __init__(self, message: str, *, hint: str = "", remedy: Remedy | None = None, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if remedy is not None:
            self.remedy = remedy
        if code:
            self.code = code

    def as_dict(self) -> dict[str, Any]:
        """The shape every door shows (DESIGN contract): code, message, remedy, and where known hint."""
        found = {"code": self.code, "message": self.message, "remedy": str(self.remedy)}
        return found | ({"hint": self.hint} if self.hint else {})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in what was asked: ``where`` is a path such as ``lines[3].answers[0].eaches``."""

    message: str
    where: str = ""
    check: str = ""


class Refused(PurveyorError):
    """A verb refuses; nothing has changed. ``problems`` names each reason with its place and check id."""

    code = "refused"
    remedy = Remedy.MEND_DATA

    def __init__(self, message: str, problems: Sequence[Problem] = (), **more: Any) -> None:
        super().__init__(message, **more)
        self.problems = tuple(problems)

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | ({"problems": [asdict(p) for p in self.problems]} if self.problems else {})


class Ambiguous(Refused):
    """Several profiles have something of this number; ``profiles`` names them."""

    code = "ambiguous"

    def __init__(self, message: str, profiles: Sequence[str], **more: Any) -> None:
        super().__init__(message, **more)
        self.profiles = tuple(profiles)

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | {"profiles": list(self.profiles)}


class Conflict(PurveyorError):
    """The thing was no longer in the state the caller saw."""

    code = "conflict"
    remedy = Remedy.WAIT


class NotFound(PurveyorError):
    """There is no such thing, or it is not the caller's to see; the two are not told apart."""

    code = "not-found"
    remedy = Remedy.MEND_DATA


class Denied(PurveyorError):
    """The caller lacks the permission that ``message`` names."""

    code = "denied"
    remedy = Remedy.MEND_SETTINGS


class Misconfigured(PurveyorError):
    """The installation refuses to start; the message is the one clear line."""

    code = "misconfigured"
    remedy = Remedy.MEND_SETTINGS
