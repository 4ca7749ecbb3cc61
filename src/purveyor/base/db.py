"""The few places where SQLite and PostgreSQL differ. Each is tested on both."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from purveyor.common import clock

# From so many rows on, COPY is faster than one statement per row.
_COPY_FROM = 50
_LARGEST = 2**63 - 1
# So many values go into one statement with every SQLite there is. Many rows in one save a quarter of the time.
_MOST_VALUES = 999


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def database_now() -> datetime:
    """The database's present moment; the clock's on SQLite or while it is held."""
    if not is_postgres() or clock.is_held():
        return clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
        return found


def in_transaction() -> bool:
    """Whether a transaction of ours is open. The one a test is wrapped in does not count."""
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def assert_no_transaction() -> None:
    """No HTTP inside a transaction (DESIGN §5): whoever talks calls this first. Raises RuntimeError."""
    if in_transaction():
        raise RuntimeError("an answer from outside is waited for inside a transaction; commit first, talk later")


def one_at_a_time(name: str, key: int) -> None:
    """Go on alone: until this transaction ends, nobody else passes here with the same name and key.

    SQLite's write transactions are alone anyway.
    """
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [name, key])


def together(values: Collection[int] | Collection[str]) -> Any:
    """Many values as one parameter, for ``…__in=``: Django looks at each value of a list, one by one, for longer than
    the database needs to answer, and the driver writes a list of numbers just as slowly. In their order the database
    finds its way from one to the next. A number no column holds finds nothing."""
    found: list[Any] = sorted(values)
    if found and isinstance(found[0], int) and (found[0] < -_LARGEST or found[-1] > _LARGEST):
        found = [one for one in found if -_LARGEST <= one <= _LARGEST]
    if not found:
        return found
    if not is_postgres():
        return RawSQL("SELECT value FROM json_each(%s)", [_json(found)])
    if isinstance(found[0], int):
        return RawSQL("SELECT unnest(%s::bigint[])", [f"{{{','.join(map(str, found))}}}"])
    return RawSQL("SELECT unnest(%s::text[])", [found])


def bulk_upsert(
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    conflict: Sequence[str] = (),
    update: Sequence[str] = (),
    *,
    ready: bool = False,
) -> None:
    """Insert rows; where ``conflict`` names columns, a row already there gets ``update`` instead, or is left alone.

    Of rows with the same ``conflict`` values the last one counts. Aware times, decimals and JSON values (dict, list)
    are written as the ORM writes them. ``ready`` saves the look: it promises that each of them has been through
    ``ready()`` and that no two rows have the same ``conflict`` values. Everything or nothing: it joins the open
    transaction or makes its own.
    """
    found = list(rows) if ready else _ready(columns, rows, conflict)
    if not found:
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if is_postgres() and len(found) >= _COPY_FROM:
            _copy(cursor, table, columns, found, _on_conflict(conflict, update))
        else:
            _insert_rows(cursor, table, columns, found, _on_conflict(conflict, update))


def _insert_rows(cursor: Any, table: str, columns: Sequence[str], rows: list[Sequence[Any]], on_conflict: str) -> None:
    """On SQLite as many rows a statement as it takes, then the rest one by one."""
    at_once = 1 if is_postgres() else max(1, _MOST_VALUES // len(columns))
    whole = len(rows) - len(rows) % at_once
    for size, part in ((at_once, rows[:whole]), (1, rows[whole:])):
        marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * size)
        groups = [list(chain.from_iterable(part[at : at + size])) for at in range(0, len(part), size)]
        if groups:
            cursor.executemany(_insert(table, columns, f"VALUES {marks}", on_conflict), groups)


def _ready(columns: Sequence[str], rows: Iterable[Sequence[Any]], conflict: Sequence[str]) -> list[Sequence[Any]]:
    plain = _plain if is_postgres() else _plain_sqlite
    found = [[plain[type(v)](v) if type(v) in plain else v for v in row] for row in rows]
    if not conflict:
        return list(found)
    places = [list(columns).index(c) for c in conflict]
    return list({tuple(row[p] for p in places): row for row in found}.values())


def ready(value: Any) -> Any:
    """A value as ``bulk_upsert`` takes it with ``ready``: what many rows have in common is made so once."""
    plain = _plain if is_postgres() else _plain_sqlite
    return plain[type(value)](value) if type(value) in plain else value


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


@lru_cache(maxsize=1024)
def _naive(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(" ")[: -len("+00:00")] if value.tzinfo else value.isoformat(" ")


_plain: dict[type[Any], Callable[[Any], Any]] = {dict: _json, list: _json}
# Anything but plain numbers and texts SQLite's driver first looks up an adapter for, each time.
_plain_sqlite = _plain | {datetime: _naive, bool: int}


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: list[Sequence[Any]], on_conflict: str) -> None:
    """COPY into a table of this session, then one INSERT … SELECT. The session's table is kept for the next time.

    Where nothing can be there already, COPY goes straight to its place.
    """
    names = _list(columns)
    if not on_conflict:
        _copy_into(cursor, _q(table), names, rows)
        return
    draft = _q("draft_" + hashlib.sha256(f"{table} {names}".encode()).hexdigest()[:24])
    select = f"SELECT {names} FROM"
    cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {draft} AS {select} {_q(table)} WITH NO DATA")
    _copy_into(cursor, draft, names, rows)
    cursor.execute(_insert(table, columns, f"{select} {draft}", on_conflict))
    cursor.execute(f"TRUNCATE {draft}")


def _copy_into(cursor: Any, table: str, names: str, rows: list[Sequence[Any]]) -> None:
    with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _insert(table: str, columns: Sequence[str], source: str, on_conflict: str) -> str:
    return f"INSERT INTO {_q(table)} ({_list(columns)}) {source} {on_conflict}"


def _on_conflict(conflict: Sequence[str], update: Sequence[str]) -> str:
    if not conflict:
        return ""
    if not update:
        return f"ON CONFLICT ({_list(conflict)}) DO NOTHING"
    sets = ", ".join(f"{_q(c)} = excluded.{_q(c)}" for c in update)
    return f"ON CONFLICT ({_list(conflict)}) DO UPDATE SET {sets}"


def _list(columns: Sequence[str]) -> str:
    return ", ".join(_q(c) for c in columns)


def _q(name: str) -> str:
    return connection.ops.quote_name(name)


def set_column(table: str, column: str, values: Iterable[tuple[int, int | None]]) -> None:
    """Write a whole-number column of many rows, each by its key, in one statement. Joins the open transaction."""
    set_columns(table, {column: int}, values)


def set_columns(table: str, columns: Mapping[str, type], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write columns of whole numbers or texts (``int`` or ``str``) of many rows, each row its key and then its values,
    in one statement. Joins the open transaction."""
    found = list(rows)
    if not found:
        return
    names = [f"v{place}" for place in range(len(columns))]
    source, given = _rows({"id": int} | dict(zip(names, columns.values(), strict=True)), found)
    sets = ", ".join(f"{_q(column)} = v.{name}" for column, name in zip(columns, names, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {_q(table)} SET {sets} FROM {source} WHERE {_q(table)}.id = v.id", given)  # noqa: S608  (names are our own)


def add_within(table: str, column: str, most: str, values: Iterable[tuple[int, int]]) -> int:
    """Add to a whole-number column of many rows, each by its key, in one statement; answers how many took it.

    A row takes only what leaves it from 0 up to its own column ``most``, decided as the statement writes. Joins the
    open transaction.
    """
    found = sorted(values)
    if not found:
        return 0
    rows, given = _rows({"id": int, "value": int}, found)
    name, sum_ = _q(table), f"{_q(table)}.{_q(column)} + v.value"
    bounds = f"{sum_} >= 0 AND {sum_} <= COALESCE({name}.{_q(most)}, 0)"
    update = f"UPDATE {name} SET {_q(column)} = {sum_} FROM {rows} WHERE {name}.id = v.id"  # noqa: S608  (our own names)
    with connection.cursor() as cursor:
        cursor.execute(f"{update} AND {bounds}", given)
        return int(cursor.rowcount)


def by_pairs(
    table: str, columns: Sequence[str], on: tuple[str, str], pairs: Collection[tuple[int, int]]
) -> list[tuple[Any, ...]]:
    """Columns of the rows whose two whole-number columns ``on`` hold one of these pairs, found by an index on both: two
    lists of values would have the database look at each with each."""
    if not pairs:
        return []
    rows, given = _rows({"id": int, "value": int}, sorted(pairs))
    name, first, second = _q(table), _q(on[0]), _q(on[1])
    wanted = ", ".join(f"{name}.{_q(column)}" for column in columns)
    join = "JOIN" if is_postgres() else "CROSS JOIN"  # on SQLite: in this order
    where = f"{name}.{first} = v.id AND {name}.{second} = v.value"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {wanted} FROM {rows} {join} {name} ON {where}", given)  # noqa: S608  (our own names)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _rows(columns: Mapping[str, type], values: Sequence[Sequence[Any]]) -> tuple[str, list[Any]]:
    """Rows of whole numbers and texts as ``v`` of a statement, and its parameters."""
    if is_postgres():
        arrays = ", ".join(f"%s::{'bigint' if kind is int else 'text'}[]" for kind in columns.values())
        return f"unnest({arrays}) AS v ({', '.join(columns)})", [list(one) for one in zip(*values, strict=True)]
    parts = ", ".join(f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns))
    return f"(SELECT {parts} FROM json_each(%s)) AS v", [_json(values)]  # noqa: S608  (names are our own)
