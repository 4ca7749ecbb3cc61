"""How long who failed to sign in has to wait."""

from __future__ import annotations

import pytest

from purveyor.channels.sftp.throttle import Pace, Throttle, place_of

pytestmark = pytest.mark.once
PACE = Pace(first=1, longest=8, longest_of_user=2, forgotten=100, free=3, most=5)


def test_an_address_waits_longer_after_each_failure_and_never_longer_than_the_longest() -> None:
    throttle = Throttle(PACE)
    waits = []
    for _n in range(6):
        waits.append(throttle.wait("192.0.2.1", "acme", 0))
        throttle.failed("192.0.2.1", f"guess{_n}", 0)
    assert waits == [0, 1, 2, 4, 8, 8]
    assert throttle.failed("192.0.2.1", "acme", 0) == 7


def test_a_user_that_is_guessed_from_many_places_waits_a_little_and_is_never_locked_out() -> None:
    throttle = Throttle(PACE)
    for number in range(40):
        throttle.failed(f"192.0.2.{number}", "acme", 0)
    assert throttle.wait("198.51.100.7", "acme", 0) == 2
    assert throttle.wait("198.51.100.7", "other", 0) == 0


def test_the_right_key_ends_the_wait_of_its_user_but_not_of_the_address() -> None:
    throttle = Throttle(PACE)
    for _n in range(9):
        throttle.failed("192.0.2.1", "acme", 0)
    throttle.succeeded("198.51.100.7", "acme")
    assert (throttle.wait("198.51.100.7", "acme", 0), throttle.wait("192.0.2.1", "acme", 0)) == (0, 8)


def test_failures_are_forgotten_and_so_are_the_oldest_of_too_many() -> None:
    throttle = Throttle(PACE)
    throttle.failed("192.0.2.1", "acme", 0)
    assert (throttle.wait("192.0.2.1", "acme", 99), throttle.wait("192.0.2.1", "acme", 100)) == (1, 0)
    for number in range(PACE.most):
        throttle.failed(f"198.51.100.{number}", "other", 1)
    assert throttle.wait("192.0.2.1", "acme", 2) == 0
    assert throttle.wait("198.51.100.0", "acme", 2) == 1


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_an_address_of_ipv6_counts_as_its_network(address: str, place: str) -> None:
    assert place_of(address) == place
