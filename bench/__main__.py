"""Run every benchmark in its quick form, each in a process of its own; exit 1 if one misses its bound."""

from __future__ import annotations

import subprocess
import sys

QUICK = [
    ["bench.parse"],
    ["bench.import_rate", "--seconds", "10"],
    ["bench.backfill"],
    ["bench.arrival"],
    ["bench.classify"],
    ["bench.products"],
    ["bench.packs"],
    ["bench.files_stream", "--rows", "200000"],
    ["bench.picks"],
    ["bench.pack_editor"],
    ["bench.offers"],
    ["bench.grid"],
    ["bench.lists"],
    ["bench.pages"],
    ["bench.webhooks"],
    ["bench.demo_start"],
    ["bench.idle", "--seconds", "60"],
]


def main() -> int:
    missed = [
        name for name, *more in QUICK if subprocess.run([sys.executable, "-m", name, *more], check=False).returncode
    ]
    print("bench: all within their bounds" if not missed else f"bench: missed {', '.join(missed)}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
