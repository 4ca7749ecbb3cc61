"""A talk with a mail server that ends at one moment, however the server spreads its words.

A socket's timeout counts from the last byte; who sends a byte now and then holds a worker for ever. Here a clock runs
from the beginning and takes the line away, also in the middle of a handshake.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from typing import Any

from django.core.mail.backends.smtp import EmailBackend


class BoundedBackend(EmailBackend):
    """Django's, whose whole talk ends after ``whole`` seconds; whatever is under way then raises OSError."""

    def __init__(self, *args: Any, whole: float, **more: Any) -> None:
        super().__init__(*args, **more)
        self.until = time.monotonic() + whole

    @property
    def connection_class(self) -> Any:
        """Called by ``open`` with the server's address, and the context where it talks TLS from the first byte."""
        return self._connect

    def _connect(self, host: str, port: int, **more: Any) -> smtplib.SMTP:
        return _Smtp(host, port, until=self.until, **more)


class _Smtp(smtplib.SMTP):
    """A second handle on the line ends it for every layer above, TLS begun halfway too."""

    def __init__(
        self, host: str, port: int, *, until: float, context: ssl.SSLContext | None = None, **more: Any
    ) -> None:
        self._until, self._tls = until, context
        self._line: socket.socket | None = None
        self._clock: threading.Timer | None = None
        try:
            super().__init__(host, port, **more)
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for this mail is over")
        made = socket.create_connection((host, port), min(timeout, left))
        made.settimeout(timeout)
        self._line = made.dup()
        self._clock = threading.Timer(max(self._until - time.monotonic(), 0), self._hang_up)
        self._clock.daemon = True
        self._clock.start()
        return self._tls.wrap_socket(made, server_hostname=host) if self._tls else made

    def _hang_up(self) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the line and of the clock."""
        if self._clock is not None:
            self._clock.cancel()
        super().close()
        if self._line is not None:
            self._line.close()
