"""Every operation of the REST API, asked for with a token of every role, of the stranger, and with tokens cut short."""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponseBase
from django.test import Client

from purveyor.api.v1 import api
from purveyor.people.permissions import PERMISSIONS, ROLES

from .fingerprint import fingerprint, watched
from .operations import OPERATIONS
from .table import OVER, OWN, Row
from .walk import refused, undone
from .world import MANAGED, Actor, Things, bearer

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]

ROOT = "/api/v1"
# What it reads it seals first, so that its verdict is about every entry there is; no entry is added or changed.
READS_THAT_WRITE = {"GET /audit/verdict"}
MANY = {"POST /orders/acknowledge", "POST /orders/bulk"}


def test_every_operation_stands_in_the_table() -> None:
    there = {
        f"{method} {prefix}{path}"
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    assert there == {row.name for row in OPERATIONS}


def test_no_operation_stands_in_the_table_twice() -> None:
    assert len({row.full_name for row in OPERATIONS}) == len(OPERATIONS)


@pytest.mark.parametrize("half", [0, 1])
def test_operation_does_what_its_row_says(half: int, things: Things) -> None:
    walk = Walk(things)
    wrong = [
        f"{row.full_name} by {actor.name}: {found}"
        for row in OPERATIONS[half::2]
        for actor, token in walk.callers(row)
        if (found := walk.one(row, actor, token))
    ]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


class Walk:
    """Every row with every token, each call on the same world: what it does is undone."""

    def __init__(self, things: Things) -> None:
        self.things = things
        self.client = Client(enforce_csrf_checks=True)
        self.everything = {name: bearer(one.user, PERMISSIONS) for name, one in things.actors.items() if one.user}
        root = things.actors["root"].user
        assert root is not None
        self.without = {name: bearer(root, PERMISSIONS.keys() - {name}) for name in PERMISSIONS}
        self.only = {row.full_name: bearer(root, _enough(row)) for row in OPERATIONS}
        self.before = fingerprint()

    def callers(self, row: Row) -> list[tuple[Actor, str]]:
        """Everybody with all their rights; and tokens of the administrator with just enough scopes, and one too few."""
        found = [(actor, self.everything.get(actor.name, "")) for actor in self.things.asked(row)]
        user = self.things.actors["root"].user
        if row.where != OWN:
            enough = Actor("a token with just these scopes", user, everywhere=frozenset(_enough(row)))
            found.append((enough, self.only[row.full_name]))
        for name in sorted(row.needs):
            rest = frozenset(PERMISSIONS) - {name}
            found.append((Actor(f"a token without {name}", user, everywhere=rest), self.without[name]))
        return found

    def one(self, row: Row, actor: Actor, token: str) -> str:
        """What is wrong with one call; empty for nothing."""
        with undone(), watched() as wrote:
            answer = self._ask(row, actor, token)
            changed = wrote() and fingerprint() != self.before
        if actor.may(row):
            if row.name in MANY and json.loads(answer.content)["refused"]:
                return "the order was refused"
            if answer.status_code not in (200, 201, 202, 204):
                return f"{answer.status_code} {answer.content[:300]!r} instead of being let in"
            as_told = changed == row.changes or row.name in READS_THAT_WRITE
            return "" if as_told else f"it {'changed something' if changed else 'changed nothing'}"
        wanted = refused(actor, row) if actor.is_in else 401
        if answer.status_code != wanted:
            return f"{answer.status_code} instead of {wanted}"
        return "it is refused and changed something" if changed else ""

    def _ask(self, row: Row, actor: Actor, token: str) -> HttpResponseBase:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        path, fill = ROOT + self.things.path(row, actor), self.things.filled(row.fill, actor)
        if "file" in row.fill:
            return self.client.post(path, fill, headers=headers)
        body = "" if row.method == "GET" else json.dumps(fill)
        return self.client.generic(row.method, path, body, "application/json", headers=headers)


def _enough(row: Row) -> set[str]:
    over = ROLES[MANAGED].permissions if row.where == OVER else frozenset[str]()
    sees = {row.sees} & PERMISSIONS.keys()
    return set(row.needs | over | sees) or {"orders.view"}
