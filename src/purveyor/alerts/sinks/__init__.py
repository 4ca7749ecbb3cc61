"""Where a route can tell: one file each, all in one table. The next one is a copy of its neighbour and a line here."""

from __future__ import annotations

from typing import Protocol

from purveyor.alerts.deliver import Said
from purveyor.alerts.directory import Person
from purveyor.alerts.message import Message
from purveyor.alerts.models import Route
from purveyor.alerts.sinks import chat, mail, webhook


class Sink(Protocol):
    """``send`` says what came of it and raises nothing; call it outside of transactions."""

    @property
    def TITLE(self) -> object: ...

    def send(self, route: Route, person: Person | None, message: Message) -> Said: ...


SINKS: dict[str, Sink] = {"mail": mail, "webhook": webhook, "chat": chat}
