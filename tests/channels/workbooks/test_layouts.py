"""The three layouts of invitations: what is read of each."""

from __future__ import annotations

import pytest

from channels.workbooks.inviting import *

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_try(world: World) -> None:
    p = a_profile()
    for layout in ("plain", "german", "wide"):
        i, b = invited(world, layout)
        u = brought(b, p, **(SAID if layout == "plain" else {}))
        print(layout, u.shape, u.facts)
        print(u.columns)
        f = preview(ME, u)
        print(f.problems, f.notes, f.counts, f.new)
        print(reasons(f))
    assert 0
