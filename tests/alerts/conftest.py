"""A receiver on loopback that may be spoken to, and the cast."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from cast import Cast, make_cast
from receiver import Receiver, receiving


@pytest.fixture
def allowed(set_option: Callable[[str, str], None]) -> None:
    set_option("PURVEYOR_ALLOW_PRIVATE_ADDRESSES", "yes")


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def cast() -> Cast:
    return make_cast()
