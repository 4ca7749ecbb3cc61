"""The twin of the walks: a change of any kind would be seen."""

from __future__ import annotations

import pytest

from cast import make_user
from purveyor.people.models import User

from .fingerprint import fingerprint, watched

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_added_changed_and_removed_rows_are_seen() -> None:
    seen = [fingerprint()]
    user = make_user("paula")
    seen.append(fingerprint())
    User.objects.filter(pk=user.pk).update(full_name="Paula")
    seen.append(fingerprint())
    user.delete()
    assert len({*seen}) == 3
    assert fingerprint() == seen[0]


def test_a_write_is_noticed_and_a_look_is_not() -> None:
    with watched() as wrote:
        assert list(User.objects.all()) == []
    assert not wrote()
    with watched() as wrote:
        User.objects.update(full_name="Nobody")
    assert wrote()
