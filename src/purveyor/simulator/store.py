"""Keeps the world over restarts: a SQLite file of the stand-in's own (WAL), or memory when there is none.

The world holds everything in memory and writes each change through before it answers, so a reply that was given is
never forgotten. One connection, guarded by the world's lock.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from purveyor.simulator.accounts import Account, Kept
from purveyor.simulator.apps import App, Developer
from purveyor.simulator.model import Acknowledgement, Items, Line, Order, Transaction
from purveyor.simulator.offers.model import Invitation

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS accounts (place INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS apps (place INTEGER PRIMARY KEY, client_id TEXT NOT NULL UNIQUE, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS developers (owner TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (
    owner TEXT NOT NULL, number TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (owner, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (
    owner TEXT NOT NULL, number TEXT NOT NULL, version INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (owner, number, version)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS transactions (id TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS acknowledgements (
    place INTEGER PRIMARY KEY, owner TEXT NOT NULL, number TEXT NOT NULL, transaction_id TEXT NOT NULL,
    value BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS invitations (
    place INTEGER PRIMARY KEY, owner TEXT NOT NULL, number TEXT NOT NULL, value BLOB NOT NULL, UNIQUE (owner, number)
);
CREATE TABLE IF NOT EXISTS workbooks (
    owner TEXT NOT NULL, number TEXT NOT NULL, kind TEXT NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (owner, number, kind)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
    place INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL, data BLOB NOT NULL
);
"""


class Event(msgspec.Struct, frozen=True, order=True):
    """Something due: ``place`` tells apart what falls on the same moment and keeps its order."""

    at: datetime
    place: int
    kind: str
    data: dict[str, Any]


def _hook(value: Any) -> Any:
    if isinstance(value, Items):
        return value.key
    raise NotImplementedError(f"{type(value).__name__} is not kept")


