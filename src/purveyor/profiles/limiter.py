"""Amazon's limits, shared by all threads and processes through the database, exactly (DESIGN §4).

A slot is reserved in one short statement that does the arithmetic of ``amazon.limits.reserve`` on the bucket's row, so
two workers can never reserve the same one; the sleep comes after it, outside any transaction. The clock is the
database's own on PostgreSQL, where the workers may stand on many machines, and the house clock on SQLite.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from purveyor.amazon import limits
from purveyor.base.db import assert_no_transaction, is_postgres
from purveyor.common import canon, clock
from purveyor.profiles.models import Bucket

_TABLE = Bucket._meta.db_table
_STEP = f"(1 / (b.rate * {limits.SAFETY}))"
_ROOM = f"(({{most}}(b.burst * {limits.SAFETY}, 1.0) - 1) * {_STEP})"
_JUMPED = f"n.now < b.seen - {limits.JITTER}"
_OWED = f"n.now + {{least}}({{most}}(0.0, b.tat - b.seen), 2 * {_ROOM} + {_STEP})"
_TAT = f"CASE WHEN {_JUMPED} THEN {_OWED} ELSE b.tat END"
_SEEN = f"CASE WHEN {_JUMPED} THEN n.now ELSE {{most}}(b.seen, n.now) END"
_UPDATE = (
    f"UPDATE {_TABLE} AS b SET tat = {{tat}}, seen = {_SEEN} "  # noqa: S608  made of constants
    "FROM (SELECT {now} AS now) AS n WHERE b.key = %s"
)
_RESERVE = _UPDATE.replace("{tat}", f"{{most}}({_TAT}, n.now) + {_STEP}") + " RETURNING tat, rate, burst, {returned}"
_DRAIN = _UPDATE.replace("{tat}", f"{{most}}({_TAT}, n.now + {_ROOM} + {_STEP})")


def limiter_key(client_id: str, endpoint: str, marketplace: str) -> str:
    """What Amazon counts by: the application and the account, which is one country's (FACTS §1.3, §3.3)."""
    return canon.fingerprint([client_id, endpoint, marketplace])[:40]


class DatabaseLimiter:
    """The ``Limiter`` of ``amazon.limits``, exact across threads and processes. ``sandbox`` chooses whose numbers a
    bucket starts with; afterwards the rate follows Amazon's header."""

    def __init__(self, *, sandbox: bool = False) -> None:
        self._sandbox = sandbox
        self._rates: dict[str, float] = {}

    def acquire(self, key: str, operation: str) -> None:
        """Return when a request may go out. Raises RuntimeError inside a transaction, which would sleep with it."""
        assert_no_transaction()
        clock.sleep(self.reserve(key, operation))

    def reserve(self, key: str, operation: str) -> float:
        """Take one slot; answers in how many seconds it may be used. One statement, but for a bucket's first time."""
        row = _row_key(key, operation)
        found = _run_on_bucket(_RESERVE, row)
        if found is None:
            self._make(row, operation)
            found = _run_on_bucket(_RESERVE, row)
            if found is None:
                raise RuntimeError(f"the bucket of {operation} went away while it was used")
        tat, rate, burst, now = found
        self._rates[row] = rate
        state = limits.Bucket(tat, now, rate, burst)
        return max(0.0, tat - state.step - state.room - now)

    def observe(self, key: str, operation: str, rate: float | None) -> None:
        """Adopt the rate of a reply's header; writes only when it is another one than before."""
        row = _row_key(key, operation)
        if rate is None or not limits.is_rate(rate) or self._rates.get(row) == rate:
            return
        Bucket.objects.filter(key=row).exclude(rate=rate).update(rate=rate)
        self._rates[row] = rate

    def throttled(self, key: str, operation: str) -> None:
        """Amazon said 429: the bucket is empty for everybody."""
        row = _row_key(key, operation)
        self._make(row, operation)
        _run_on_bucket(_DRAIN, row)

    def _make(self, row: str, operation: str) -> None:
        """A full bucket where there is none: its moment lies in the past, so it is full by any clock."""
        rate, burst = limits.numbers_of(operation, sandbox=self._sandbox)
        Bucket.objects.bulk_create([Bucket(key=row, rate=rate, burst=burst)], ignore_conflicts=True)


def _row_key(key: str, operation: str) -> str:
    return f"{key}:{operation}"


def _run_on_bucket(statement: str, row: str) -> tuple[float, float, float, float] | None:
    """Run a statement on one bucket: the row it returns, None where there is no such bucket."""
    house = not is_postgres() or clock.is_held()
    now, params = ("%s", [clock.now().timestamp()]) if house else ("date_part('epoch', clock_timestamp())", [])
    most, least = ("GREATEST", "LEAST") if is_postgres() else ("MAX", "MIN")
    returns = "RETURNING" in statement
    # SQLite cannot return what the statement only read, so its parameter is returned once more.
    returned, more = ("n.now", []) if is_postgres() else ("%s", params)
    if is_postgres() and house:
        now = "%s::double precision"
    filled = statement.format(now=now, most=most, least=least, returned=returned)
    values: list[Any] = [*params, row, *(more if returns else [])]
    with connection.cursor() as cursor:
        cursor.execute(filled, values)
        found: tuple[float, float, float, float] | None = cursor.fetchone() if returns else None
    return found
