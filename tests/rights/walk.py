"""What the walks through pages and through the REST API share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from .table import ON, SOMEWHERE, Row
from .world import Actor


@contextmanager
def undone() -> Iterator[None]:
    """What is done in it is undone. A bare savepoint: for the code it is no transaction, in which it must not talk."""
    here = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(here)


def refused(actor: Actor, row: Row) -> int:
    """The status with which somebody who is in is refused."""
    if row.elsewhere and actor.holds(row.needs, SOMEWHERE):
        return row.elsewhere
    seen = not row.sees or actor.sees(row.sees, SOMEWHERE if row.where == SOMEWHERE else ON)
    return row.denied if seen else row.unseen
