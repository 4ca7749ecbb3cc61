"""The state survives a restart: everything that was answered is still true."""

from __future__ import annotations

import stat
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from purveyor.common import clock
from purveyor.simulator import vendors, wire
from purveyor.simulator.apps import DIRECT, FULFILLMENT
from purveyor.simulator.faults import Memory
from purveyor.simulator.model import Settings
from purveyor.simulator.world import World
from simulator.talk import ORDERS, TEN, Talk, answer, entry, item
from simulator.walk import Walk

pytestmark = pytest.mark.integration


@pytest.fixture
def path(held_clock: datetime, tmp_path: Path) -> Path:
    return tmp_path / "world.sqlite3"


def again(world: World) -> World:
    """The same world after its process was killed: nothing is closed or flushed."""
    return World(path=world_path(world), scenario="peak", seed=99)


def world_path(world: World) -> str:
    return str(world.store._db.execute("PRAGMA database_list").fetchone()[2])


def test_file_is_its_owners_alone(path: Path) -> None:
    World(scenario="quiet", path=path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_the_file_says_wins(path: Path) -> None:
    first = World(scenario="quiet", seed=5, path=path)
    second = again(first)
    assert (second.seed, second.scenario.name, second.born) == (5, "quiet", first.born)
    assert second.accounts == first.accounts
    assert second.control_token == first.control_token


def test_orders_come_back_with_all_that_befell_them(path: Path) -> None:
    first = World(scenario="quiet", path=path)
    kept = first.place(lines=[TEN, TEN], at=clock.now() - timedelta(days=1))
    gone = first.place(lines=2)
    first.place_many(5, lines=3)
    first.change(kept, quantities={"1": 4}, shift_days=1)
    first.acknowledge_elsewhere(kept, {"1": 2})
    first.receive(kept, {"1": 1})
    first.cancel(gone)
    second = again(first)
    now = clock.now()
    assert dict(second.orders).keys() == dict(first.orders).keys()
    for number, order in first.orders.items():
        assert wire.order_wire(second.order(number)) == wire.order_wire(order)
        assert wire.status(second.order(number), now, Settings()) == wire.status(order, now, Settings())
    assert second.versions(kept) == first.versions(kept)
    assert second.order(gone).cancelled


def test_indices_come_back(path: Path) -> None:
    first = World(scenario="quiet", path=path)
    first.place_many(5, lines=1)
    first.change(first.place(), quantities={"1": 77})
    second = again(first)
    for name in ("created", "changed", "updated"):
        assert getattr(second.book("Waldhaus"), name).keys == getattr(first.book("Waldhaus"), name).keys


def test_lines_stay_shared(path: Path) -> None:
    first = World(scenario="quiet", path=path)
    numbers = [first.place(lines=[TEN]) for _ in range(2)]
    second = again(first)
    assert second.order(numbers[0]).items is second.order(numbers[1]).items


def test_acknowledgement_under_way_goes_on(path: Path) -> None:
    first = World(scenario="quiet", path=path)
    number = first.place(lines=[TEN], vendor_code="WALD1")
    body = answer(number, item("1", entry(10)))
    found = Talk(first, first.account).acknowledge(body).json["payload"]["transactionId"]
    second = again(first)
    assert [(a.transaction_id, a.body, str(a.outcome)) for a in second.acknowledgements(number)] == [
        (found, body, "pending")
    ]
    second.advance(timedelta(seconds=10))
    assert second.order(number).state == "Acknowledged"
    third = again(second)
    assert [str(a.outcome) for a in third.acknowledgements(number)] == ["good"]
    assert third.advance(timedelta(seconds=60)) == 0


def test_tokens_stay_good_and_revoked_ones_dead(path: Path) -> None:
    first = World(scenario="quiet", path=path)
    talk = Talk(first, first.account)
    headers = talk.headers()
    second = Talk(again(first), first.account)
    assert second.client.get(ORDERS, headers=headers).status_code == 200
    second.world.revoke()
    third = Talk(again(second.world), first.account)
    assert third.client.get(ORDERS, headers=headers).status_code == 403
    assert third.sign_in().status_code == 400


def test_rotated_secret_and_new_accounts_come_back(path: Path) -> None:
    first = World(scenario="quiet", path=path)
    first.add_account("Other", marketplace="US", sandbox=True)
    first.rotate_secret()
    assert again(first).accounts == first.accounts


def test_story_goes_on_where_it_stopped(path: Path) -> None:
    whole = World(seed=4, secrets_from_seed=True)
    first = World(seed=4, path=path)
    first.advance(timedelta(hours=2))
    second = again(first)
    second.advance(timedelta(hours=2))
    whole.tick()
    assert dict(second.orders).keys() == dict(whole.orders).keys()


def test_faults_and_settings_come_back(path: Path) -> None:
    first = World(scenario="quiet", path=path)
    first.faults.always("throttled", "token")
    first.faults.once("reset", times=3)
    first.settings.honour_sort = True
    first.keep_settings()
    first.faults.draw("getTransaction")
    second = again(first)
    assert [(rule.name, rule.operations, rule.times) for rule in second.faults.rules] == [
        ("throttled", ("token",), -1),
        ("reset", (), 2),
    ]
    assert second.settings == Settings(honour_sort=True)


def test_dice_go_on_where_they_stopped(path: Path) -> None:
    first = World(scenario="quiet", path=path)
    first.faults.dice(3, {"throttled": 0.5})
    for _ in range(20):
        first.faults.draw("token")
    first.close()
    second = World(path=path)
    assert second.faults.memory() == Memory(rules=list(second.faults.rules), seed=3, thrown=20)


def test_after_a_long_stop_the_story_goes_on_slowly(path: Path) -> None:
    first = World(seed=4, path=path)
    count = len(first.orders)
    clock.turn(timedelta(days=-3))
    first.close()
    clock.release()
    second = World(path=path)
    second.tick()
    # Three days of orders do not come at once.
    assert len(second.orders) - count <= 2
    second.close()


def test_failed_change_leaves_nothing_behind(path: Path) -> None:
    world = World(scenario="quiet", path=path)
    number = world.place(lines=1)
    before = world.store.versions("Waldhaus", number)
    with pytest.raises(ValueError, match="invalid literal"):
        world.change(number, quantities={"1": "many"})
    assert world.store.versions("Waldhaus", number) == before == []


def test_portal_comes_back(path: Path) -> None:
    first = World(scenario="quiet", path=path)
    first.settings.approval_delay = 600
    walk = Walk(first, group="Waldhaus France").sign_in()
    walk.register(FULFILLMENT, DIRECT)
    walk.add_app()
    tokens = [walk.authorise(), walk.authorise()]
    old = walk.app().client_secret
    new = vendors.rotate(first, walk.app())
    second = again(first)
    assert (second.people, second.apps, second.developers) == (first.people, first.apps, first.developers)
    assert second.accounts == first.accounts
    talk = Talk(second, second.accounts[-1])
    answers = [
        talk.sign_in(client_secret=secret, refresh_token=token).status_code for secret in (old, new) for token in tokens
    ]
    assert answers == [200] * 4
    clock.turn(timedelta(seconds=600))
    assert Walk(second, group="Waldhaus France").sign_in().add_app(DIRECT, name="Direct").status_code == 303
    second.place(account=second.accounts[-1])


def test_revocation_and_an_unauthorised_app_come_back(path: Path) -> None:
    first = World(scenario="quiet", path=path)
    walk = Walk(first).sign_in()
    walk.register()
    walk.add_app()
    walk.add_app(name="Draft for ever")
    walk.authorise()
    walk.revoke()
    second = again(first)
    assert [one.revoked for one in second.accounts] == [False, True]
    assert [app.name for app in second.apps.values()] == ["Waldhaus", "Hub", "Draft for ever"]


def test_file_from_before_apps_were_kept_apart_still_loads(path: Path) -> None:
    first = World(scenario="quiet", path=path)
    first.add_account("France", marketplace="FR", client_id=first.account.client_id)
    first.rotate_secret()
    number = first.place()
    _as_before(first)
    second = again(first)
    assert [(a.name, a.kept(), a.client_secret, a.old_secret) for a in second.accounts] == [
        (a.name, a.kept(), a.client_secret, a.old_secret) for a in first.accounts
    ]
    assert second.accounts[0].app is second.accounts[1].app
    assert [person.primary for person in second.people] == [True, False]
    talk = Talk(second, second.account)
    assert talk.numbers() == [number]
    third = again(second)
    assert third.people == second.people, "whoever may sign in stays the same"
    third.set_account(roles=())
    third.rotate_secret()
    assert again(third).accounts == third.accounts


def _as_before(world: World) -> None:
    """Write the file as it was when an account held its app's fields and nobody could sign in to a portal."""
    db = world.store._db
    for account in world.accounts:
        whole = msgspec.to_builtins(account.app) | msgspec.to_builtins(account.kept())
        db.execute("UPDATE accounts SET value = ? WHERE name = ?", (msgspec.json.encode(whole), account.name))
    known = msgspec.json.decode(world.store.get("world") or b"")
    del known["people"]
    world.store.put("world", known)
    db.execute("DROP TABLE apps")
    db.execute("DROP TABLE developers")