class Store:
    """Reads and writes the file. ``path`` None keeps everything in memory."""

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        if path is not None:
            # The file holds the stand-in's credentials: made for its owner alone before anything is in it.
            Path(path).touch(mode=0o600)
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_TABLES)
        self._depth = 0
        self._shelf: dict[str, Items] = {}
        self._encode = msgspec.json.Encoder(enc_hook=_hook).encode
        self._orders = msgspec.json.Decoder(Order, dec_hook=lambda kind, key: self._shelf[key])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inner ones join the outermost. The caller holds the world's lock."""
        self._depth += 1
        try:
            if self._depth == 1:
                self._db.execute("BEGIN IMMEDIATE")
            yield
        except BaseException:
            if self._depth == 1:
                self._db.execute("ROLLBACK")
            raise
        else:
            if self._depth == 1:
                self._db.execute("COMMIT")
        finally:
            self._depth -= 1

    def close(self) -> None:
        self._db.close()

    def put(self, name: str, value: Any) -> None:
        """Keep one named thing."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, self._encode(value)))

    def get(self, name: str) -> bytes | None:
        """A named thing as JSON; None when it was never kept."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def save_account(self, account: Account) -> None:
        self._db.execute(
            "INSERT INTO accounts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (account.name, self._encode(account.kept())),
        )

    def accounts(self, apps: dict[str, App]) -> list[Account]:
        """Every authorisation with its app. In a file from before apps were kept apart, an account holds its app's
        fields; such an app is taken up into ``apps``.
        """
        found = []
        for (value,) in self._db.execute("SELECT value FROM accounts ORDER BY place"):
            kept = msgspec.json.decode(value, type=Kept)
            app = apps.setdefault(kept.client_id, msgspec.json.decode(value, type=App))
            found.append(Account.again(kept, app))
        return found

    def save_app(self, app: App) -> None:
        self._db.execute(
            "INSERT INTO apps (client_id, value) VALUES (?, ?)"
            " ON CONFLICT (client_id) DO UPDATE SET value = excluded.value",
            (app.client_id, self._encode(app)),
        )

    def apps(self) -> list[App]:
        rows = self._db.execute("SELECT value FROM apps ORDER BY place")
        return [msgspec.json.decode(value, type=App) for (value,) in rows]

    def save_developer(self, developer: Developer) -> None:
        row = (developer.group, self._encode(developer))
        self._db.execute("INSERT OR REPLACE INTO developers VALUES (?, ?)", row)

    def developers(self) -> list[Developer]:
        rows = self._db.execute("SELECT value FROM developers")
        return [msgspec.json.decode(value, type=Developer) for (value,) in rows]

    def shelve(self, items: Items) -> Items:
        """The one copy of these lines that all orders share."""
        kept = self._shelf.setdefault(items.key, items)
        if kept is items:
            self._db.execute("INSERT OR IGNORE INTO items VALUES (?, ?)", (items.key, self._encode(items.lines)))
        return kept

    def save_orders(self, orders: Iterable[Order]) -> None:
        rows = ((order.group, order.number, self._encode(order)) for order in orders)
        self._db.executemany("INSERT OR REPLACE INTO orders VALUES (?, ?, ?)", rows)

    def orders(self) -> Iterator[Order]:
        """Every order kept, with its lines."""
        for key, value in self._db.execute("SELECT key, value FROM items"):
            self._shelf[key] = Items(msgspec.json.decode(value, type=tuple[Line, ...]))
        for (value,) in self._db.execute("SELECT value FROM orders"):
            yield self._orders.decode(value)

    def save_version(self, order: Order, wire: bytes) -> None:
        """Keep an order as it was served before it changed."""
        row = (order.group, order.number, order.versions, wire)
        self._db.execute("INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?)", row)

    def versions(self, group: str, number: str) -> list[dict[str, Any]]:
        """The earlier versions of an order, oldest first."""
        query = "SELECT value FROM versions WHERE owner = ? AND number = ? ORDER BY version"
        return [msgspec.json.decode(value) for (value,) in self._db.execute(query, (group, number))]

    def save_transaction(self, transaction: Transaction) -> None:
        row = (transaction.id, self._encode(transaction))
        self._db.execute("INSERT OR REPLACE INTO transactions VALUES (?, ?)", row)

    def transaction_of(self, transaction_id: str) -> Transaction | None:
        query = "SELECT value FROM transactions WHERE id = ?"
        row = self._db.execute(query, (transaction_id,)).fetchone()
        return msgspec.json.decode(row[0], type=Transaction) if row else None

    def transactions(self) -> list[Transaction]:
        rows = self._db.execute("SELECT value FROM transactions")
        return [msgspec.json.decode(value, type=Transaction) for (value,) in rows]

    def add_acknowledgement(self, found: Acknowledgement) -> None:
        self._db.execute(
            "INSERT INTO acknowledgements (owner, number, transaction_id, value) VALUES (?, ?, ?, ?)",
            (found.group, found.number, found.transaction_id, self._encode(found)),
        )

    def save_acknowledgement(self, found: Acknowledgement) -> None:
        """Write down what became of it."""
        self._db.execute(
            "UPDATE acknowledgements SET value = ? WHERE owner = ? AND number = ? AND transaction_id = ?",
            (self._encode(found), found.group, found.number, found.transaction_id),
        )

    def acknowledgements(self) -> list[Acknowledgement]:
        rows = self._db.execute("SELECT value FROM acknowledgements ORDER BY place")
        return [msgspec.json.decode(value, type=Acknowledgement) for (value,) in rows]

    def save_invitation(self, found: Invitation) -> None:
        self._db.execute(
            "INSERT INTO invitations (owner, number, value) VALUES (?, ?, ?)"
            " ON CONFLICT (owner, number) DO UPDATE SET value = excluded.value",
            (found.group, found.number, self._encode(found)),
        )

    def invitations(self, group: str) -> list[Invitation]:
        """The invitations of a group, oldest first."""
        rows = self._db.execute("SELECT value FROM invitations WHERE owner = ? ORDER BY place", (group,))
        return [msgspec.json.decode(value, type=Invitation) for (value,) in rows]

    def save_workbook(self, group: str, number: str, kind: str, content: bytes) -> None:
        """Keep a workbook as it was sent, or as it was answered."""
        row = (group, number, kind, content)
        self._db.execute("INSERT OR REPLACE INTO workbooks VALUES (?, ?, ?, ?)", row)

    def workbook(self, group: str, number: str, kind: str) -> bytes | None:
        query = "SELECT value FROM workbooks WHERE owner = ? AND number = ? AND kind = ?"
        row = self._db.execute(query, (group, number, kind)).fetchone()
        return bytes(row[0]) if row else None

    def add_event(self, at: datetime, kind: str, data: dict[str, Any]) -> Event:
        row = (at.isoformat(), kind, self._encode(data))
        place = self._db.execute("INSERT INTO events (at, kind, data) VALUES (?, ?, ?)", row).lastrowid
        return Event(at, place or 0, kind, data)

    def drop_event(self, event: Event) -> None:
        self._db.execute("DELETE FROM events WHERE place = ?", (event.place,))

    def move_event(self, event: Event) -> None:
        self._db.execute("UPDATE events SET at = ? WHERE place = ?", (event.at.isoformat(), event.place))

    def events(self) -> list[Event]:
        rows = self._db.execute("SELECT at, place, kind, data FROM events")
        return [
            Event(datetime.fromisoformat(at), place, kind, msgspec.json.decode(data)) for at, place, kind, data in rows
        ]
