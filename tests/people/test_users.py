from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from cast import PASSWORD, Cast, make_cast, make_profile, make_user
from purveyor.audit.models import Entry
from purveyor.common.errors import Denied, NotFound, Refused
from purveyor.people.domain import users
from purveyor.people.domain.sign_in import check_password
from purveyor.people.domain.tokens import find_token, make_token
from purveyor.people.models import Grant, User
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

NEW = "another long password"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def told() -> list[tuple[str, str, str, object]]:
    return list(Entry.objects.order_by("id").values_list("action", "by", "profile", "new"))


def grants(user: User) -> list[tuple[str, str | None]]:
    return list(Grant.objects.filter(user=user).order_by("id").values_list("role", "profile__name"))


def test_add_user_can_sign_in_with_their_role(cast: Cast) -> None:
    made = users.add_user("Anna", PASSWORD, "Warehouse", "acme-de", who=cast.who("administrator"), language="de")
    assert (made.username, grants(made), check_password("anna", PASSWORD)) == (
        "anna",
        [("warehouse", "acme-de")],
        made,
    )
    assert told()[:2] == [
        (
            "user.added",
            "user:administrator",
            "acme-de",
            {"role": "warehouse", "full_name": "", "language": "de"},
        ),
        ("grant.given", "user:administrator", "acme-de", {"role": "warehouse"}),
    ]


def test_add_user_never_writes_the_password(cast: Cast) -> None:
    made = users.add_user("anna", PASSWORD, "warehouse", who=Who.cli())
    assert (PASSWORD in made.password, [PASSWORD in str(vars(entry)) for entry in Entry.objects.all()]) == (
        False,
        [False, False],
    )


@pytest.mark.parametrize(
    ("name", "password", "role", "where"),
    [
        ("anna", "short", "warehouse", "password"),
        ("anna.vendor.1", "Anna.Vendor.1", "warehouse", "password"),
        ("", PASSWORD, "warehouse", "username"),
        ("an na", PASSWORD, "warehouse", "username"),
        ("ann\u00e4", PASSWORD, "warehouse", "username"),
        ("user:anna", PASSWORD, "warehouse", "username"),
        ("x" * 61, PASSWORD, "warehouse", "username"),
        ("FINANCE", PASSWORD, "warehouse", "username"),
        ("anna", PASSWORD, "king", "role"),
    ],
)
def test_add_user_refuses_what_is_wrong(cast: Cast, name: str, password: str, role: str, where: str) -> None:
    before = User.objects.count()
    with pytest.raises(Refused) as caught:
        users.add_user(name, password, role, who=Who.cli())
    assert [problem.where for problem in caught.value.problems] == [where]
    assert (User.objects.count(), told()) == (before, [])


def test_add_user_is_for_who_manages_people(cast: Cast) -> None:
    before = User.objects.count()
    for name in ("vendor_manager", "warehouse", "finance", "auditor", "integrator", "stranger"):
        with pytest.raises(Denied, match=r"people\.manage"):
            users.add_user("anna", PASSWORD, "warehouse", cast.profile, who=cast.who(name))
    assert (User.objects.count(), told()) == (before, [])


def test_who_manages_one_profile_gives_nothing_on_another(cast: Cast) -> None:
    local = Who.of(make_user("local", "administrator", cast.profile))
    users.add_user("anna", PASSWORD, "warehouse", cast.profile, who=local)
    for where in (cast.other, None):
        with pytest.raises(Denied):
            users.add_user("bob", PASSWORD, "warehouse", where, who=local)
    with pytest.raises(Denied):
        users.grant(users.find_user("anna"), "warehouse", cast.other, who=local)
    assert grants(users.find_user("anna")) == [("warehouse", "acme-de")]


def test_who_manages_one_profile_has_no_power_over_those_who_reach_further(cast: Cast) -> None:
    local = Who.of(make_user("local", "administrator", cast.profile))
    acts: list[Callable[[User], object]] = [
        lambda user: users.set_password(user, NEW, who=local),
        lambda user: users.deactivate(user, who=local),
        lambda user: users.activate(user, who=local),
        lambda user: users.change_user(user, full_name="x", who=local),
    ]
    for victim in (cast.administrator, cast.stranger, make_user("without-roles")):
        for act in acts:
            with pytest.raises(Denied):
                act(victim)
    assert told() == []
    users.set_password(cast.warehouse, NEW, who=local)
    assert check_password("warehouse", NEW) == cast.warehouse


def test_a_token_that_manages_people_takes_over_nobody(cast: Cast) -> None:
    token, _ = make_token(cast.administrator, "people", ["people.manage"])
    for victim in (cast.administrator, cast.warehouse):
        with pytest.raises(Denied):
            users.set_password(victim, NEW, who=Who.of_token(token))
    with pytest.raises(Denied):
        users.grant(cast.warehouse, "administrator", who=Who.of_token(token))


def test_grant_and_take_back_are_told_once(cast: Cast) -> None:
    who = cast.who("administrator")
    given = [users.grant(cast.finance, "auditor", cast.other, who=who) for _ in range(2)]
    everywhere = [users.grant(cast.finance, "auditor", who=who) for _ in range(2)]
    assert (given, everywhere) == ([True, False], [True, False])
    assert grants(cast.finance) == [("finance", "acme-de"), ("auditor", "other-uk"), ("auditor", None)]
    taken = [users.take_back(cast.finance, "auditor", who=who) for _ in range(2)]
    assert (taken, grants(cast.finance)) == ([True, False], [("finance", "acme-de"), ("auditor", "other-uk")])
    assert [(action, profile) for action, _, profile, _ in told()] == [
        ("grant.given", "other-uk"),
        ("grant.given", ""),
        ("grant.taken", ""),
    ]


