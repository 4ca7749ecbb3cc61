"""The command line as a process of its own, with a home and a database of its own, against a served stand-in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from purveyor.simulator.accounts import Account
from purveyor.simulator.server import Server


def environ(home: Path, **options: str) -> dict[str, str]:
    """The environment of such a process: none of the test's own options."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PURVEYOR_", "DJANGO_"))}
    return kept | {"PURVEYOR_HOME": str(home)} | options


@dataclass
class Shell:
    """``shell("order", "list")`` answers the process; ``shell.json(...)`` its answer, after a good end."""

    home: Path
    options: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, stdin: Any = None) -> subprocess.CompletedProcess[str]:
        given = stdin if stdin is None or isinstance(stdin, str) else json.dumps(stdin)
        return subprocess.run(
            [sys.executable, "-m", "purveyor", *arguments],
            env=environ(self.home, **self.options),
            input=given if given is not None else "",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def json(self, *arguments: str, stdin: Any = None) -> Any:
        done = self(*arguments, "--json", stdin=stdin)
        assert done.returncode == 0, (done.stdout, done.stderr)
        return json.loads(done.stdout)

    def connect(self, served: Server, account: Account, visibility: int = 2) -> None:
        """A profile ``acme`` at a served stand-in."""
        codes = [word for code in account.vendor_codes for word in ("--vendor-code", code)]
        where = ["--endpoint", served.address, "--login-url", served.login_url, "--visibility", str(visibility)]
        who = ["--marketplace", account.marketplace, "--client-id", account.client_id]
        secrets = {"client_secret": account.client_secret, "refresh_token": account.refresh_token}
        self.json("profile", "add", "acme", *who, *codes, *where, "--secrets-stdin", stdin=secrets)
