"""The tree of commands. ``purveyor --help`` lists them; each answers ``--json`` and exits 0, 1 or 2."""

from __future__ import annotations

import os

import click

from purveyor import __version__
from purveyor.cli.door import Root

COMMANDS = {
    "up": "up:up",
    "web": "up:web",
    "worker": "up:worker",
    "sftp": "sftp:sftp",
    "migrate": "up:migrate",
    "demo": "demo:demo",
    "simulator": "simulator:simulator",
    "profile": "profile_more:profile",
    "setting": "settings:setting",
    "sync": "sync:sync",
    "today": "today:today",
    "search": "search:search",
    "figures": "figures:figures",
    "run": "runs:run",
    "aside": "asides:aside",
    "order": "order_type:order",
    "offer": "offer_more:offer",
    "pick": "pick:pick",
    "view": "views:view",
    "outbox": "outbox:outbox",
    "product": "product_more:product",
    "pack": "packings:pack",
    "file": "files:file",
    "channel": "channels:channel",
    "alert": "alerts:alert",
    "center": "centers:center",
    "route": "routes:route",
    "webhook": "webhooks:webhook",
    "user": "people:user",
    "token": "people:token",
    "keys": "keys:keys",
    "audit": "audit:audit",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "check": "check:check",
}


@click.group(cls=Root, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="purveyor")
def cli() -> None:
    """Purveyor: the open, self-hosted hub for Amazon vendors."""


def main() -> None:
    """Run the command line of this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purveyor.config.settings")
    cli.main(prog_name="purveyor")
