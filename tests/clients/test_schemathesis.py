"""Schemathesis makes up requests from our own description and looks whether the real server keeps to it.

It lives in an environment of its own: ``scripts/client-env`` makes it.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cli.shell import Shell, free_port, ready, running, stopped
from purveyor.people.permissions import PERMISSIONS
from purveyor.simulator.server import serve
from purveyor.simulator.world import World

PROGRAM = Path(__file__).resolve().parents[2] / ".venv-schemathesis" / "bin" / "schemathesis"
CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"),
    *("response_headers_conformance", "ignored_auth", "missing_required_header"),
)
# They would take the token away, or the profile everything hangs on.
LEFT_OUT = ("people_revoke", "profiles_remove")

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(not PROGRAM.exists(), reason="SCHEMATHESIS IS NOT AT HAND: run scripts/client-env"),
]


def test_server_keeps_to_its_description(tmp_path: Path) -> None:
    shell, port, world = Shell(tmp_path / "home"), free_port(), World(scenario="quiet")
    for _each in range(5):
        world.place(lines=2)
    with serve(world) as served:
        shell.connect(served, world.account)
        shell.json("sync", "acme", "--sweep", "new")
        shell.json("user", "add", "root", "--role", "administrator", "--password-stdin", stdin="an obviously fake one")
        scopes = [word for name in PERMISSIONS for word in ("--scope", name)]
        token = shell.json("token", "add", "erp", *scopes)["token"]
        with running(shell.home, "web", "--port", str(port)) as process:
            ready(port)
            done = subprocess.run(_command(port, token), capture_output=True, text=True, cwd=tmp_path, check=False)
            assert (done.returncode, process.poll()) == (0, None), done.stdout[-6000:]
            assert stopped(process)[1] == []
    world.close()


def _command(port: int, token: str) -> list[str]:
    return [
        *(str(PROGRAM), "run", f"http://127.0.0.1:{port}/api/v1/openapi.json", "--no-color", "--seed", "1"),
        *("--header", f"Authorization: Bearer {token}", "--phases", "examples,coverage,fuzzing", "-n", "10"),
        *("--checks", ",".join(CHECKS)),
        *(word for name in LEFT_OUT for word in ("--exclude-operation-id", name)),
    ]
