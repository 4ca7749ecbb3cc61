"""From ``purveyor demo`` in an empty home to the first purchase order on the page. Bound: 10 s once installed.

``python -m bench.demo_start``
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from bench.hub import Person, running_demo

BOUND = 10.0
A_NUMBER = r'href="/orders/[^"]+"[^>]*>\s*([A-Z0-9]{8})\s*<'


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        began = time.monotonic()
        with running_demo(Path(home)) as demo:
            person = Person(demo.page)
            person.wait_for("/health/live", "", 30)
            person.sign_in(demo.user, demo.password)
            number = person.wait_for("/orders/", A_NUMBER, 60)[1]
            took = time.monotonic() - began
    ok = took < BOUND
    print(f"demo: first order {number} on the page after {took:.1f} s (bound {BOUND:.0f} s) {'ok' if ok else 'MISSED'}")
    return not ok


if __name__ == "__main__":
    sys.exit(main())
