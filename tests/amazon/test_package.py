"""The package as others find it: its documented example, its walls, and its bench."""

from __future__ import annotations

import ast
import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import purveyor
from amazon.pretend import ORDERS, Amazon, Say, served
from purveyor import amazon

pytestmark = pytest.mark.unit

SOURCE = Path(purveyor.__file__).parent


def test_the_documented_example_runs() -> None:
    pretended = Amazon()
    states = {"1ABCDEFG": "New", "2ABCDEFG": "Acknowledged", "3ABCDEFG": "New"}
    documents = [{"purchaseOrderNumber": number, "purchaseOrderState": state} for number, state in states.items()]
    first = {"payload": {"orders": documents[:2], "pagination": {"nextToken": "t"}}}
    pretended.tell(ORDERS, Say(200, first), Say(200, {"payload": {"orders": documents[2:]}}))

    with served(pretended) as address:
        found = doctest.testmod(amazon, extraglobs={"pretended_amazon": address})

    assert (found.failed, found.attempted) == (0, 11)


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_only_the_two_doors_import_the_http_library() -> None:
    users = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if any(name.split(".")[0] in {"httpx2", "httpcore2", "httpx", "requests", "urllib3"} for name in _imports(path))
    }

    assert users - {"base/http.py"} == {"amazon/transport.py"}


def test_the_wire_is_usable_without_framework_and_database() -> None:
    code = (
        "import sys, purveyor.amazon.operations.orders, purveyor.amazon.operations.transactions;"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'django', 'ninja', 'sqlite3', 'psycopg'}))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"
