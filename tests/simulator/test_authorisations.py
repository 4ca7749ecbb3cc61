"""What an authorisation opens, and what is refused in the very same words (FACTS §1.2, §1.3, §4.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from purveyor.common import clock
from purveyor.simulator import vendors
from purveyor.simulator.accounts import Account
from purveyor.simulator.apps import (
    ANALYTICS,
    DIRECT,
    FINANCE,
    FULFILLMENT,
    LISTING,
    MOST_AUTHORISATIONS,
    ROLES,
    TRACKING,
)
from purveyor.simulator.world import World
from simulator.talk import ACKNOWLEDGE, ORDERS, STATUS, TRANSACTIONS, Talk
from simulator.walk import Walk, said

pytestmark = pytest.mark.unit

NO_SECRET = "amzn1.oa2-cs.v1." + "0" * 64
NO_CLIENT = "amzn1.application-oa2-client." + "0" * 32


@pytest.fixture
def walk(world: World) -> Walk:
    """Registered with every role; an app that has Amazon Fulfillment."""
    world.settings.approval_delay = 0
    found = Walk(world).sign_in()
    found.register(*ROLES)
    found.add_app()
    return found


def alike(response: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Everything of an answer but its request id."""
    headers = [(name, given) for name, given in response.headers if name != "x-amzn-RequestId"]
    return response.status_code, response.data, headers


# ── refused alike ───────────────────────────────────────────────────────────────────────────────────────────────


def test_client_is_refused_alike_to_the_byte(walk: Walk, world: World) -> None:
    """Unknown client, no client id at all, another app's, wrong secret, no secret of this shape, an expired one."""
    walk.authorise()
    talk = Talk(world, walk.account())
    refused = [
        talk.sign_in(client_id=NO_CLIENT),
        talk.sign_in(client_id="somebody"),
        talk.sign_in(client_id=world.account.client_id),
        talk.sign_in(client_secret=NO_SECRET),
        talk.sign_in(client_secret="nonsense"),
        talk.sign_in(client_id=NO_CLIENT, client_secret=NO_SECRET, refresh_token="Atzr|wrong"),
    ]
    clock.turn(timedelta(days=180))
    refused += [talk.sign_in(), talk.sign_in(client_secret=NO_SECRET)]
    rotated = talk.account.client_secret
    vendors.rotate(world, walk.app())
    refused.append(talk.sign_in(client_secret=rotated))
    assert talk.sign_in().status_code == 200
    assert [alike(one) for one in refused] == [alike(refused[0])] * 9
    assert (refused[0].status_code, refused[0].json["error"]) == (401, "invalid_client")


def test_old_secret_is_refused_alike_after_its_seven_days(walk: Walk, world: World) -> None:
    walk.authorise()
    talk, old = Talk(world, walk.account()), walk.app().client_secret
    vendors.rotate(world, walk.app())
    assert talk.sign_in(client_secret=old).status_code == 200
    clock.turn(timedelta(days=7))
    assert alike(talk.sign_in(client_secret=old)) == alike(talk.sign_in(client_secret=NO_SECRET))


def test_refresh_token_is_refused_alike_to_the_byte(walk: Walk, world: World) -> None:
    """Malformed, unknown, another app's of the same group, revoked, and while the fault says revoked."""
    walk.authorise()
    talk = Talk(world, walk.account())
    refused = [
        talk.sign_in(refresh_token="nonsense"),
        talk.sign_in(refresh_token="Atzr|" + "a" * 340),
        talk.sign_in(refresh_token=talk.account.refresh_token[:-1]),
        talk.sign_in(refresh_token=world.account.refresh_token),
    ]
    world.faults.once("revoked", "token")
    refused.append(talk.sign_in())
    assert talk.sign_in().status_code == 200
    walk.revoke()
    refused.append(talk.sign_in())
    assert [alike(one) for one in refused] == [alike(refused[0])] * 6
    assert (refused[0].status_code, refused[0].json["error"]) == (400, "invalid_grant")


