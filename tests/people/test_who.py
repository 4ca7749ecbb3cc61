from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cast import Cast, make_cast, make_profile, make_user
from purveyor.common.errors import Denied
from purveyor.people.domain.tokens import make_token
from purveyor.people.models import Grant, Token, User
from purveyor.people.permissions import PERMISSIONS, UnknownPermission
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def token_of(user: User, *scopes: str, profile: Any = None) -> Who:
    return Who.of_token(make_token(user, "erp", scopes, profile)[0])


def test_names_say_who_acts(cast: Cast) -> None:
    assert cast.who("finance").name == "user:finance"
    assert token_of(cast.finance, "orders.view").name == "token:finance/erp"
    assert Who.system("intake.new").name == "system:intake.new"
    assert Who.cli().name.startswith("cli:")


def test_a_role_counts_on_its_profile_only(cast: Cast) -> None:
    who = cast.who("vendor_manager")
    asked = [cast.profile, cast.profile.name, cast.profile.pk, cast.other, cast.other.name, "nowhere", None]
    assert [who.may("orders.acknowledge", one) for one in asked] == [True, True, True, False, False, False, False]
    assert who.may("profiles.credentials", cast.profile) is False


def test_the_stranger_sees_nothing_of_ours(cast: Cast) -> None:
    who = cast.who("stranger")
    assert [name for name in PERMISSIONS if who.may(name, cast.profile)] == []
    assert list(who.profiles()) == [cast.other]


def test_a_role_on_every_profile_counts_on_new_ones_too(cast: Cast) -> None:
    who = cast.who("administrator")
    assert [who.may("people.manage", one) for one in (None, make_profile("new"), "another")] == [True, True, True]


def test_roles_add_up(cast: Cast) -> None:
    Grant.objects.create(user=cast.finance, role="auditor", profile=cast.profile)
    Grant.objects.create(user=cast.finance, role="warehouse", profile=None)
    who = cast.who("finance")
    assert (who.may("audit.view", cast.profile), who.may("audit.view", cast.other)) == (True, False)
    assert (who.may("orders.view", cast.other), who.may("orders.view")) == (True, True)


def test_somewhere_is_for_showing_only(cast: Cast) -> None:
    who = cast.who("vendor_manager")
    assert (who.may_somewhere("orders.view"), who.may_somewhere("people.manage")) == (True, False)
    who.require_somewhere("orders.view")
    with pytest.raises(Denied, match=r"people\.manage"):
        who.require_somewhere("people.manage")


def test_require_names_the_permission_and_the_profile(cast: Cast) -> None:
    with pytest.raises(Denied) as caught:
        cast.who("warehouse").require("orders.reject", cast.profile)
    assert caught.value.message == (
        "On profile acme-de this needs the permission orders.reject: Reject lines or whole orders."
    )
    with pytest.raises(Denied) as caught:
        cast.who("warehouse").require("people.manage")
    assert caught.value.message.startswith("This needs the permission people.manage: Add people")


def test_require_lets_pass_who_may(cast: Cast) -> None:
    cast.who("vendor_manager").require("orders.reject", cast.profile)
    cast.who("administrator").require("people.manage")


@pytest.mark.parametrize("who", [Who.system("x"), Who.cli()])
def test_unknown_permission_is_an_error_for_all(who: Who) -> None:
    for ask in (who.may, who.may_somewhere, who.require):
        with pytest.raises(UnknownPermission):
            ask("orders.eat")


@pytest.mark.parametrize("who", [Who.system("intake.new"), Who.cli()])
def test_system_and_operator_may_everything(cast: Cast, who: Who) -> None:
    assert [who.may(name) and who.may(name, cast.profile) and who.may_somewhere(name) for name in PERMISSIONS] == [
        True
    ] * len(PERMISSIONS)
    assert list(who.profiles()) == [cast.profile, cast.other]
    assert who.profile_names("audit.view") is None


def test_profiles_are_those_with_the_permission(cast: Cast) -> None:
    who = cast.who("warehouse")
    Grant.objects.create(user=cast.warehouse, role="auditor", profile=cast.other)
    assert list(who.profiles()) == [cast.profile, cast.other]
    assert list(who.profiles("audit.view")) == [cast.other]
    assert who.profile_names("audit.view") == {"other-uk"}
    assert who.profile_names("people.manage") == frozenset()
    assert cast.who("administrator").profile_names("people.manage") is None


def test_who_is_shut_out_holds_nothing(cast: Cast) -> None:
    cast.administrator.is_active = False
    who = Who.of(cast.administrator)
    assert (who.may("orders.view"), list(who.profiles())) == (False, [])


def test_a_role_no_longer_known_holds_nothing(cast: Cast) -> None:
    Grant.objects.filter(user=cast.finance).update(role="king")
    assert cast.who("finance").may("orders.view", cast.profile) is False


def test_token_holds_its_scopes_only(cast: Cast) -> None:
    who = token_of(cast.vendor_manager, "orders.view")
    assert [who.may(name, cast.profile) for name in ("orders.view", "orders.acknowledge")] == [True, False]
    assert who.may("orders.view", cast.other) is False


def test_token_on_a_profile_ends_there(cast: Cast) -> None:
    who = token_of(cast.administrator, "orders.view", "people.manage", profile=cast.profile)
    asked = [cast.profile, "acme-de", cast.other, "other-uk", None]
    assert [who.may("orders.view", one) for one in asked] == [True, True, False, False, False]
    assert list(who.profiles()) == [cast.profile]
    assert who.profile_names("orders.view") == {"acme-de"}


def test_token_never_holds_more_than_its_owner(cast: Cast) -> None:
    who = token_of(cast.vendor_manager, "orders.view", "orders.acknowledge", profile=cast.profile)
    Grant.objects.filter(user=cast.vendor_manager).update(role="warehouse")
    assert [who.may(name, cast.profile) for name in ("orders.view", "orders.acknowledge")] == [True, False]
    Grant.objects.filter(user=cast.vendor_manager).delete()
    again = Who.of_token(Token.objects.get())
    assert again.may("orders.view", cast.profile) is False


def test_token_is_not_the_person(cast: Cast) -> None:
    assert cast.who("finance").is_person(cast.finance) is True
    assert cast.who("finance").is_person(cast.warehouse) is False
    assert token_of(cast.finance, "orders.view").is_person(cast.finance) is False
    assert Who.cli().is_person(cast.finance) is False


@pytest.mark.parametrize("count", [1, 3])
def test_grants_are_read_once(count: int, django_assert_num_queries: Any) -> None:
    user = make_user("many")
    profiles = [make_profile(f"p{n}") for n in range(count)]
    for profile in profiles:
        Grant.objects.create(user=user, role="warehouse", profile=profile)
    who = Who.of(user)
    with django_assert_num_queries(1):
        assert [who.may("orders.view", profile) for profile in profiles] == [True] * count
        assert [who.may("orders.view", profile.name) for profile in profiles] == [True] * count


def test_language_is_the_persons(cast: Cast) -> None:
    german = make_user("hanna", language="de")
    assert (Who.of(german).language, cast.who("finance").language, Who.cli().language) == ("de", "en", "en")


def test_expired_time_of_a_token_is_not_whos_matter(cast: Cast) -> None:
    token, _ = make_token(cast.finance, "erp", ["orders.view"], expires_in=timedelta(seconds=1))
    assert Who.of_token(token).may("orders.view", cast.profile) is True
