"""The portal's pages as a person clicks them, from signing in to the refresh token."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from purveyor.common import clock
from purveyor.simulator.apps import ANALYTICS, DIRECT, FULFILLMENT, TRACKING
from purveyor.simulator.world import World
from simulator.talk import Talk
from simulator.walk import NEW_APP, REGISTRATION, Walk, said, value

pytestmark = pytest.mark.unit

SAYS = "This is a simulator, not Amazon."


@pytest.fixture
def walk(world: World) -> Walk:
    return Walk(world).sign_in()


@pytest.fixture
def console(walk: Walk) -> Walk:
    """Registered as developer, with one app."""
    walk.register(FULFILLMENT, ANALYTICS, DIRECT)
    walk.add_app()
    return walk


def test_whole_way_ends_on_the_first_order(walk: Walk, world: World) -> None:
    assert walk.register().headers["Location"] == walk.home + "integration"
    assert walk.add_app().headers["Location"] == walk.home + "integration"
    shown = walk.get(f"apps/{walk.app().client_id}/credentials").text
    refresh = walk.authorise()
    number = world.place()
    talk = Talk(world, walk.account())
    answer = talk.sign_in(
        client_id=value(shown, "client-id"), client_secret=value(shown, "client-secret"), refresh_token=refresh
    )
    talk.access = answer.json["access_token"]
    assert talk.numbers() == [number]


def test_sign_in_with_a_wrong_password_is_refused(world: World) -> None:
    walk = Walk(world)
    form = {"csrf": walk.token(), "user": world.primary.user, "password": "wrong"}
    answer = walk.browser.post("/portal/sign-in", data=form)
    assert (answer.status_code, said(answer)) == (403, "That user name and password do not fit.")
    assert walk.browser.get("/portal/accounts").headers["Location"] == "/portal/sign-in"


def tried(world: World, walk: Walk, user: str, password: str) -> tuple[int, str]:
    """One try at the door: the status, and what was said."""
    form = {"csrf": walk.token(), "user": user, "password": password}
    answer = walk.browser.post("/portal/sign-in", data=form)
    return answer.status_code, said(answer)


def test_wrong_passwords_make_a_name_wait_longer_and_longer(world: World, held_clock: object) -> None:
    walk, me = Walk(world), world.primary
    for _ in range(5):
        assert tried(world, walk, me.user, "wrong")[0] == 403
    assert tried(world, walk, me.user, me.password) == (429, "Too many tries. Wait 10 seconds, then try again.")
    assert walk.browser.get("/portal/accounts").headers["Location"] == "/portal/sign-in"
    clock.turn(timedelta(seconds=10))
    assert tried(world, walk, me.user, "wrong")[0] == 403
    assert tried(world, walk, me.user, me.password) == (429, "Too many tries. Wait 20 seconds, then try again.")
    clock.turn(timedelta(seconds=20))
    walk.sign_in()
    assert tried(world, walk, me.user, "wrong")[0] == 403


def test_wait_is_a_names_own_and_unknown_names_wait_as_one(world: World, held_clock: object) -> None:
    walk = Walk(world)
    for number in range(5):
        assert tried(world, walk, f"nobody{number}", "wrong")[0] == 403
    assert tried(world, walk, "somebody-else", "wrong")[0] == 429
    walk.sign_in()


def test_wrong_passwords_are_forgotten_after_an_hour(world: World, held_clock: object) -> None:
    walk = Walk(world)
    for _ in range(4):
        tried(world, walk, world.primary.user, "wrong")
    clock.turn(timedelta(hours=1))
    assert tried(world, walk, world.primary.user, "wrong")[0] == 403
    assert tried(world, walk, world.primary.user, "wrong")[0] == 403


@pytest.mark.parametrize("where", ["", "contacts", "integration", "developer", "apps/new"])
def test_pages_want_somebody_signed_in(world: World, where: str) -> None:
    assert Walk(world).get(where).headers["Location"] == "/portal/sign-in"


def test_signing_out_ends_the_visit_for_a_kept_cookie_too(walk: Walk) -> None:
    kept = walk.browser.get_cookie("standin-portal", path="/portal")
    assert kept is not None
    walk.browser.post("/portal/sign-out", data={"csrf": walk.token("/portal/accounts")})
    walk.browser.set_cookie("standin-portal", kept.value, path="/portal")
    assert walk.get().headers["Location"] == "/portal/sign-in"


def test_visit_ends_after_eight_hours(walk: Walk) -> None:
    clock.turn(timedelta(hours=8))
    assert walk.get().headers["Location"] == "/portal/sign-in"


def test_signing_in_changes_the_cookie(world: World) -> None:
    walk = Walk(world)
    walk.browser.set_cookie("standin-portal", "planted", path="/portal")
    walk.sign_in()
    kept = walk.browser.get_cookie("standin-portal", path="/portal")
    assert kept is not None
    assert kept.value != "planted"


def test_cookie_keeps_to_itself(world: World) -> None:
    cookie = Walk(world).browser.get("/portal/sign-in").headers["Set-Cookie"]
    assert [part for part in ("HttpOnly", "SameSite=Lax", "Path=/portal") if part not in cookie] == []


def test_several_groups_and_countries_can_be_chosen(walk: Walk) -> None:
    text = walk.browser.get("/portal/accounts").text
    shown = re.findall(r"<b>([^<]+)</b><span>([^<]+)</span>", text)
    assert shown == [
        ("Waldhaus", "Germany"),
        ("Waldhaus", "France"),
        ("Waldhaus", "United Kingdom"),
        ("Waldhaus", "United States"),
        ("Waldhaus", "Japan"),
        ("Nordlicht Textil", "Germany"),
    ]


def test_contacts_show_the_vendor_codes_of_the_chosen_group(world: World) -> None:
    for group, codes in (("Waldhaus", ["WALD1", "WALD2"]), ("Nordlicht Germany", ["NORD1", "NORD2"])):
        text = Walk(world, group=group).sign_in().get("contacts").text
        assert re.findall(r'<code class="vendor-code">([^<]+)</code>', text) == codes


@pytest.mark.parametrize("missing", ["organisation", "contact", "email", "roles"])
def test_registration_wants_everything_and_keeps_what_was_filled(walk: Walk, world: World, missing: str) -> None:
    form = {**REGISTRATION, "roles": (FULFILLMENT,)} | {missing: ""}
    if missing == "roles":
        del form["roles"]
    answer = walk.post("integration", **form)
    assert answer.status_code == 400
    assert said(answer) != ""
    assert [v for k, v in REGISTRATION.items() if k != missing and f'value="{v}"' not in answer.text] == []
    assert world.developers == {}


def test_registering_twice_is_refused(walk: Walk) -> None:
    walk.register()
    assert said(walk.register()) == "Waldhaus is registered as developer already."


def test_registration_belongs_to_one_account(console: Walk, world: World) -> None:
    other = Walk(world, group="Waldhaus France").sign_in()
    assert "Register as developer" in other.get("integration").text
    assert other.get("apps/new").status_code == 400
    assert other.get(f"apps/{console.app().client_id}/credentials").status_code == 404
    assert other.post(f"apps/{console.app().client_id}/edit", name="Mine", roles=(FULFILLMENT,)).status_code == 404
    assert console.app().name == "Hub"


def test_roles_are_approved_at_once_but_the_restricted_one(walk: Walk, world: World) -> None:
    world.settings.approval_delay = 600
    walk.register(FULFILLMENT, ANALYTICS, DIRECT)
    text = walk.get("developer").text
    assert re.findall(r"mark (?:good|warn)\">(Approved|In review)", text) == ["Approved", "Approved", "In review"]
    assert said(walk.add_app(DIRECT)) == f"The role {DIRECT} is not approved for Waldhaus GmbH."
    clock.turn(timedelta(seconds=599))
    assert walk.add_app(DIRECT).status_code == 400
    clock.turn(timedelta(seconds=1))
    assert walk.add_app(DIRECT).status_code == 303
    assert walk.app().roles == (DIRECT,)


def test_speed_shortens_the_wait_for_a_role(walk: Walk, world: World) -> None:
    world.settings.approval_delay = 600
    world.set_speed(10)
    walk.register(DIRECT)
    clock.turn(timedelta(seconds=60))
    assert walk.add_app(DIRECT).status_code == 303


def test_more_roles_can_be_asked_for(walk: Walk) -> None:
    walk.register()
    assert said(walk.post("developer")) == "Tick at least one role."
    assert said(walk.post("developer", roles=(FULFILLMENT,))) == "Tick a role you do not have yet."
    walk.post("developer", roles=(TRACKING,))
    assert walk.add_app(TRACKING).status_code == 303


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": "  "}, "Fill in the app name."),
        ({"name": "x" * 61}, "The app name has more than 60 characters."),
        ({"api_type": ""}, "Choose the API type SP API."),
        ({"api_type": "Advertising API"}, "Choose the API type SP API. This simulator makes no other."),
        ({"delegates": ""}, "Answer whether access to PII is delegated."),
        ({"roles": ()}, "Tick at least one role."),
        ({"roles": ("Everything",)}, "There is no role Everything."),
        ({"roles": (TRACKING,)}, f"The role {TRACKING} is not approved for Waldhaus GmbH."),
    ],
)
def test_new_app_wants_everything(walk: Walk, world: World, changed: dict[str, object], says: str) -> None:
    walk.register()
    before = list(world.apps)
    answer = walk.post("apps/new", **({**NEW_APP, "roles": (FULFILLMENT,)} | changed))
    assert (answer.status_code, said(answer)) == (400, says)
    assert list(world.apps) == before


def test_app_is_a_draft_in_the_console(console: Walk) -> None:
    text = console.get("integration").text
    row = re.search(r'<th scope="row">Hub</th>.*?</tr>', text, re.DOTALL)
    assert row is not None
    assert [
        part for part in ("SP API", "Draft", FULFILLMENT, "0 of 10", "View", "Edit App") if part not in row[0]
    ] == []


def test_name_of_an_app_is_taken_once(console: Walk) -> None:
    assert said(console.add_app()) == "There is an app Hub already."


def test_credentials_show_when_the_secret_expires(console: Walk) -> None:
    app = console.app()
    text = console.get(f"apps/{app.client_id}/credentials").text
    assert (value(text, "client-id"), value(text, "client-secret")) == (app.client_id, app.client_secret)
    assert "in 180 days." in text
    clock.turn(timedelta(days=180))
    expired = console.sign_in().get(f"apps/{app.client_id}/credentials").text
    assert "until then every exchange is refused" in expired


def test_console_warns_of_a_secret_that_expires(console: Walk) -> None:
    clock.turn(timedelta(days=89))
    assert "Secret expires" not in console.sign_in().get("integration").text
    clock.turn(timedelta(days=90))
    assert "Secret expires in 1 day<" in console.sign_in().get("integration").text


def test_rotation_shows_the_new_secret_and_until_when_the_old_one_works(console: Walk) -> None:
    old = console.app().client_secret
    where = f"apps/{console.app().client_id}/credentials"
    assert console.post(where).status_code == 303
    text = console.get(where).text
    assert value(text, "client-secret") == console.app().client_secret != old
    assert "The secret before this one works until" in text
    assert old not in text


def test_refresh_token_is_shown_once(console: Walk) -> None:
    token = console.authorise()
    assert token == console.account().refresh_token
    again = console.get(f"apps/{console.app().client_id}/authorise").text
    assert token not in again
    assert "1 of 10" in console.get("integration").text


def test_refresh_token_of_one_app_is_not_shown_on_the_page_of_another(console: Walk) -> None:
    console.add_app(name="Other")
    hub, other = console.app(), console.app("Other")
    console.post(f"apps/{hub.client_id}/authorise", account=console.group.id)
    assert value(console.get(f"apps/{other.client_id}/authorise").text, "refresh-token") == ""
    assert (
        value(console.get(f"apps/{hub.client_id}/authorise").text, "refresh-token") == console.account().refresh_token
    )


def test_adding_a_role_asks_for_authorising_again(console: Walk) -> None:
    console.authorise()
    where = f"apps/{console.app().client_id}/"
    answer = console.post(where + "edit", name="Hub", roles=(FULFILLMENT, ANALYTICS))
    assert answer.headers["Location"] == console.home + where + "authorise"
    assert f"Lacks {ANALYTICS}. Authorise the app again" in console.get(where + "authorise").text
    assert console.account().roles == (FULFILLMENT,)
    console.authorise()
    assert console.account().roles == (FULFILLMENT, ANALYTICS)
    assert "Lacks" not in console.get(where + "authorise").text


def test_revoking_is_refused_where_nothing_stands(console: Walk) -> None:
    assert said(console.revoke()) == "Hub is not authorised for Waldhaus, Germany."
    console.authorise()
    console.revoke()
    assert console.account().revoked
    assert said(console.revoke()) == "Hub is not authorised for Waldhaus, Germany."


def test_app_that_came_with_the_stand_in_can_be_rotated_and_revoked(walk: Walk, world: World) -> None:
    app, old = world.account.app, world.account.client_secret
    assert "Came with this simulator" in walk.get("integration").text
    walk.post(f"apps/{app.client_id}/credentials")
    walk.post(f"apps/{app.client_id}/revoke", account=walk.group.id)
    assert (world.account.old_secret, world.account.revoked) == (old, True)


def test_app_that_came_with_the_stand_in_cannot_be_edited(console: Walk, world: World) -> None:
    app = world.account.app
    before, where = (app.name, app.roles, app.developer), f"apps/{app.client_id}/edit"
    assert console.get(where).status_code == 404
    assert console.post(where, name="Mine now", roles=(ANALYTICS,)).status_code == 404
    assert (app.name, app.roles, app.developer) == before


def test_colleague_may_do_all_but_register_and_rotate(world: World) -> None:
    colleague = Walk(world, world.people[1]).sign_in()
    assert said(colleague.register()) == "Only the account's primary user may do this."
    assert world.developers == {}
    assert "Only the account's primary user can register" in colleague.get("integration").text
    Walk(world).sign_in().register()
    assert said(colleague.post("developer", roles=(TRACKING,))) == "Only the account's primary user may do this."
    colleague.add_app()
    secret = colleague.app().client_secret
    answer = colleague.post(f"apps/{colleague.app().client_id}/credentials")
    assert (answer.status_code, colleague.app().client_secret) == (400, secret)
    assert colleague.authorise() == colleague.account().refresh_token


def test_group_begins_its_story_when_it_is_first_authorised(held_clock: object) -> None:
    world = World(seed=3, secrets_from_seed=True)
    walk = Walk(world, group="Waldhaus France").sign_in()
    assert dict(world.book("Waldhaus France").orders) == {}
    walk.register()
    walk.add_app()
    walk.authorise()
    told = dict(world.book("Waldhaus France").orders)
    assert len(told) == 40
    walk.authorise()
    assert world.book("Waldhaus France").orders.keys() == told.keys()
    talk = Talk(world, walk.account("Waldhaus France"))
    orders = talk.orders().json["payload"]["orders"]
    assert {order["orderDetails"]["sellingParty"]["partyId"] for order in orders} == {"WALF1"}


def test_other_groups_change_nothing_in_a_seeded_world(held_clock: object) -> None:
    plain, walked = (World(seed=3, secrets_from_seed=True) for _ in range(2))
    walk = Walk(walked, group="Nordlicht Germany").sign_in()
    walk.register()
    walk.add_app()
    walk.authorise()
    for world in (plain, walked):
        world.advance(timedelta(0))
    assert dict(walked.orders).keys() == dict(plain.orders).keys()
    assert walked.account.refresh_token == plain.account.refresh_token


# ── what guards the pages ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", [{}, {"csrf": ""}, {"csrf": "0" * 64}])
def test_form_from_elsewhere_changes_nothing(walk: Walk, world: World, form: dict[str, str]) -> None:
    data = form | REGISTRATION | {"roles": FULFILLMENT}
    assert walk.browser.post(walk.home + "integration", data=data).status_code == 403
    assert world.developers == {}


def test_form_of_another_visitor_changes_nothing(walk: Walk, world: World) -> None:
    token = Walk(world).sign_in().token("/portal/accounts")
    data = {"csrf": token, "roles": FULFILLMENT} | REGISTRATION
    assert walk.browser.post(walk.home + "integration", data=data).status_code == 403
    assert world.developers == {}


def test_form_of_the_control_page_opens_nothing_here(walk: Walk, world: World) -> None:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', walk.browser.get("/control/").text)
    assert found is not None
    data = {"csrf": found[1], "roles": FULFILLMENT} | REGISTRATION
    assert walk.browser.post(walk.home + "integration", data=data).status_code == 403
    assert world.developers == {}


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost:8001", 200), ("[::1]:8001", 200), ("standin.test", 200), ("evil.test", 421), ("10.0.0.1", 421)],
)
def test_portal_answers_under_its_own_names_only(walk: Walk, host: str, status: int) -> None:
    assert walk.browser.get("/portal/sign-in", environ_overrides={"HTTP_HOST": host}).status_code == status


def test_posting_under_another_name_changes_nothing(walk: Walk, world: World) -> None:
    data = {"csrf": walk.token("/portal/accounts"), "roles": FULFILLMENT} | REGISTRATION
    evil = {"HTTP_HOST": "evil.test"}
    assert walk.browser.post(walk.home + "integration", data=data, environ_overrides=evil).status_code == 421
    assert world.developers == {}


@pytest.mark.parametrize("where", ["", "contacts", "integration", "developer", "apps/new", "nothing"])
def test_every_page_says_what_it_is_and_lets_nothing_in(console: Walk, where: str) -> None:
    answer = console.get(where)
    assert SAYS in answer.text
    assert re.findall(r"<style| style=|javascript:| on[a-z]+=|<script(?! src=\"/portal/portal.js\")", answer.text) == []
    policy = answer.headers["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; frame-ancestors 'none';"
        " base-uri 'none'"
    )
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_pages_escape_what_was_filled_in(walk: Walk) -> None:
    walk.register()
    walk.add_app(name="<b>Bold</b>")
    text = walk.get("integration").text
    assert "<b>Bold" not in text
    assert "&lt;b&gt;Bold" in text


def test_secrets_show_where_they_are_asked_for_alone(console: Walk, world: World) -> None:
    console.authorise()
    mine = console.account()
    secret = {mine.client_secret, mine.refresh_token, world.key, world.control_token, world.primary.password}
    for where in ("", "contacts", "integration", "developer", f"apps/{mine.client_id}/edit"):
        text = console.get(where).text
        assert [one for one in secret if one in text] == []


def test_unknown_pages_and_methods_are_refused(walk: Walk) -> None:
    assert walk.get("nothing").status_code == 404
    assert walk.browser.get("/portal/0000000000/integration").status_code == 404
    assert walk.post("contacts").status_code == 405
    assert walk.get("apps/unknown/credentials").status_code == 404


def test_style_and_script_are_files_of_their_own(world: World) -> None:
    browser = Walk(world).browser
    assert browser.get("/portal/portal.css").mimetype == "text/css"
    assert browser.get("/portal/portal.js").mimetype == "text/javascript"


def test_control_page_shows_how_to_sign_in(world: World) -> None:
    text = Walk(world).browser.get("/control/").text
    assert [part for one in world.people for part in (one.user, one.password) if part not in text] == []


def test_control_page_sets_the_wait_for_a_role(world: World) -> None:
    browser = Walk(world).browser
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get("/control/").text)
    assert found is not None
    browser.post("/control/approval", data={"csrf": found[1], "seconds": "5"})
    assert world.settings.approval_delay == 5
    assert browser.post("/control/approval", data={"csrf": found[1], "seconds": "nan"}).status_code == 400
    assert world.settings.approval_delay == 5