def test_app_that_nobody_authorised_is_refused_like_a_wrong_token(walk: Walk, world: World) -> None:
    app = walk.app()
    talk = Talk(world, Account(name="nobody", app=app))
    first = alike(talk.sign_in(refresh_token=world.account.refresh_token))
    walk.authorise()
    assert alike(Talk(world, walk.account()).sign_in(refresh_token="nonsense")) == first


def test_access_token_is_refused_alike_to_the_byte(walk: Walk, world: World) -> None:
    """Revoked, malformed, made by another world: 403 in the same words."""
    walk.authorise()
    talk = Talk(world, walk.account())
    assert talk.get(ORDERS).status_code == 200
    foreign = World(scenario="quiet", seed=2, secrets_from_seed=True)
    walk.revoke()
    refused = [talk.get(ORDERS)]
    for access in ("nonsense", "Atza|" + "a" * 300, Talk(foreign, foreign.account).sign_in().json["access_token"]):
        talk.access = access
        refused.append(talk.get(ORDERS))
    assert [alike(one) for one in refused] == [alike(refused[0])] * 4
    assert refused[0].status_code == 403


def test_missing_role_and_wrong_region_are_refused_alike_to_the_byte(walk: Walk, world: World) -> None:
    walk.authorise()
    talk = Talk(world, walk.account())
    region = talk.get("/na" + ORDERS)
    world.set_account(talk.account, roles=(ANALYTICS,))
    role = talk.get(ORDERS)
    world.faults.once("missing-role", "getPurchaseOrders")
    assert alike(region) == alike(role) == alike(talk.get(ORDERS))
    assert (role.status_code, role.json["errors"][0]["code"]) == (403, "Unauthorized")


# ── regions ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("group", "region"), [("Waldhaus", "eu"), ("Waldhaus United States", "na"), ("Waldhaus Japan", "fe")]
)
def test_regional_endpoint_takes_tokens_of_its_own_region_only(
    walk: Walk, world: World, group: str, region: str
) -> None:
    walk.authorise(group)
    talk = Talk(world, walk.account(group))
    for path in (ORDERS, STATUS):
        answers = {prefix: talk.get(f"/{prefix}{path}").status_code for prefix in ("na", "eu", "fe")}
        assert answers == {"na": 403, "eu": 403, "fe": 403} | {region: 200}
        assert talk.get(path).status_code == 200


def test_regional_endpoint_takes_acknowledgements_and_names_no_other_paths(talk: Talk) -> None:
    assert talk.post("/eu" + ACKNOWLEDGE, {}).status_code == 400
    assert talk.post("/na" + ACKNOWLEDGE, {}).status_code == 403
    for path in ("/eu", "/eu/", "/de" + ORDERS, "/eu/eu" + ORDERS, "/EU" + ORDERS, "/eu/auth/o2/token"):
        assert talk.get(path).status_code == 404


def test_regional_endpoint_refuses_a_bad_token_before_the_region(talk: Talk) -> None:
    talk.access = "Atza|wrong"
    assert alike(talk.get("/na" + ORDERS)) == alike(talk.get(ORDERS))


# ── roles, groups, limits of an app ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("role", "opened"),
    [(FULFILLMENT, True), (TRACKING, True), (ANALYTICS, False), (LISTING, False), (FINANCE, False), (DIRECT, False)],
)
def test_role_ticked_for_the_app_decides_what_opens(walk: Walk, world: World, role: str, opened: bool) -> None:
    walk.add_app(role, name="One role")
    walk.authorise(app="One role")
    account = next(one for one in world.accounts if one.app.name == "One role")
    talk = Talk(world, account)
    expected = {ORDERS: 200, STATUS: 200, TRANSACTIONS + "x": 404}
    assert {path: talk.get(path).status_code for path in expected} == (
        expected if opened else dict.fromkeys(expected, 403)
    )
    assert talk.post(ACKNOWLEDGE, {}).status_code == (400 if opened else 403)


