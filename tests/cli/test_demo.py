"""The demo, before it starts anything."""

from __future__ import annotations

import pytest

from purveyor.cli.demo import _port
from purveyor.cli.up import free
from purveyor.common.errors import Misconfigured

pytestmark = pytest.mark.unit


def test_hub_and_stand_in_never_share_a_port() -> None:
    port = next(p for p in range(20_000, 21_000) if free("127.0.0.1", p))
    assert _port(port, 8000) == port
    with pytest.raises(Misconfigured, match=f"port {port} is taken; choose another"):
        _port(port, 8100, taken=port)
    assert _port(None, port, taken=port) > port
