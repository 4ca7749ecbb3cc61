"""The keys that seal secrets."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command


@click.group()
def keys() -> None:
    """The keys that seal secrets."""


@keys.command("check", cls=Command, tables=False, show=lambda a: "The key file opens what is stored.")
def check() -> dict[str, Any]:
    """Say whether the key file is the one the stored secrets were sealed with. Without it nothing starts."""
    from purveyor.vault.lost import require_keys

    require_keys()
    return {"ok": True}


@keys.command("rotate", cls=Command, show=lambda a: f"{a['resealed']} values sealed with a new key; the old is gone.")
def rotate() -> dict[str, Any]:
    """Seal everything with a new key and drop the old one. May be interrupted and run again."""
    from purveyor.people.who import Who
    from purveyor.profiles.domain.keys import rotate_keys

    return {"resealed": rotate_keys(Who.cli())}


@keys.command("forget", cls=Command, show=lambda a: f"{a['forgotten']} sealed values were given up.")
@click.option("--yes", is_flag=True, required=True, help="Say that the key file is lost for good.")
def forget(yes: bool) -> dict[str, Any]:
    """Give up every sealed value, when the key file is lost for good: then secrets can be stored again.

    Second factors stay on and open with recovery codes; whoever has none left asks an administrator.
    """
    from purveyor.people.who import Who
    from purveyor.profiles.domain.keys import forget_secrets

    return {"forgotten": forget_secrets(Who.cli())}
