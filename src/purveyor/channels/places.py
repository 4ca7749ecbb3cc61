"""A channel as its way needs it: its options, and its secrets out of the vault."""

from __future__ import annotations

import json
from collections.abc import Mapping

from purveyor.channels import ways
from purveyor.channels.models import Channel
from purveyor.vault import sealing


def place_of(channel: Channel, secrets: Mapping[str, str] | None = None) -> ways.Place:
    """The place of a channel, stored or not yet; ``secrets`` are others than those it has. Raises Misconfigured where
    these cannot be opened."""
    kept = secrets_of(channel) | {name: value for name, value in (secrets or {}).items() if value}
    return ways.Place(channel.name, channel.options, kept, channel.outgoing)


def secrets_of(channel: Channel) -> dict[str, str]:
    """The secrets by the names of their fields. Never to be shown. Raises Misconfigured."""
    if channel.sealed is None:
        return {}
    return {str(name): str(value) for name, value in json.loads(sealing.unseal_row(channel)).items()}


def sealed(secrets: Mapping[str, str]) -> bytes | None:
    """The secrets as they are stored; None for none. In the transaction that stores them."""
    return sealing.seal(json.dumps(dict(secrets)).encode()) if secrets else None
