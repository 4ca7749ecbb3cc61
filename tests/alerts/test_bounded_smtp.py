"""A mail server that drips its words holds nobody beyond the time for one mail."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator

import pytest
from django.core.mail import EmailMessage

from purveyor.alerts.bounded_smtp import BoundedBackend
from purveyor.alerts.sinks import mail
from purveyor.alerts.tell import LEASE_SECONDS
from smtp import mail_server

pytestmark = [pytest.mark.unit, pytest.mark.once]

BANNER = b"220-" + b"x" * 200
HANDSHAKE = b"\x16\x03\x03\x40\x00" + b"\x02" * 200


@contextlib.contextmanager
def dripping(words: bytes) -> Iterator[int]:
    """A server on loopback that says these words, one byte every hundredth of a second."""
    over = threading.Event()

    def drip() -> None:
        line, _address = listener.accept()
        with line, contextlib.suppress(OSError):
            for byte in words:
                if over.wait(0.01):
                    return
                line.sendall(bytes([byte]))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        over.set()
        thread.join(2)


@pytest.mark.parametrize(("words", "tls"), [(BANNER, False), (HANDSHAKE, True)], ids=["banner", "handshake"])
def test_dripping_server_is_left_when_the_time_is_over(words: bytes, tls: bool) -> None:
    with dripping(words) as port:
        began = time.monotonic()
        with pytest.raises((smtplib.SMTPServerDisconnected, ssl.SSLError, ConnectionError), match=r"closed|EOF|reset"):
            BoundedBackend("127.0.0.1", port, "", "", use_tls=False, use_ssl=tls, timeout=5, whole=0.2).open()
        assert 0.1 < time.monotonic() - began < 1.5


def test_a_timeout_alone_lets_it_drip_on() -> None:
    """The twin: every byte begins the socket's own time anew."""
    with dripping(BANNER[:40]) as port:
        began = time.monotonic()
        with pytest.raises(smtplib.SMTPServerDisconnected):
            smtplib.SMTP("127.0.0.1", port, timeout=0.2)
        assert time.monotonic() - began > 0.35


def test_mail_gets_through_in_time_and_the_clock_is_let_go() -> None:
    with mail_server() as there:
        backend = BoundedBackend("127.0.0.1", there.port, "", "", use_tls=False, use_ssl=False, timeout=5, whole=60)
        EmailMessage("s", "t", "a@example.com", ["b@example.com"], connection=backend).send()
    assert [to for to, _mail in there.mails] == [["b@example.com"]]
    assert [one for one in threading.enumerate() if isinstance(one, threading.Timer)] == []


def test_nothing_is_begun_once_the_time_is_over() -> None:
    with pytest.raises(TimeoutError, match="over"):
        BoundedBackend("127.0.0.1", 9, "", "", use_tls=False, use_ssl=False, timeout=5, whole=0).open()


def test_one_mail_takes_less_than_a_lease() -> None:
    assert mail.WHOLE_SECONDS < LEASE_SECONDS / 2
