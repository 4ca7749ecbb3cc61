"""One call of the API, once the token has been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.wrappers import Request

from purveyor.simulator.accounts import Account
from purveyor.simulator.book import Book
from purveyor.simulator.faults import Hit
from purveyor.simulator.spapi.parameters import Args
from purveyor.simulator.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks for what. ``path`` holds the parameters of the address; ``hit`` is the fault that befalls it."""

    world: World
    account: Account
    request: Request
    path: Mapping[str, str]
    hit: Hit | None = None

    @property
    def args(self) -> Args:
        return self.request.args

    @property
    def book(self) -> Book:
        return self.world.book(self.account.group)
