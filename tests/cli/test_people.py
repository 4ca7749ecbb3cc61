"""``purveyor user`` and ``purveyor token``."""

from __future__ import annotations

import pytest

from cast import make_user
from cli.conftest import Run
from purveyor.people.domain.tokens import find_token
from purveyor.people.models import Token, User
from purveyor.profiles.models import Profile
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

PASSWORD = "an obviously fake password"


@pytest.fixture
def anna(run: Run) -> User:
    """The only administrator."""
    run("user", "add", "anna", "--role", "administrator", "--password-stdin", stdin=f"{PASSWORD}\n")
    return User.objects.get(username="anna")


def test_add_reads_the_password_from_standard_input(run: Run, profile: Profile) -> None:
    asked = ["--role", "Vendor Manager", "--profile", "acme-de", "--password-stdin", "--json"]
    done = run("user", "add", "Bert", *asked, stdin=f"{PASSWORD}\r\n")
    assert (done.status, done.json["name"], done.json["profile"]) == (0, "bert", "acme-de")
    assert User.objects.get().check_password(PASSWORD)
    assert_no_secret(done.out + done.err, more=[PASSWORD])


def test_add_without_the_flag_is_wrong_usage(run: Run) -> None:
    assert run("user", "add", "bert", "--role", "auditor", "--json", stdin=PASSWORD).status == 2


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [("b/c", "auditor", PASSWORD), ("bert", "king", PASSWORD), ("bert", "auditor", "short")],
)
def test_add_refuses_what_is_wrong(run: Run, name: str, role: str, password: str) -> None:
    done = run("user", "add", name, "--role", role, "--password-stdin", "--json", stdin=password)
    assert (done.status, done.json["error"]["code"], User.objects.count()) == (1, "refused", 0)
    assert password not in done.out


def test_add_for_an_unknown_profile(run: Run) -> None:
    asked = ["--role", "auditor", "--profile", "none", "--password-stdin", "--json"]
    done = run("user", "add", "bert", *asked, stdin=PASSWORD)
    assert (done.status, done.json["error"]["code"], User.objects.count()) == (1, "not-found", 0)


def test_list_shows_roles_and_no_hash(run: Run, anna: User) -> None:
    (row,) = run("user", "list", "--json").json["users"]
    assert (row["name"], row["active"], row["second_factor"]) == ("anna", True, False)
    assert row["roles"] == [{"role": "administrator", "profile": None}]
    assert anna.password not in run("user", "list", "--json").out
    assert "anna" in run("user", "list").out


def test_grant_and_take_back(run: Run, anna: User, profile: Profile) -> None:
    make_user("bert", "auditor")
    assert run("user", "grant", "bert", "finance", "--profile", "acme-de", "--json").status == 0
    assert User.objects.get(username="bert").grants.count() == 2
    assert run("user", "take-back", "bert", "finance", "--profile", "acme-de", "--json").status == 0
    assert User.objects.get(username="bert").grants.count() == 1


def test_the_last_administrator_stays(run: Run, anna: User) -> None:
    for command in (["take-back", "anna", "administrator"], ["deactivate", "anna"]):
        assert run("user", *command, "--json").json["error"]["code"] == "refused"
    anna.refresh_from_db()
    assert (anna.is_active, anna.grants.count()) == (True, 1)


def test_password_deactivate_activate_and_second_factor(run: Run, anna: User) -> None:
    bert = make_user("bert", "auditor")
    assert run("user", "password", "bert", "--password-stdin", "--json", stdin=PASSWORD).status == 0
    bert.refresh_from_db()
    assert bert.check_password(PASSWORD)
    assert run("user", "deactivate", "bert", "--json").json == {"name": "bert", "active": False}
    assert run("user", "activate", "bert", "--json").json == {"name": "bert", "active": True}
    assert run("user", "second-factor-off", "bert", "--json").json == {"name": "bert", "second_factor": False}
    assert run("user", "deactivate", "nobody", "--json").json["error"]["code"] == "not-found"


def test_token_belongs_to_the_only_administrator_unless_said(run: Run, anna: User) -> None:
    done = run("token", "add", "erp", "--scope", "orders.view", "--scope", "orders.acknowledge", "--json")
    assert (done.status, done.json["name"], done.json["scopes"]) == (0, "erp", ["orders.acknowledge", "orders.view"])
    token = find_token(done.json["token"])
    assert token is not None
    assert (token.user, token.prefix) == (anna, done.json["prefix"])


def test_token_is_shown_once_and_kept_as_a_hash(run: Run, anna: User) -> None:
    made = run("token", "add", "erp", "--scope", "orders.view")
    plain = made.out.splitlines()[0]
    assert find_token(plain) is not None
    listed = run("token", "list", "--json")
    assert_no_secret(listed.out, more=[plain, plain.split("_", 2)[2], Token.objects.get().hash])
    assert [row["name"] for row in listed.json["tokens"]] == ["erp"]


def test_token_of_a_named_user_or_of_their_namesake(run: Run, anna: User) -> None:
    bert = make_user("bert", "auditor")
    for name, more in (("erp", ["--user", "bert"]), ("bert", [])):
        run("token", "add", name, *more, "--scope", "orders.view")
        assert Token.objects.get(name=name).user == bert


def test_token_is_ambiguous_among_administrators(run: Run, anna: User) -> None:
    make_user("carl", "administrator")
    done = run("token", "add", "erp", "--scope", "orders.view", "--json")
    assert (done.status, Token.objects.count()) == (2, 0)


def test_token_never_holds_more_than_its_owner(run: Run, anna: User) -> None:
    make_user("bert", "auditor")
    done = run("token", "add", "erp", "--user", "bert", "--scope", "orders.acknowledge", "--json")
    assert (done.status, done.json["error"]["code"], Token.objects.count()) == (1, "denied", 0)
    assert run("token", "add", "erp", "--scope", "orders.eat", "--json").json["error"]["code"] == "refused"


def test_token_for_one_profile_and_a_time(run: Run, anna: User, profile: Profile) -> None:
    asked = ["--scope", "orders.view", "--profile", "acme-de", "--days", "1", "--json"]
    run("token", "add", "erp", *asked)
    token = Token.objects.get()
    assert (token.profile, (token.expires_at - token.created_at).days) == (profile, 1)
    assert run("token", "add", "x", "--scope", "orders.view", "--days", "0", "--json").status == 2
    assert run("token", "add", "x", "--json").status == 2


def test_revoke_by_prefix(run: Run, anna: User) -> None:
    plain = run("token", "add", "erp", "--scope", "orders.view", "--json").json["token"]
    prefix = Token.objects.get().prefix
    assert run("token", "revoke", prefix, "--json").json == {"prefix": prefix, "revoked": True}
    assert find_token(plain) is None
    done = run("token", "revoke", "00000000", "--json")
    assert (done.status, done.json["error"]["code"]) == (1, "not-found")


def test_rights_show_who_may_what(run: Run, anna: User, profile: Profile) -> None:
    make_user("bert", "finance", profile)
    told = run("user", "rights", "--json").json["rights"]
    assert [(row["name"], row["profile"], row["roles"]) for row in told] == [
        ("anna", None, ["administrator"]),
        ("bert", "acme-de", ["finance"]),
    ]
    asked = run("user", "rights", "--profile", "acme-de", "--permission", "orders.acknowledge", "--json")
    assert [row["name"] for row in asked.json["rights"]] == ["anna"]
    assert "every profile" in run("user", "rights").out
    assert run("user", "rights", "--permission", "nonsense", "--json").status != 0
