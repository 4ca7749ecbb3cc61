"""Pages made from code are as the code makes them now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from purveyor.cli import docs

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2] / "docs"
PAGES = {
    "states": "developer/states.md",
    "commands": "admin/commands.md",
    "errors": "developer/errors.md",
    "alerts": "admin/alerts.md",
    "events": "developer/events.md",
    "files": "admin/files.md",
}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_current(name: str) -> None:
    made = docs.PAGES[name]()
    assert (ROOT / PAGES[name]).read_text(encoding="utf-8") == made, f"python -m purveyor.cli.docs {name}"


def test_every_page_that_can_be_made_is_kept() -> None:
    assert set(docs.PAGES) == set(PAGES)


def test_states_and_commands_are_made_without_the_framework() -> None:
    asked = (
        "import sys; from purveyor.cli import docs; docs.states(); docs.commands();sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_commands_names_the_contract() -> None:
    page = docs.commands()
    wanted = [
        *("up", "web", "worker", "demo", "simulator", "sync", "backup", "restore", "check"),
        *(
            "user add",
            "token add",
            "profile add",
            "profile list",
            "profile show",
            "profile check",
            "profile secret",
            "profile send",
        ),
        *("order list", "order show", "order acknowledge", "outbox list", "outbox show", "outbox run"),
        *("keys rotate", "audit verify"),
    ]
    assert [name for name in wanted if f"\n## purveyor {name}\n" not in page] == []


def test_errors_tells_code_remedy_and_meaning_of_each() -> None:
    rows = [row.split(" | ") for row in docs.errors().splitlines() if row.startswith("| `") and row.count(" | ") == 5]
    codes = [row[0].strip("| `") for row in rows]
    assert len(codes) == len(set(codes)), "two kinds of error share a code"
    assert [row[1] for row in rows if not (row[4].strip() or row[5].strip(" |"))] == []


def test_errors_finds_codes_given_in_place() -> None:
    page = docs.errors()
    assert "| `bad-cursor` | `api.cursors` |" in page
    assert "| `still-running` | `api.idempotency` |" in page


def test_unknown_page_is_wrong_usage() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "purveyor.cli.docs", "poems"], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (
        1,
        "usage: python -m purveyor.cli.docs states|commands|errors|alerts|events|files\n",
    )
