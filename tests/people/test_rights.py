"""Who may what: what the roles make of it, and whose rows somebody sees."""

from __future__ import annotations

import pytest

from cast import Cast, make_cast, make_user
from purveyor.common.errors import NotFound, Refused
from purveyor.people.domain.rights import held, rights
from purveyor.people.models import Grant, User
from purveyor.people.permissions import PERMISSIONS, ROLES
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def cast(held_clock: object) -> Cast:
    return make_cast()


def told(who: Who, **asked: str) -> list[tuple[str, str | None, tuple[str, ...]]]:
    return [(one.user.username, one.profile, one.roles) for one in rights(who, **asked)]


EVERYBODY = [
    ("administrator", None, ("administrator",)),
    ("auditor", "acme-de", ("auditor",)),
    ("finance", "acme-de", ("finance",)),
    ("integrator", "acme-de", ("integrator",)),
    ("stranger", "other-uk", ("vendor-manager",)),
    ("vendor-manager", "acme-de", ("vendor-manager",)),
    ("warehouse", "acme-de", ("warehouse",)),
]


def test_roles_of_every_profile_count_in_each() -> None:
    assert held([("finance", "b"), ("auditor", None), ("commerce", "b"), ("auditor", "b")]) == {
        None: ("auditor",),
        "b": ("auditor", "commerce", "finance"),
    }


def test_who_manages_everybody_sees_everybody(cast: Cast) -> None:
    assert told(cast.who("administrator")) == EVERYBODY
    assert told(Who.cli()) == EVERYBODY


@pytest.mark.parametrize("name", ["warehouse", "auditor", "vendor_manager", "integrator", "stranger"])
def test_who_manages_nobody_sees_their_own_row(cast: Cast, name: str) -> None:
    spelt = name.replace("_", "-")
    assert told(cast.who(name)) == [row for row in EVERYBODY if row[0] == spelt]


def test_permissions_are_those_of_the_roles(cast: Cast) -> None:
    Grant.objects.create(user=cast.warehouse, role="commerce", profile=None)
    found = {one.profile: one.permissions for one in rights(cast.who("warehouse"))}
    commerce = ROLES["commerce"].permissions
    assert found == {None: commerce, "acme-de": commerce | ROLES["warehouse"].permissions}
    for place, permissions in found.items():
        who = cast.who("warehouse")
        assert permissions == {name for name in PERMISSIONS if who.may(name, place)}


def test_profile_narrows_to_all_who_hold_something_there(cast: Cast) -> None:
    assert told(Who.cli(), profile="other-uk") == [
        ("administrator", "other-uk", ("administrator",)),
        ("stranger", "other-uk", ("vendor-manager",)),
    ]


def test_permission_narrows_to_who_holds_it(cast: Cast) -> None:
    assert told(Who.cli(), permission="orders.acknowledge") == [EVERYBODY[0], EVERYBODY[4], EVERYBODY[5]]


def test_who_manages_one_profile_sees_it_alone(cast: Cast) -> None:
    chief = make_user("chief", "administrator", cast.profile)
    Grant.objects.create(user=cast.stranger, role="finance", profile=cast.profile)
    found = told(Who.of(chief))
    assert {place for _name, place, _roles in found} == {"acme-de"}
    assert ("administrator", "acme-de", ("administrator",)) in found
    assert ("stranger", "acme-de", ("finance",)) in found
    with pytest.raises(NotFound):
        rights(Who.of(chief), profile="other-uk")
    assert told(Who.of(chief), profile="acme-de") == found


def test_profile_that_is_not_theirs_is_not_there(cast: Cast) -> None:
    with pytest.raises(NotFound):
        rights(cast.who("warehouse"), profile="other-uk")


def test_unknown_permission_is_refused_at_its_field(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        rights(Who.cli(), permission="orders.everything")
    assert [problem.where for problem in refused.value.problems] == ["permission"]


def test_who_is_shut_out_holds_nothing(cast: Cast) -> None:
    User.objects.filter(pk=cast.finance.pk).update(is_active=False)
    assert "finance" not in {name for name, _place, _roles in told(Who.cli())}


def test_roles_this_version_does_not_know_give_nothing(cast: Cast) -> None:
    Grant.objects.filter(user=cast.finance).update(role="astronaut")
    assert [one.permissions for one in rights(Who.cli()) if one.user == cast.finance] == [frozenset()]


@pytest.mark.parametrize("more", [0, 3])
def test_rights_ask_the_database_as_often_for_many_as_for_few(
    cast: Cast, more: int, django_assert_num_queries: object
) -> None:
    for number in range(more):
        make_user(f"more-{number}", "finance", cast.profile)
    with django_assert_num_queries(2):  # type: ignore[operator]  # a fixture that makes a context
        assert len(rights(Who.cli())) == len(EVERYBODY) + more
