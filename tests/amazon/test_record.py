"""Exchanges reach the listener whole but for their secrets."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest

from amazon.pretend import ADDRESS, Amazon, Say
from purveyor.amazon.errors import ReplyLost
from purveyor.amazon.record import Exchange, Recorder
from purveyor.amazon.transport import Request, WsgiTransport

pytestmark = pytest.mark.unit

ASKED = Request(
    "POST", ADDRESS + "/here?key=own-secret", {"x-amz-access-token": "t", "accept": "a/b"}, b"own-secret", "anOperation"
)


def test_listener_hears_of_an_exchange_without_secrets(held_clock: datetime) -> None:
    amazon = Amazon()
    amazon.tell("/here", Say(202, b'{"access_token":"fake","note":"own-secret"}', {"Set-Cookie": "c"}))
    heard: list[Exchange] = []

    reply = Recorder(WsgiTransport(amazon), heard.append).send(ASKED, 5, ["own-secret"])

    assert reply.body == b'{"access_token":"fake","note":"own-secret"}'
    assert heard == [
        Exchange(
            operation="anOperation",
            method="POST",
            url=ADDRESS + "/here?key=[redacted]",
            request_headers={"x-amz-access-token": "[redacted]", "accept": "a/b"},
            request_body=b"[redacted]",
            status=202,
            response_headers={
                "content-type": "application/json",
                "x-amzn-requestid": "req-1",
                "set-cookie": "[redacted]",
            },
            response_body=b'{"access_token":"[redacted]","note":"[redacted]"}',
            request_id="req-1",
            started_at=held_clock,
            seconds=0.0,
            error="",
        )
    ]


def test_listener_hears_of_a_reply_that_never_came() -> None:
    amazon = Amazon()
    amazon.tell("/here", Say(error=ConnectionResetError()))
    heard: list[Exchange] = []

    with pytest.raises(ReplyLost):
        Recorder(WsgiTransport(amazon), heard.append).send(ASKED, 5)

    assert [(one.status, one.error) for one in heard] == [
        (0, "anOperation: the reply was lost (ConnectionResetError)"),
    ]


def test_listener_that_fails_does_not_spoil_the_exchange(caplog: pytest.LogCaptureFixture) -> None:
    amazon = Amazon()
    amazon.tell("/here", Say(202, b"done"))

    def fail(_: Exchange) -> None:
        raise RuntimeError("full disk")

    assert Recorder(WsgiTransport(amazon), fail).send(ASKED, 5).body == b"done"
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR] == [
        "the listener failed on an exchange of anOperation (request id req-1)"
    ]


def test_exchange_does_not_show_what_it_carries() -> None:
    amazon = Amazon()
    amazon.tell("/here", Say(200, b"an order"))
    heard: list[Exchange] = []

    Recorder(WsgiTransport(amazon), heard.append).send(ASKED, 5)

    assert "an order" not in repr(heard)
