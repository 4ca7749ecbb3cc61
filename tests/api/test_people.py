"""People, tokens and the audit over REST."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.conftest import Caller, Make, said
from cast import Cast, make_user
from purveyor.audit.models import Entry
from purveyor.audit.seal import seal
from purveyor.people.models import Token, User
from purveyor.people.permissions import ROLES
from purveyor.profiles.models import Profile
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

PASSWORD = "an obviously fake password"
BERT = {"name": "Bert", "password": PASSWORD, "role": "auditor", "profile": "acme-de"}


def test_me_tells_what_the_token_may_profile_by_profile(cast: Cast, caller: Make) -> None:
    told = caller(cast.vendor_manager, "orders.view", "sync.run").read("/people/me")
    assert told == {
        "name": "token:vendor-manager/erp 0",
        "everywhere": [],
        "profiles": {"acme-de": ["orders.view", "sync.run"]},
    }
    told = caller(cast.administrator, "orders.view").read("/people/me")
    assert (told["everywhere"], sorted(told["profiles"])) == (["orders.view"], ["acme-de", "other-uk"])


def test_roles_are_a_table(anna: Caller) -> None:
    roles = {role["name"]: role["permissions"] for role in anna.read("/people/roles")["roles"]}
    assert ("orders.acknowledge" in roles["commerce"], "orders.acknowledge" in roles["auditor"]) == (True, False)


def test_add_grant_take_back_change_and_shut_out(root: Caller, cast: Cast) -> None:
    answer = root.post("/people/users", BERT)
    told = json.loads(answer.content)
    assert (answer.status_code, told["name"], told["roles"]) == (
        201,
        "bert",
        [{"role": "auditor", "profile": "acme-de"}],
    )
    assert_no_secret(answer.content.decode(), more=[PASSWORD, User.objects.get(username="bert").password])
    told = json.loads(root.post("/people/users/bert/grants", {"role": "finance"}).content)
    assert {"role": "finance", "profile": None} in told["roles"]
    told = json.loads(root.post("/people/users/bert/grants/take-back", {"role": "finance"}).content)
    assert told["roles"] == [{"role": "auditor", "profile": "acme-de"}]
    told = json.loads(root.ask("PATCH", "/people/users/bert", {"full_name": "B.", "language": "de"}).content)
    assert (told["full_name"], told["language"]) == ("B.", "de")
    assert json.loads(root.post("/people/users/bert/deactivate").content)["active"] is False
    assert json.loads(root.post("/people/users/bert/activate").content)["active"] is True
    root.post("/people/users/bert/password", {"password": PASSWORD + "!"})
    assert User.objects.get(username="bert").check_password(PASSWORD + "!")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"password": "short"}, 422),
        ({"role": "king"}, 422),
        ({"name": "b/c"}, 422),
        ({"profile": "none"}, 404),
        ({"name": "finance"}, 422),
    ],
)
def test_add_refuses_what_is_wrong(root: Caller, cast: Cast, change: Any, status: int) -> None:
    before = User.objects.count()
    answer = root.post("/people/users", BERT | change)
    assert (said(answer)[0], User.objects.count()) == (status, before)
    assert PASSWORD not in answer.content.decode()


def test_list_asks_as_often_for_three_as_for_one(root: Caller) -> None:
    root.get("/people/users")
    with CaptureQueriesContext(connection) as once:
        root.get("/people/users")
    for name in ("b", "c"):
        make_user(name, "auditor")
    with CaptureQueriesContext(connection) as more:
        root.get("/people/users")
    assert len(more) == len(once)


def test_a_stranger_learns_of_no_profile_and_no_person(cast: Cast, caller: Make, profile: Profile) -> None:
    """Whether a name exists makes no difference."""
    boss = make_user("boss", "administrator", cast.other)
    token = caller(boss)
    for path, body in (
        ("/people/users", BERT),
        ("/people/users/boss/grants", {"role": "auditor", "profile": "acme-de"}),
        ("/people/tokens", {"name": "x", "scopes": ["orders.view"], "profile": "acme-de"}),
    ):
        known, unknown = token.post(path, body), token.post(path, body | {"profile": "none"})
        assert (said(known), said(unknown)) == ((404, "not-found"), (404, "not-found"))
        assert known.content.decode().replace("acme-de", "none") == unknown.content.decode()
    assert User.objects.filter(username="bert").count() == 0


def test_token_is_shown_once(root: Caller) -> None:
    made = root.post("/people/tokens", {"name": "erp", "scopes": ["orders.view"], "days": 30})
    told = json.loads(made.content)
    assert (made.status_code, told["scopes"], told["user"]) == (201, ["orders.view"], "administrator")
    assert Caller(told["token"]).get("/orders").status_code == 200
    assert_no_secret(root.get("/people/tokens").content.decode(), more=[told["token"]])


def test_token_makes_none_that_may_more_than_itself(cast: Cast, caller: Make) -> None:
    """Not even for its own owner: a token is not the person."""
    maker = caller(cast.administrator, "people.manage", "orders.view")
    for scope in ("orders.view", "orders.acknowledge"):
        assert said(maker.post("/people/tokens", {"name": "more", "scopes": [scope]})) == (403, "denied")
    assert said(maker.post("/people/tokens", {"name": "odd", "scopes": ["orders.eat"]})) == (422, "refused")
    assert Token.objects.filter(name__in=["more", "odd"]).count() == 0


def test_tokens_of_others_are_seen_and_revoked_by_who_manages_people(root: Caller, anna: Caller, cast: Cast) -> None:
    assert {row["user"] for row in anna.read("/people/tokens")["tokens"]} == {"vendor-manager"}
    assert {row["user"] for row in root.read("/people/tokens")["tokens"]} == {"vendor-manager", "administrator"}
    prefix = Token.objects.get(user=cast.vendor_manager).prefix
    assert json.loads(root.post(f"/people/tokens/{prefix}/revoke").content)["revoked_at"] is not None
    assert anna.get("/orders").status_code == 401


def test_audit_is_listed_by_profile_person_and_object(cast: Cast, caller: Make, root: Caller) -> None:
    root.post("/people/users", BERT)
    auditor = caller(cast.auditor)
    seen = auditor.read("/audit?limit=500")["entries"]
    assert {entry["profile"] for entry in seen} == {"acme-de"}
    assert [e["action"] for e in root.read("/audit?name=bert")["entries"]] == ["grant.given", "user.added"]
    by = "token:administrator/erp 0"
    assert {entry["by"] for entry in root.read(f"/audit?by={by}")["entries"]} == {by}
    first = root.read("/audit?limit=1")
    rest = root.read(f"/audit?limit=500&cursor={first['next']}")
    assert [e["id"] for e in first["entries"] + rest["entries"]] == list(
        Entry.objects.order_by("-at", "-id").values_list("id", flat=True)
    )


def test_verdict_walks_the_whole_chain(root: Caller, cast: Cast, caller: Make) -> None:
    seal()
    told = root.read("/audit/verdict")
    assert (told["ok"], told["first_bad"], told["unsealed"]) == (True, None, 0)
    assert said(caller(cast.auditor).get("/audit/verdict")) == (403, "denied")


def test_rights_are_shown_of_whom_one_manages(root: Caller, anna: Caller, cast: Cast) -> None:
    told = root.read("/people/rights?permission=orders.acknowledge")["rights"]
    assert [(row["name"], row["profile"]) for row in told] == [
        ("administrator", None),
        ("stranger", "other-uk"),
        ("vendor-manager", "acme-de"),
    ]
    mine = anna.read("/people/rights")["rights"]
    assert [(row["name"], row["roles"]) for row in mine] == [("vendor-manager", ["vendor-manager"])]
    assert set(mine[0]["permissions"]) == ROLES["vendor-manager"].permissions
    assert said(anna.get("/people/rights?permission=nonsense"))[0] == 422
    assert said(anna.get("/people/rights?profile=other-uk"))[0] == 404
