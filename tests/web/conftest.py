"""A hub with a cast, a plugged Amazon, and browsers of its people (Django's test client, no sockets)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cast import Cast, make_cast
from deliver import placed
from purveyor.orders.models import Order
from purveyor.people.models import User
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

from .wellformed import faults

Browser = Callable[[User], Client]


@pytest.fixture
def cast(profile: Profile) -> Cast:
    """Everybody, on the connected profile; the stranger on another one."""
    return make_cast(profile)


class Strict(Client):
    """A browser that takes no page whose elements are not closed in order."""

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        if not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html"):
            assert faults(answer.content.decode()) == [], request.get("PATH_INFO")
        return answer


@pytest.fixture
def browser() -> Browser:
    """The browser of a person who signed in."""

    def sign_in(user: User) -> Client:
        client = Strict()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def anna(cast: Cast, browser: Browser) -> Client:
    """The vendor manager's browser."""
    return browser(cast.vendor_manager)


@pytest.fixture
def root(cast: Cast, browser: Browser) -> Client:
    """The administrator's browser."""
    return browser(cast.administrator)


@pytest.fixture
def place(plugged: World, profile: Profile) -> Callable[..., Order]:
    """Places an order at the pretended Amazon and imports it."""

    def make(*lines: dict[str, Any], **more: Any) -> Order:
        return placed(plugged, profile, *lines, **more)

    return make


@pytest.fixture
def order(place: Callable[..., Order]) -> Order:
    """A new order: a line of 10 pieces, and one of 4 cases of 6."""
    return place({"amount": 10, "cost": "4.20"}, {"amount": 4, "unit": "Cases", "unit_size": 6, "cost": "2.00"})