def test_database_keeps_a_grant_once(cast: Cast) -> None:
    for profile in (cast.profile, None):
        Grant.objects.create(user=cast.finance, role="auditor", profile=profile)
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.create(user=cast.finance, role="auditor", profile=profile)


def test_set_password_of_oneself(cast: Cast) -> None:
    session = cast.warehouse.get_session_auth_hash()
    users.set_password(cast.warehouse, NEW, who=cast.who("warehouse"))
    assert check_password("warehouse", NEW) == cast.warehouse
    assert cast.warehouse.get_session_auth_hash() != session
    assert told()[0] == ("user.password_set", "user:warehouse", "", None)


def test_set_password_of_another_is_denied_and_weak_ones_refused(cast: Cast) -> None:
    with pytest.raises(Denied):
        users.set_password(cast.warehouse, NEW, who=cast.who("finance"))
    with pytest.raises(Refused):
        users.set_password(cast.warehouse, "short", who=cast.who("warehouse"))
    assert (check_password("warehouse", PASSWORD), told()[0][0]) == (cast.warehouse, "sign_in.done")


def test_change_user_tells_what_changed(cast: Cast) -> None:
    users.change_user(cast.finance, who=cast.who("finance"), full_name="", language="de", email="f@example.com")
    users.change_user(cast.finance, who=cast.who("finance"), language="de")
    entry = Entry.objects.get()
    assert (entry.old, entry.new) == (
        {"email": "", "language": "en"},
        {"email": "f@example.com", "language": "de"},
    )
    assert User.objects.values_list("language", "email").get(username="finance") == ("de", "f@example.com")


def test_change_user_unknown_language_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused):
        users.change_user(cast.finance, who=cast.who("finance"), language="tlh")


def test_deactivate_shuts_out_sessions_and_tokens(cast: Cast) -> None:
    _, plain = make_token(cast.finance, "erp", ["orders.view"])
    users.deactivate(cast.finance, who=cast.who("administrator"))
    assert (User.objects.get(username="finance").is_active, find_token(plain)) == (False, None)
    users.activate(cast.finance, who=cast.who("administrator"))
    assert (check_password("finance", PASSWORD), find_token(plain)) == (cast.finance, None)
    assert [entry[0] for entry in told()] == ["token.made", "user.deactivated", "user.activated", "sign_in.done"]
    assert Entry.objects.get(action="user.deactivated").new == {"tokens_revoked": 1}


def test_the_last_administrator_stays(cast: Cast) -> None:
    make_user("local", "administrator", cast.profile)
    make_user("gone", "administrator", is_active=False)
    who = cast.who("administrator")
    with pytest.raises(Refused, match="last administrator"):
        users.deactivate(cast.administrator, who=who)
    with pytest.raises(Refused, match="last administrator"):
        users.take_back(cast.administrator, "administrator", who=who)
    assert (users.administrators(), User.objects.get(username="administrator").is_active, told()) == (1, True, [])


def test_one_of_two_administrators_may_go(cast: Cast) -> None:
    make_user("second", "administrator")
    users.deactivate(cast.administrator, who=cast.who("administrator"))
    assert users.administrators() == 1


def test_without_any_administrator_the_operator_still_manages() -> None:
    anna = make_user("anna", "warehouse")
    users.deactivate(anna, who=Who.cli())
    assert User.objects.get().is_active is False


def together(*acts: Callable[[], object]) -> list[str]:
    """Run them at the same moment in threads; answers the kinds of errors."""
    gate, failed = threading.Barrier(len(acts)), []

    def work(act: Callable[[], object]) -> None:
        try:
            gate.wait()
            act()
        except Refused as error:
            failed.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return failed


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_shut_each_other_out_leave_one() -> None:
    anna, bob = make_user("anna", "administrator"), make_user("bob", "administrator")
    acts = [
        lambda: users.deactivate(bob, who=Who.of(anna)),
        lambda: users.deactivate(anna, who=Who.of(bob)),
    ]
    # The slower one is refused by the guard, or denied because it is shut out by then.
    failed = together(*(lambda act=act: _denied_is_refused(act) for act in acts))
    assert (len(failed), users.administrators()) == (1, 1)


def _denied_is_refused(act: Callable[[], object]) -> None:
    try:
        act()
    except Denied as error:
        raise Refused(error.message) from None


def test_two_administrators_without_the_guard_leave_none() -> None:
    """The twin: both count before either acts."""
    pair = [make_user("anna", "administrator"), make_user("bob", "administrator")]
    enough = [users.administrators() > 1 for _ in pair]
    for user, others in zip(pair, enough, strict=True):
        if others:
            User.objects.filter(pk=user.pk).update(is_active=False)
    assert users.administrators() == 0


def test_user_name_differs_in_case_only_is_taken_in_the_database() -> None:
    make_user("anna")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user("Anna")


def test_find_user_in_any_case_or_not_at_all() -> None:
    anna = make_user("anna")
    assert users.find_user(" ANNA ") == anna == User.objects.get_by_natural_key("Anna")
    with pytest.raises(NotFound):
        users.find_user("bob")


def test_unknown_profile_is_not_found() -> None:
    make_profile("acme-de")
    with pytest.raises(NotFound, match="nowhere"):
        users.add_user("anna", PASSWORD, "warehouse", "nowhere", who=Who.cli())
    assert User.objects.count() == 0
