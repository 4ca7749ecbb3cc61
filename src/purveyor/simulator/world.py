"""What the pretended Amazon knows, and the verbs that move it.

    world = World(scenario="quiet", secrets_from_seed=True)
    number = world.place(lines=[{"amount": 6, "cost": "4.20"}])
    world.change(number, quantities={"1": 4})
    world.acknowledgements(number)      # everything that was answered with 202

Safe for many threads: one lock, held for a moment. On a held clock everything follows the clock; when served, time
stamps are wall time and ``speed`` only shortens the buyer's, the outcomes' and the dock's delays.
"""

from __future__ import annotations

import heapq
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import msgspec

from purveyor.common import clock
from purveyor.common.errors import NotFound, Refused
from purveyor.simulator import answering, offers, orders, vendors, weather
from purveyor.simulator.accounts import Account, default_account
from purveyor.simulator.apps import App, Developer, Person
from purveyor.simulator.book import Book
from purveyor.simulator.buyer import Buyer
from purveyor.simulator.faults import Faults, Memory
from purveyor.simulator.limits import Limits
from purveyor.simulator.mint import Mint
from purveyor.simulator.model import Acknowledgement, Order, Settings, State, Transaction, stamp
from purveyor.simulator.requests import Requests
from purveyor.simulator.scenarios import scenario_named
from purveyor.simulator.store import Event, Store

# What the buyer and the dock do; after a long stop it goes on from now instead of all at once.
STORY = frozenset({"buy", "change", "cancel", "uncancel", "portal", "receive"})
LATE = timedelta(seconds=60)

# An account by itself or its name; None is the first one.
Who = Account | str | None


def _people(known: Mapping[str, Any]) -> tuple[Person, ...]:
    """Who could sign in before the restart; nobody in a file from before there was a portal."""
    return msgspec.convert(known.get("people", ()), tuple[Person, ...])


