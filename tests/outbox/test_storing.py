"""The database is away or busy for a moment: no reply is lost over it, and nothing counts as sent that never left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection

from deliver import ANNA, placed
from purveyor.orders.domain.acknowledge import acknowledge
from purveyor.outbox import send
from purveyor.outbox.enqueue import enqueue
from purveyor.outbox.models import Document
from purveyor.profiles.models import Profile
from purveyor.simulator.world import World

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def document(plugged: World, profile: Profile) -> Document:
    """Queued."""
    found = enqueue(acknowledge(ANNA, placed(plugged, profile).pk).pk)
    assert found is not None
    return found


@contextmanager
def away(times: int, *words: str) -> Iterator[list[str]]:
    """The database does not take so many statements that hold these words."""
    struck: list[str] = []

    def strike(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if len(struck) < times and all(word in sql for word in words):
            struck.append(sql)
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(strike):
        yield struck


REPLY = ("UPDATE", "outbox_attempt", "finished_at")
LIMIT = ("UPDATE", "profiles_bucket", "RETURNING")


def test_reply_is_stored_once_the_database_is_back(plugged: World, document: Document) -> None:
    with away(5, *REPLY) as struck:
        send.send(document.pk)
    document.refresh_from_db()
    assert (len(struck), document.state, bool(document.transaction_id)) == (5, "sent", True)
    assert document.attempts.get().outcome == "sent"
    assert len(plugged.acknowledgements(document.subject)) == 1


def test_reply_that_cannot_be_stored_leaves_it_to_be_looked_up(plugged: World, document: Document) -> None:
    with away(6, *REPLY), pytest.raises(OperationalError):
        send.send(document.pk)
    document.refresh_from_db()
    assert (document.state, document.lease_owner != "") == ("sending", True)


def test_what_breaks_before_anything_left_is_tried_again(plugged: World, document: Document) -> None:
    with away(1, *LIMIT) as struck:
        send.send(document.pk)
    document.refresh_from_db()
    assert (len(struck), document.state, document.attempts.get().outcome) == (1, "queued", "queued")
    assert plugged.acknowledgements(document.subject) == []
