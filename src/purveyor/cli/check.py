"""Look over the installation."""

from __future__ import annotations

from typing import Any

import click

from purveyor.cli.door import Command


def _show(answer: dict[str, Any]) -> str:
    lines = [f"{f['level']:7} {f['id']}  {f['sentence']}\n         {f['hint']}" for f in answer["findings"]]
    options = [f"  {o['name']} = {o['value']}" for o in answer["options"]]
    if answer["sftp"]["port"]:
        known = answer["sftp"]["fingerprint"] or "a key that is made at its first start"
        lines.append("SFTP on {host}, port {port}, known by ".format(**answer["sftp"]) + known)
    verdict = "All is well." if answer["ok"] else "Something wants mending."
    return "\n".join(["Options in force:", *options, "", *lines, verdict])


@click.command(cls=Command, show=_show, tables=False)
def check() -> dict[str, Any]:
    """Check the installation; every finding comes with a hint. Lists the options in force, never a secret."""
    from purveyor.config.checks import findings

    found = findings()
    return {
        "ok": not any(f.level == "error" for f in found),
        "findings": [{"id": f.id, "level": f.level, "sentence": f.sentence, "hint": f.hint} for f in found],
        "options": _options(),
        "sftp": _sftp(),
    }


def _sftp() -> dict[str, Any]:
    """Where the hub's own SFTP server listens and how it is recognised; ``port`` is 0 while it is switched off."""
    from purveyor.channels.sftp import hostkey
    from purveyor.common.errors import Misconfigured
    from purveyor.config.options import option

    try:
        met = hostkey.public()
    except Misconfigured:
        met = None  # a finding says why
    return {
        "host": option("PURVEYOR_SFTP_HOST"),
        "port": option("PURVEYOR_SFTP_PORT") or 0,
        "fingerprint": met.fingerprint if met else "",
        "host_key": met.line if met else "",
    }


def _options() -> list[dict[str, str]]:
    """The options in force; a secret one only says whether it is set."""
    from purveyor.config.options import OPTIONS, option

    values = {o.name: option(o.name) for o in OPTIONS}
    shown = {o.name: ("set" if values[o.name] else "not set") if o.secret else values[o.name] for o in OPTIONS}
    return [{"name": name, "value": "" if value is None else str(value)} for name, value in shown.items()]