class World:
    """One pretended Amazon.

    ``path`` names the file that keeps it; what the file says then wins over seed, scenario and account. ``account``
    is the first vendor (an invented one by default). ``secrets_from_seed`` makes credentials that can be foretold: for
    tests only.
    """

    def __init__(
        self,
        seed: int = 1,
        scenario: str = "day",
        path: str | os.PathLike[str] | None = None,
        speed: float = 1.0,
        account: Account | None = None,
        *,
        secrets_from_seed: bool = False,
        settings: Settings | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.store = Store(path)
        self.settings = settings or Settings()
        self.speed = speed
        self.faults = Faults(self._keep_faults, self.lock)
        self.limits = Limits()
        self.requests = Requests()
        self.accounts: list[Account] = []
        self.apps: dict[str, App] = {}
        self.developers: dict[str, Developer] = {}
        self._books: dict[str, Book] = {}
        self._records: dict[tuple[str, str], list[Acknowledgement]] = {}
        self._by_transaction: dict[str, list[Acknowledgement]] = {}
        self._positions: dict[str, int] = {}
        self._due: list[Event] = []
        kept = self.store.get("world")
        known = msgspec.json.decode(kept) if kept else {}
        self.seed = int(known.get("seed", seed))
        self.scenario = scenario_named(known.get("scenario", scenario))
        self.mint = Mint(self.seed if secrets_from_seed else None)
        self.key = known.get("key") or self.mint.hexadecimal("key", 64)
        self.control_token = known.get("control_token") or self.mint.token("control", 32)
        self.people = _people(known) or vendors.people(self.mint)
        self.born = datetime.fromisoformat(known["born"]) if known else stamp()
        if known:
            self._wake(known)
        else:
            self._begin(account)

    # ── beginning and waking ────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, account: Account | None) -> None:
        with self.writing():
            self._keep_world()
            vendors.adopt(self, account or default_account())
            if self.scenario.dice:
                self.faults.dice(self.seed, self.scenario.dice)
            weather.foretell(self)
        self.tick()

    def _wake(self, known: Mapping[str, Any]) -> None:
        self._positions = dict(known["positions"])
        self.apps = {app.client_id: app for app in self.store.apps()}
        self.accounts = self.store.accounts(self.apps)
        self._positions = {one.group: 0 for one in self.accounts} | self._positions
        self.developers = {found.group: found for found in self.store.developers()}
        if "people" not in known:
            self._keep_world()
        by_group: dict[str, list[Order]] = {}
        for order in self.store.orders():
            by_group.setdefault(order.group, []).append(order)
        for group, found in by_group.items():
            self.book(group).add_many(found)
        for record in self.store.acknowledgements():
            self._remember(record)
        kept = self.store.get("faults")
        if kept:
            self.faults.remember(msgspec.json.decode(kept, type=Memory))
        kept = self.store.get("settings")
        if kept:
            self.settings = Settings(**msgspec.json.decode(kept))
        self._due = self.store.events()
        if not clock.is_held():
            self._catch_up()
        heapq.heapify(self._due)

    def _catch_up(self) -> None:
        """Move the story on by the time nobody was there, so that it does not all happen in one moment."""
        story = [event for event in self._due if event.kind in STORY]
        lost = stamp() - min((event.at for event in story), default=stamp())
        if lost <= LATE:
            return
        with self.writing():
            self._due = [event for event in self._due if event.kind not in STORY]
            for event in story:
                moved = msgspec.structs.replace(event, at=event.at + lost)
                self.store.move_event(moved)
                self._due.append(moved)

    def _keep_world(self) -> None:
        self.store.put(
            "world",
            {
                "seed": self.seed,
                "scenario": self.scenario.name,
                "key": self.key,
                "control_token": self.control_token,
                "born": self.born.isoformat(),
                "people": self.people,
                "positions": self._positions,
            },
        )

    def _keep_faults(self, memory: Memory) -> None:
        with self.writing():
            self.store.put("faults", memory)

    def keep_settings(self) -> None:
        """Let the present settings outlive a restart."""
        with self.writing():
            self.store.put("settings", asdict(self.settings))

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            self.store.put("faults", self.faults.memory())
            self.store.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The lock, and one transaction of the file."""
        with self.lock, self.store.transaction():
            yield

    # ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def account(self) -> Account:
        """The first account."""
        return self.accounts[0]

    @property
    def primary(self) -> Person:
        """The person who may do everything in the portal."""
        return next(person for person in self.people if person.primary)

    def add_account(self, account: Account | str, **more: Any) -> Account:
        """Take in another vendor account: an Account, or a name with its fields. Its history is told at once.

        Raises Refused for a name that is taken.
        """
        found = account if isinstance(account, Account) else Account(name=account, **more)
        if any(one.name == found.name for one in self.accounts):
            raise Refused(f"there is an account {found.name} already")
        vendors.adopt(self, found)
        self.tick()
        return found

    def begin_story(self, group: str) -> bool:
        """Note a group; answers whether it is new, so that its story begins now."""
        new = group not in self._positions
        if new:
            self._positions[group] = 0
            self._keep_world()
        return new

    def account_named(self, account: Who) -> Account:
        """An account by itself or its name; the first one for None. Raises NotFound."""
        if isinstance(account, Account):
            return account
        if account is None:
            return self.accounts[0]
        found = next((one for one in self.accounts if one.name == account), None)
        if found is None:
            raise NotFound(f"no account {account}")
        return found

    def rotate_secret(self, account: Who = None) -> str:
        """Give an app a new client secret; the old one works seven days longer (FACTS §1.5)."""
        return vendors.rotate(self, self.account_named(account).app)

    def set_account(self, account: Who = None, **fields: Any) -> Account:
        """Change the fields of an account or its app (``roles``, ``revoked``; ``grants``, ``secret_expires_at`` …)."""
        found = self.account_named(account)
        with self.writing():
            for name, value in fields.items():
                setattr(found if name in vars(found) else found.app, name, value)
            self.store.save_app(found.app)
            self.store.save_account(found)
        return found

    def reauthorise(self, account: Who = None) -> str:
        """Authorise the app anew: a fresh refresh token; earlier ones stay good unless revoked (FACTS §1.1)."""
        return vendors.reauthorise(self, self.account_named(account))

    def revoke(self, account: Who = None) -> None:
        """Take the authorisation back: its refresh token and every access token made from it are dead."""
        self.set_account(account, revoked=True)

    # ── what the buyer does ─────────────────────────────────────────────────────────────────────────────────────

    def place(
        self,
        number: str | None = None,
        lines: orders.Lines = None,
        account: Who = None,
        *,
        at: datetime | None = None,
        **more: Any,
    ) -> str:
        """Place an order and answer its number.

        ``lines``: how many, or each as a mapping of ``amount``, ``unit``, ``unit_size``, ``cost``, ``asin``, ``sku``,
        ``backorder`` … ``more``: ``vendor_code``, ``center``, ``ship_window``, ``delivery_window``, ``type``,
        ``payment``, ``deal``, ``import_details``, ``parties``. What is not given, the buyer makes up. ``at`` is when it
        became available.
        """
        with self.writing():
            return orders.place(self, self.account_named(account), number, lines, at, more).number

    def place_many(
        self,
        count: int,
        lines: int = 20,
        over: timedelta = timedelta(days=7),
        account: Who = None,
        until: datetime | None = None,
    ) -> list[str]:
        """Place many orders quickly, spread evenly over the time that ends at ``until`` (now)."""
        with self.writing():
            return orders.place_many(self, self.account_named(account), count, lines, over, stamp(until))

    def change(self, number: str, account: Who = None, *, at: datetime | None = None, **wanted: Any) -> None:
        """Change an order as Amazon does: see ``orders.change`` for what can be wanted."""
        with self.writing():
            orders.change(self, self.order(number, account), stamp(at), wanted)

    def cancel(
        self, number: str, line: str | int | None = None, account: Who = None, *, at: datetime | None = None
    ) -> None:
        """Cancel one line (its ordered quantity becomes 0), or the whole order."""
        with self.writing():
            orders.cancel(self, self.order(number, account), str(line) if line else None, stamp(at))

    def uncancel(
        self, number: str, line: str | int | None = None, account: Who = None, *, at: datetime | None = None
    ) -> None:
        """Take a cancellation back."""
        with self.writing():
            orders.uncancel(self, self.order(number, account), str(line) if line else None, stamp(at))

    def acknowledge_elsewhere(
        self,
        number: str,
        accepted: Mapping[str, int] | None = None,
        account: Who = None,
        *,
        at: datetime | None = None,
    ) -> None:
        """The vendor answers by hand in the portal: eaches accepted by line number; all of it when none are given."""
        with self.writing():
            answering.in_portal(self, self.order(number, account), accepted, stamp(at))

    def receive(
        self,
        number: str,
        quantities: Mapping[str, int] | None = None,
        account: Who = None,
        *,
        at: datetime | None = None,
    ) -> None:
        """Goods come in at the dock: eaches by line number; everything confirmed when none are given."""
        with self.writing():
            orders.receive(self, self.order(number, account), quantities, stamp(at))

    # ── looking ─────────────────────────────────────────────────────────────────────────────────────────────────

    def book(self, group: str) -> Book:
        return self._books.setdefault(group, Book())

    @property
    def orders(self) -> Mapping[str, Order]:
        """The first account's orders by number."""
        return self.orders_of()

    def orders_of(self, account: Who = None) -> Mapping[str, Order]:
        """An account's orders by number."""
        return self.book(self.account_named(account).group).orders

    def all_orders(self) -> list[Order]:
        """The orders of every group, each once, however many apps may see it."""
        return [order for book in self._books.values() for order in book.orders.values()]

    def order(self, number: str, account: Who = None) -> Order:
        """One order. Raises NotFound."""
        try:
            return self.orders_of(account)[number]
        except KeyError:
            raise NotFound(f"no order {number}") from None

    def versions(self, number: str, account: Who = None) -> list[dict[str, Any]]:
        """The earlier versions of an order as they were served, oldest first."""
        with self.lock:
            return self.store.versions(self.account_named(account).group, number)

    def acknowledgements(self, number: str, account: Who = None) -> list[Acknowledgement]:
        """Every acknowledgement of an order that was taken with 202, oldest first: the proof of *exactly once*."""
        with self.lock:
            return list(self._records.get((self.account_named(account).group, number), ()))

    def transaction(self, transaction_id: str, account: Who = None) -> Transaction | None:
        """A transaction of an account's group; None when there is none."""
        with self.lock:
            found = self.store.transaction_of(transaction_id)
        return found if found is not None and found.group == self.account_named(account).group else None

    # ── what the verbs' modules use ─────────────────────────────────────────────────────────────────────────────

    def buyer(self, account: Account) -> Buyer:
        return Buyer(self.seed, account, self.scenario)

    def next_position(self, account: Account) -> int:
        """The next place in the story of a group."""
        position = self._positions[account.group]
        self._positions[account.group] = position + 1
        return position

    def take_in(self, found: list[Order]) -> None:
        """Write down new orders."""
        if len(found) == 1:
            self.book(found[0].group).add(found[0])
        elif found:
            self.book(found[0].group).add_many(found)
        self.store.save_orders(found)
        self._keep_world()

    def save(self, order: Order) -> None:
        self.store.save_orders([order])

    def keep(self, record: Acknowledgement) -> None:
        self.store.add_acknowledgement(record)
        self._remember(record)

    def _remember(self, record: Acknowledgement) -> None:
        self._records.setdefault((record.group, record.number), []).append(record)
        self._by_transaction.setdefault(record.transaction_id, []).append(record)

    def records(self, transaction_id: str) -> list[Acknowledgement]:
        """What one submission answered, order by order."""
        return self._by_transaction.get(transaction_id, [])

    def delay(self, seconds: float) -> timedelta:
        """So many seconds, shortened by the speed."""
        return timedelta(seconds=seconds / self.speed)

    # ── time ────────────────────────────────────────────────────────────────────────────────────────────────────

    def schedule(self, at: datetime, kind: str, data: dict[str, Any]) -> None:
        heapq.heappush(self._due, self.store.add_event(at, kind, data))

    def tick(self) -> int:
        """Let the buyer, the outcomes and the dock do what is due; answers how many things happened."""
        if not self._due or self._due[0].at > clock.now():
            return 0
        done = 0
        with self.writing():
            while self._due and self._due[0].at <= clock.now():
                event = heapq.heappop(self._due)
                self.store.drop_event(event)
                self._happen(event)
                done += 1
        return done

    def hush(self) -> None:
        """The story ends: nothing more is ordered, changed, cancelled or received by itself."""
        with self.writing():
            for event in [event for event in self._due if event.kind in STORY]:
                self.store.drop_event(event)
            self._due = [event for event in self._due if event.kind not in STORY]
            heapq.heapify(self._due)

    def set_speed(self, speed: float) -> None:
        """Shorten the delays of the buyer, outcomes and dock from now on. Raises Refused for nonsense."""
        if not 0 < speed < 1e9:
            raise Refused("the speed must be a number above zero")
        with self.writing():
            old, self.speed = self.speed, speed
            now = stamp()
            waiting, self._due = self._due, []
            for event in waiting:
                left = max(event.at - now, timedelta()) * (old / speed)
                moved = msgspec.structs.replace(event, at=now + left) if event.at > now else event
                self.store.move_event(moved)
                self._due.append(moved)
            heapq.heapify(self._due)

    def advance(self, by: timedelta | None = None) -> int:
        """Turn the held clock forward, then let happen what has become due."""
        if by is not None:
            clock.turn(by)
        return self.tick()

    def _happen(self, event: Event) -> None:
        late = clock.now() - event.at > LATE and event.at > self.born and not clock.is_held()
        at = stamp() if late else stamp(event.at)
        if event.kind == "outcome":
            answering.outcome(self, event.data["id"], at)
        elif event.kind == "buy":
            self._buy(event.data, at)
        elif event.kind == offers.EVENT:
            offers.order(self, event.data, at)
        elif event.kind == weather.EVENT:
            weather.turn(self, event.data)
        else:
            self._befall(event.kind, event.data, at)

    def _befall(self, kind: str, data: dict[str, Any], at: datetime) -> None:
        order = self.book(data["group"]).orders[data["number"]]
        if kind == "visible":
            answering.show(self, order, at)
        elif not orders.has(order, data.get("line")):
            return
        elif kind == "uncancel":
            orders.uncancel(self, order, data.get("line"), at)
        elif order.state == State.CLOSED:
            return
        elif kind == "receive":
            orders.receive(self, order, None, at)
        elif kind == "portal" and order.answered_at is None:
            answering.in_portal(self, order, None, at)
        elif kind == "change":
            orders.change(self, order, at, data["wanted"])
        elif kind == "cancel":
            orders.cancel(self, order, data.get("line"), at)

    def _buy(self, data: dict[str, Any], at: datetime) -> None:
        account = self.account_named(data["account"])
        buyer, position = self.buyer(account), self._positions[account.group]
        order = orders.place(self, account, None, None, at, {})
        where = {"group": order.group, "number": order.number}
        for fate in buyer.fates(position, order.lines):
            more = {"wanted": fate.data} if fate.kind == "change" else fate.data
            self.schedule(at + self.delay(fate.after), fate.kind, where | more)
        if data.get("history"):
            seconds = buyer.answer_in_portal(position, self.born - at)
            if seconds is not None:
                self.schedule(at + timedelta(seconds=seconds), "portal", where)
        else:
            self.schedule(at + self.delay(buyer.gap(position, at)), "buy", data)
