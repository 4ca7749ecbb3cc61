"""The reader that looks at every page the tests of the pages fetch."""

from __future__ import annotations

import pytest

from .wellformed import faults

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('<main><p>One<br>two<svg><path d=""/></svg></p></main>', []),
        ("<main><div>One</div></div></main>", ["line 1: </div> while <main> is open"]),
        ("<main><p>One</main>", ["line 1: </main> while <p> is open"]),
        ("<form>\n<form></form></form>", ["line 2: <form> inside <form>"]),
        ("<main><div>", ["<main> is never closed", "<div> is never closed"]),
    ],
)
def test_faults_are_named(page: str, said: list[str]) -> None:
    assert faults(page) == said
