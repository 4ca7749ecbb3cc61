"""The doors write nothing themselves: what changes rows stands in verbs, which ask who it is. Read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import purveyor

ROOT = Path(purveyor.__file__).parent
DOORS = ("web", "api", "cli")
WRITES = frozenset(
    [
        "save",
        "update",
        "create",
        "delete",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
        "aupdate",
        "acreate",
        "adelete",
    ]
)
WHO = frozenset({"who", "caller", "who(request)", "who_of(request)", "Who.cli()"})
# What writes in a door, and why it may. Everything else asks a verb.
LISTED = {
    ("api/idempotency.py", "delete"): "an answer kept for a repeated request is the API's own, and no fact of the hub",
    ("api/idempotency.py", "create"): "likewise",
    ("api/idempotency.py", "update"): "likewise",
    ("cli/backup.py", "delete"): "after a restore nobody is signed in; the operator owns the files",
    ("web/pages/wizard.py", "update"): "attributes of a form's field",
}


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _files() -> list[Path]:
    return sorted(path for door in DOORS for path in (ROOT / door).rglob("*.py") if "migrations" not in path.parts)


def _writes(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    calls = [(call, call.func) for call in _calls(tree) if isinstance(call.func, ast.Attribute)]
    return {name.attr for call, name in calls if name.attr in WRITES and not (_is_router(name) or _is_verb(call))}


def _is_verb(call: ast.Call) -> bool:
    """What is told who asks is a verb (``views.save(who, …)``): rows are never told."""
    return bool(call.args) and ast.unparse(call.args[0]) in WHO


def _is_router(attribute: ast.Attribute) -> bool:
    """``router.delete("/…")`` names a method of HTTP."""
    return isinstance(attribute.value, ast.Name) and attribute.value.id == "router"


def test_doors_write_only_what_is_listed() -> None:
    found = {(str(path.relative_to(ROOT)), name) for path in _files() for name in _writes(path)}
    assert found == set(LISTED)


def test_a_write_in_a_door_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "door.py").write_text("User.objects.filter(pk=1).update(is_active=False)\nrouter.delete('/x')\n")
    assert _writes(tmp_path / "door.py") == {"update"}


def _verbs_called(tree: ast.AST) -> dict[str, ast.Call]:
    """What a function of the command line imports from where the verbs are, and calls."""
    verbs = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and ".domain" in node.module
        for alias in node.names
    }
    return {call.func.id: call for call in _calls(tree) if isinstance(call.func, ast.Name) and call.func.id in verbs}


# Names of the operator in the modules of the command line; a ``loading`` carries who loads.
OPERATOR = frozenset({"who", "operator", "_me()", "me()", "loading"})


def _speaks_for_the_operator(call: ast.Call) -> bool:
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any("cli()" in ast.unparse(value) or ast.unparse(value) in OPERATOR for value in values)


# These ask nobody: they find or read, or stand before there is anybody.
ASK_NOBODY = frozenset(
    [
        "find_user",
        "parse_answers",
        "setup_is_open",
        "new_setup_code",
        "known",
        "proposal",
        "board_of",
        "Given",
        "judge",
        "moment",
    ]
)


@pytest.mark.parametrize("path", sorted((ROOT / "cli").glob("*.py")), ids=lambda path: path.stem)
def test_commands_call_verbs_as_the_operator(path: Path) -> None:
    called = _verbs_called(ast.parse(path.read_text()))
    nameless = {name for name, call in called.items() if not _speaks_for_the_operator(call)} - ASK_NOBODY
    assert nameless == set()


def test_verbs_of_the_command_line_are_found() -> None:
    """The twin: there are such calls, so the test above looks at something."""
    called = _verbs_called(ast.parse((ROOT / "cli" / "people.py").read_text()))
    assert {"add_user", "grant", "take_back", "deactivate", "make_token", "revoke"} <= set(called)
