from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from cast import Cast, make_cast, make_user
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, NotFound, Refused
from purveyor.people.domain import tokens
from purveyor.people.domain.tokens import LONGEST, find_token, make_token, revoke
from purveyor.people.models import Token
from purveyor.people.who import Who

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_make_token_shows_the_secret_once_and_keeps_a_hash(cast: Cast) -> None:
    token, plain = make_token(cast.finance, "erp", ["orders.view", "documents.view"], cast.profile)
    assert re.fullmatch(r"pvy_[0-9a-f]{8}_[\w-]{43}", plain)
    kept = Token.objects.get()
    assert [plain[13:] in str(value) for value in vars(kept).values()] == [False] * len(vars(kept))
    assert (kept.scopes, kept.profile, kept.expires_at) == (
        ["documents.view", "orders.view"],
        cast.profile,
        clock.now() + timedelta(days=90),
    )
    assert find_token(plain) == token


def test_make_token_is_told_without_the_secret(cast: Cast) -> None:
    _, plain = make_token(cast.finance, "erp", ["orders.view"])
    entry = Entry.objects.get()
    assert (entry.action, entry.by, entry.object_name) == ("token.made", "user:finance", "finance/erp")
    assert entry.new == {"owner": "finance", "scopes": ["orders.view"], "expires_at": "2026-05-31T09:00:00Z"}
    assert plain[13:] not in str(vars(entry))


def test_two_tokens_have_nothing_in_common(cast: Cast) -> None:
    plains = [make_token(cast.finance, name, ["orders.view"])[1] for name in ("a", "b")]
    assert len({plain[4:12] for plain in plains} | {plain[13:] for plain in plains}) == 4


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ({"name": ""}, "name"),
        ({"name": "a/b"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["orders.eat"]}, "scopes"),
        ({"expires_in": timedelta(0)}, "expires_in"),
        ({"expires_in": LONGEST + timedelta(seconds=1)}, "expires_in"),
    ],
)
def test_make_token_refuses_what_is_wrong(cast: Cast, told: dict[str, Any], where: str) -> None:
    with pytest.raises(Refused) as caught:
        make_token(**({"user": cast.finance, "name": "erp", "scopes": ["orders.view"]} | told))
    assert [problem.where for problem in caught.value.problems] == [where]
    assert (Token.objects.count(), Entry.objects.count()) == (0, 0)


def test_make_token_name_is_free_again_once_revoked(cast: Cast) -> None:
    first, _ = make_token(cast.finance, "erp", ["orders.view"])
    with pytest.raises(Refused, match="of this name already"):
        make_token(cast.finance, "erp", ["orders.view"])
    make_token(cast.warehouse, "erp", ["orders.view"])
    revoke(first, cast.who("finance"))
    make_token(cast.finance, "erp", ["orders.view"])
    assert Token.objects.count() == 3


def test_make_token_never_holds_more_than_its_owner(cast: Cast) -> None:
    for scope, profile in (("orders.acknowledge", None), ("orders.view", cast.other)):
        with pytest.raises(Denied):
            make_token(cast.finance, "erp", [scope], profile)
        with pytest.raises(Denied):
            make_token(cast.finance, "erp", [scope], profile, who=cast.who("administrator"))
    assert Token.objects.count() == 0


def test_make_token_for_another_is_for_who_manages_them(cast: Cast) -> None:
    for maker in ("vendor_manager", "stranger", "auditor"):
        with pytest.raises(Denied):
            make_token(cast.warehouse, "scanner", ["orders.view"], who=cast.who(maker))
    assert Token.objects.count() == 0
    token, _ = make_token(cast.warehouse, "scanner", ["orders.view"], "acme-de", who=cast.who("administrator"))
    assert (token.user, token.profile, Entry.objects.get().by) == (cast.warehouse, cast.profile, "user:administrator")


