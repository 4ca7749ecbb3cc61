"""The command line in the test's own process, against the plugged world."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from purveyor.cli.main import cli


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def run() -> Run:
    """Run a command: ``run("order", "list", "--json")``; ``stdin`` is text or something that becomes JSON."""

    def run(*arguments: str, stdin: Any = None) -> Done:
        given = stdin if stdin is None or isinstance(stdin, str) else json.dumps(stdin)
        done = CliRunner().invoke(cli, list(arguments), input=given)
        return Done(done.exit_code, done.stdout, done.stderr)

    return run
