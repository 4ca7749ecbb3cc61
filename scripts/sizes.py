"""The house's measures: how long functions and files are, and that no registry's address is in the tree."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTION_MAX, FUNCTION_P90, FUNCTION_MEDIAN = 60, 35, 10
FILE_MAX, FILE_P90, FILE_MEDIAN = 500, 350, 120
ADDRESS = re.compile(
    r"https?://[^\s\"']*(/simple/|/packages/[0-9a-f]{2}/|\.whl|/-/[^\s\"']*\.tgz|/pool/main/)|--(extra-)?index-url"
)


def tracked(*patterns: str) -> list[Path]:
    found = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in found.stdout.split() if (ROOT / name).exists()]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (
                f"{path.relative_to(ROOT)}:{node.lineno} {node.name}",
                (node.end_lineno or node.lineno) - node.lineno + 1,
            )


def p90(values: list[int]) -> float:
    return statistics.quantiles(values, n=10)[-1] if len(values) > 1 else 0


def problems() -> Iterator[str]:
    sources = [p for p in tracked("src/*.py") if "migrations" not in p.parts]
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in sources}
    for path, count in lengths.items():
        if count > FILE_MAX:
            yield f"{path.relative_to(ROOT)} has {count} lines (at most {FILE_MAX}): split by noun or verb"
    sizes = dict(item for path in sources for item in functions(path))
    yield from (f"{name} has {n} lines (at most {FUNCTION_MAX})" for name, n in sizes.items() if n > FUNCTION_MAX)
    measures = [
        ("function median", statistics.median(sizes.values()), FUNCTION_MEDIAN),
        ("function p90", p90(list(sizes.values())), FUNCTION_P90),
        ("file median", statistics.median(lengths.values()), FILE_MEDIAN),
        ("file p90", p90(list(lengths.values())), FILE_P90),
    ]
    yield from (
        f"{name} is {value:.0f}, the house wants at most {most}" for name, value, most in measures if value > most
    )
    for path in tracked("requirements", "pyproject.toml", "Makefile", "*.json", "*.md", "scripts"):
        if path.name != "sizes.py" and ADDRESS.search(path.read_text(encoding="utf-8", errors="replace")):
            yield f"{path.relative_to(ROOT)} names a registry's address"


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found), end="\n" if found else "")
    sys.exit(bool(found))