def test_a_token_cannot_make_another_that_outlives_it(cast: Cast) -> None:
    token, _ = make_token(cast.finance, "erp", ["orders.view"])
    with pytest.raises(Denied):
        make_token(cast.finance, "erp 2", ["orders.view"], who=Who.of_token(token))


def test_a_token_that_manages_people_gives_no_more_than_its_scopes(cast: Cast) -> None:
    token, _ = make_token(cast.administrator, "people", ["people.manage"])
    for user in (cast.administrator, cast.finance):
        with pytest.raises(Denied):
            make_token(user, "more", ["orders.view"], who=Who.of_token(token))


def test_make_token_unknown_profile_is_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound):
        make_token(cast.finance, "erp", ["orders.view"], "nowhere")


def test_find_token_wrong_ones_open_nothing(cast: Cast) -> None:
    _, plain = make_token(cast.finance, "erp", ["orders.view"])
    last = "A" if plain[-1] != "A" else "B"
    unknown = "pvy_00000000_" + plain[13:]
    for wrong in ("", "pvy_", plain[:-1], plain + "A", plain[:-1] + last, unknown, plain.upper()):
        assert find_token(wrong) is None
    assert find_token(f" {plain}\n") is not None


def test_find_token_expires_on_the_second(cast: Cast) -> None:
    _, plain = make_token(cast.finance, "erp", ["orders.view"], expires_in=timedelta(seconds=10))
    clock.turn(timedelta(seconds=9))
    assert find_token(plain) is not None
    clock.turn(timedelta(seconds=1))
    assert find_token(plain) is None


def test_find_token_of_somebody_shut_out_opens_nothing(cast: Cast) -> None:
    _, plain = make_token(cast.finance, "erp", ["orders.view"])
    cast.finance.is_active = False
    cast.finance.save(update_fields=["is_active"])
    assert find_token(plain) is None


def test_find_token_writes_its_use_once_a_minute(cast: Cast, django_assert_num_queries: Any) -> None:
    _, plain = make_token(cast.finance, "erp", ["orders.view"])
    start = clock.now()
    with django_assert_num_queries(2):
        find_token(plain)
    clock.turn(timedelta(seconds=59))
    with django_assert_num_queries(1):
        find_token(plain)
    assert Token.objects.get().last_used_at == start
    clock.turn(timedelta(seconds=1))
    find_token(plain)
    assert Token.objects.get().last_used_at == start + timedelta(seconds=60)


def test_find_token_wrong_secret_does_not_count_as_use(cast: Cast) -> None:
    _, plain = make_token(cast.finance, "erp", ["orders.view"])
    find_token(plain[:13] + "x" * 43)
    assert Token.objects.get().last_used_at is None


def test_revoke_ends_it_and_is_told_once(cast: Cast, held_clock: datetime) -> None:
    token, plain = make_token(cast.finance, "erp", ["orders.view"])
    assert [revoke(token, cast.who("finance")), revoke(token, cast.who("administrator"))] == [True, False]
    assert (find_token(plain), Token.objects.get().revoked_at) == (None, held_clock)
    assert list(Entry.objects.filter(action="token.revoked").values_list("by", "object_name")) == [
        ("user:finance", "finance/erp")
    ]


def test_revoke_of_another_is_for_who_manages_them(cast: Cast) -> None:
    token, plain = make_token(cast.finance, "erp", ["orders.view"])
    for name in ("warehouse", "stranger"):
        with pytest.raises(Denied):
            revoke(token, cast.who(name))
    assert find_token(plain) == token


def test_token_goes_with_its_profile_and_never_widens(cast: Cast) -> None:
    _, plain = make_token(make_user("root", "administrator"), "erp", ["orders.view"], cast.other)
    cast.other.delete()
    assert find_token(plain) is None


def test_prefix_is_what_people_may_see() -> None:
    assert tokens.FORM.fullmatch("pvy_0a1b2c3d_" + "x" * 43)