def test_role_taken_from_the_app_stays_with_the_authorisation(walk: Walk, world: World) -> None:
    walk.authorise()
    talk = Talk(world, walk.account())
    walk.post(f"apps/{walk.app().client_id}/edit", name="Hub", roles=(ANALYTICS,))
    assert talk.get(ORDERS).status_code == 200
    walk.authorise()
    assert talk.get(ORDERS).status_code == 403


def test_token_sees_its_own_group_only(walk: Walk, world: World) -> None:
    walk.authorise()
    walk.authorise("Nordlicht Germany")
    mine, theirs = Talk(world, walk.account()), Talk(world, walk.account("Nordlicht Germany"))
    number, other = world.place(), world.place(account=theirs.account)
    assert (mine.numbers(), theirs.numbers()) == ([number], [other])
    assert mine.get(f"{ORDERS}/{other}").status_code == 404
    assert Talk(world, world.account).numbers() == [number]


def test_revoking_one_group_leaves_the_others(walk: Walk, world: World) -> None:
    walk.authorise()
    walk.authorise("Waldhaus France")
    walk.revoke()
    assert Talk(world, walk.account()).sign_in().status_code == 400
    assert Talk(world, walk.account("Waldhaus France")).get(ORDERS).status_code == 200


def test_authorising_anew_leaves_earlier_tokens_good_until_revoked(walk: Walk, world: World) -> None:
    first, second = walk.authorise(), walk.authorise()
    assert first != second
    talk = Talk(world, walk.account())
    assert [talk.sign_in(refresh_token=token).status_code for token in (first, second)] == [200, 200]
    walk.revoke()
    third = walk.authorise()
    answers = [talk.sign_in(refresh_token=token).status_code for token in (first, second, third)]
    assert answers == [400, 400, 200]


def test_app_holds_ten_authorisations_at_most(walk: Walk, world: World) -> None:
    for place in range(MOST_AUTHORISATIONS):
        world.add_account(f"Vendor {place}")
        assert walk.authorise(f"Vendor {place}") != ""
    before = len(world.accounts)
    answer = walk.post(f"apps/{walk.app().client_id}/authorise", account=walk.group.id)
    assert said(answer) == "An app can hold 10 authorisations. Revoke one you no longer need."
    assert len(world.accounts) == before
    assert walk.authorise("Vendor 3") != "", "one that stands can be authorised again"
    walk.revoke("Vendor 3")
    assert walk.authorise() != ""
    assert walk.authorise("Vendor 3") == ""


def test_rotation_concerns_every_group_of_the_app_and_no_other_app(walk: Walk, world: World) -> None:
    walk.authorise()
    walk.authorise("Waldhaus France")
    before = world.account.client_secret
    new = vendors.rotate(world, walk.app())
    accounts = [walk.account(), walk.account("Waldhaus France")]
    assert [one.client_secret for one in accounts] == [new, new]
    assert world.account.client_secret == before


def test_rotating_an_expired_secret_does_not_revive_it(walk: Walk, world: World) -> None:
    walk.authorise()
    talk, old = Talk(world, walk.account()), walk.app().client_secret
    clock.turn(timedelta(days=180))
    vendors.rotate(world, walk.app())
    assert talk.sign_in(client_secret=old).status_code == 401


def test_control_page_counts_an_order_once_however_many_apps_see_it(walk: Walk, world: World) -> None:
    walk.authorise()
    number = world.place()
    assert len(world.all_orders()) == 1
    assert walk.browser.get("/control/").text.count(f"<code>{number}</code>") == 1


def test_app_and_person_print_no_secret(walk: Walk, world: World) -> None:
    text = f"{walk.app()!r} {world.people!r} {world.apps!r}"
    assert [s for s in (walk.app().client_secret, world.primary.password) if s in text] == []
