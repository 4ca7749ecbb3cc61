from __future__ import annotations

import socket
import stat
import threading
from pathlib import Path

import pytest

from purveyor.jobs.engines.wake import Ear, send

pytestmark = pytest.mark.unit


def heard(ear: Ear, count: int) -> list[tuple[str, int]]:
    ears = ear.heard()
    return [next(ears) for _ in range(count)]


@pytest.fixture(params=["short", "long"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A home whose path fits into a socket's address, and one whose path does not."""
    found = tmp_path / ("x" * (200 if request.param == "long" else 1))
    found.mkdir()
    return found


def test_what_is_sent_is_heard(folder: Path) -> None:
    ear = Ear(folder)
    assert [send(folder, "orders.check", 7), send(folder, "outbox.send", 8)] == [True, True]
    assert heard(ear, 2) == [("orders.check", 7), ("outbox.send", 8)]
    ear.close()


def test_only_the_owner_may_wake(folder: Path) -> None:
    ear = Ear(folder)
    assert stat.S_IMODE((folder / "wake.sock").stat().st_mode) == 0o600
    ear.close()
    assert list(folder.iterdir()) == []


def test_sending_to_nobody_is_no_error(folder: Path) -> None:
    assert not send(folder, "a", 1)
    Ear(folder).close()
    assert not send(folder, "a", 1)


def test_what_is_no_wake_up_is_skipped(tmp_path: Path) -> None:
    ear = Ear(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        for junk in (b"a", b"a\nx", b"a\n-1", b"\xff\n\xff", b"a\n"):
            sender.sendto(junk, str(tmp_path / "wake.sock"))
    send(tmp_path, "a", 1)
    assert heard(ear, 1) == [("a", 1)]
    ear.close()


def test_an_empty_datagram_does_not_deafen(tmp_path: Path) -> None:
    ear = Ear(tmp_path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"", str(tmp_path / "wake.sock"))
    send(tmp_path, "a", 1)
    assert heard(ear, 1) == [("a", 1)]
    ear.close()


def test_closing_ends_the_listening(tmp_path: Path) -> None:
    ear = Ear(tmp_path)
    found: list[tuple[str, int]] = []
    listening = threading.Thread(target=lambda: found.extend(ear.heard()))
    listening.start()
    ear.close()
    listening.join(10)
    assert (listening.is_alive(), found) == (False, [])


def test_a_later_ear_takes_over_and_keeps_its_socket(tmp_path: Path) -> None:
    first, second = Ear(tmp_path), Ear(tmp_path)
    first.close()
    assert send(tmp_path, "a", 1)
    assert heard(second, 1) == [("a", 1)]
    second.close()


def test_more_than_anybody_hears_is_lost_without_waiting(tmp_path: Path) -> None:
    ear = Ear(tmp_path)
    taken = [send(tmp_path, "a", n) for n in range(5000)]
    assert (taken[0], taken[-1]) == (True, False)
    ear.close()
