"""A pretended Amazon plugged in by its address, and profiles that talk to it. Registered by ``tests/conftest.py``.

def test_something(plugged: World, profile: Profile) -> None:
    plugged.place(lines=2)
    client_for(profile)     # talks to the world, without sockets
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from purveyor.amazon.transport import WsgiTransport
from purveyor.people.who import Who
from purveyor.profiles import clients
from purveyor.profiles.domain import add_profile
from purveyor.profiles.models import Profile
from purveyor.simulator.accounts import Account
from purveyor.simulator.world import World

SIMULATOR = "http://127.0.0.1:9"
"""Where the world is plugged in: this machine, so that the rules for addresses hold; nothing listens there."""
LOGIN_URL = f"{SIMULATOR}/auth/o2/token"

CLIENT_ID = "amzn1.application-oa2-client." + "0123456789abcdef" * 2
CLIENT_SECRET = "amzn1.oa2-cs.v1." + "feedfacecafebeef" * 4
REFRESH_TOKEN = "Atzr|an-obviously-fake-refresh-token-for-tests"

ROOT = Who.cli()


def facts(**other: Any) -> dict[str, Any]:
    """Everything ``add_profile`` wants, for a simulator at ``SIMULATOR``; obviously fake."""
    return {
        "name": "acme-de",
        "marketplace": "DE",
        "vendor_codes": ["ACME1"],
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
        "environment": "simulator",
        "endpoint": SIMULATOR,
        "login_url": LOGIN_URL,
    } | other


def connect(account: Account, name: str = "acme-de", **other: Any) -> Profile:
    """A profile connected to an account of the plugged world."""
    given = facts(
        name=name,
        marketplace=account.marketplace,
        vendor_codes=list(account.vendor_codes),
        client_id=account.client_id,
        client_secret=account.client_secret,
        refresh_token=account.refresh_token,
    )
    return add_profile(ROOT, **(given | other))


@pytest.fixture
def world(held_clock: datetime) -> Iterator[World]:
    """A pretended Amazon that places nothing by itself, on the held clock."""
    found = World(scenario="quiet", secrets_from_seed=True)
    yield found
    found.close()


@pytest.fixture
def plug_in() -> Iterator[Callable[[World], World]]:
    """Plug any world in at ``SIMULATOR``."""
    from purveyor.simulator.app import create_app

    def plug(found: World) -> World:
        clients.plug(SIMULATOR, WsgiTransport(create_app(found)))
        return found

    yield plug
    clients.unplug(SIMULATOR)


@pytest.fixture
def plugged(world: World, plug_in: Callable[[World], World]) -> World:
    """The world, plugged in."""
    return plug_in(world)


@pytest.fixture
def profile(db: None, plugged: World) -> Profile:
    """A profile connected to the world's first account; it sends."""
    return connect(plugged.accounts[0])
