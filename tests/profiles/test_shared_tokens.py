"""One access token for everybody who talks for a profile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import transaction

from plug import facts
from purveyor.amazon.errors import InvalidGrant, LoginUnavailable
from purveyor.amazon.login import AccessToken
from purveyor.common import clock
from purveyor.jobs import lease
from purveyor.people.who import Who
from purveyor.profiles.domain import add_profile
from purveyor.profiles.models import Profile, SharedToken
from purveyor.profiles.tokens import LEASE, DatabaseTokenStore
from purveyor.vault import keys
from purveyor.vault.keys import Keys

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()


class Login:
    """Hands out numbered tokens that live an hour, and counts."""

    def __init__(self) -> None:
        self.count = 0
        self.fails: Exception | None = None

    def __call__(self) -> AccessToken:
        self.count += 1
        if self.fails is not None:
            raise self.fails
        return AccessToken.living(f"Atza|token-{self.count}", 3600, clock.now())


@pytest.fixture
def mine(held_clock: datetime) -> Profile:
    return add_profile(ROOT, **facts())


@pytest.fixture
def obtain(mine: Profile) -> Callable[..., str]:
    """Each call is another process's store."""

    def ask(login: Login, refused: str = "") -> str:
        return DatabaseTokenStore(mine.pk).obtain("key", login, refused)

    return ask


def test_token_is_exchanged_once_and_shared(obtain: Callable[..., str]) -> None:
    login = Login()
    assert [obtain(login) for _ in range(3)] == ["Atza|token-1"] * 3
    assert login.count == 1


def test_token_is_kept_sealed_with_its_times(obtain: Callable[..., str], mine: Profile, held_clock: datetime) -> None:
    obtain(Login())
    row = SharedToken.objects.get()
    assert (row.profile, row.expires_at) == (mine, held_clock + timedelta(hours=1))
    assert row.renew_at == held_clock + timedelta(minutes=55)
    assert (b"Atza" in bytes(row.sealed or b""), len(row.key), row.lease_owner) == (False, 64, "")


def test_token_is_renewed_early(obtain: Callable[..., str]) -> None:
    login = Login()
    obtain(login)
    clock.turn(timedelta(minutes=55) - timedelta(seconds=1))
    assert obtain(login) == "Atza|token-1"
    clock.turn(timedelta(seconds=1))
    assert obtain(login) == "Atza|token-2"
    assert obtain(login) == "Atza|token-2"


def test_token_is_used_on_while_the_login_is_merely_unavailable(obtain: Callable[..., str]) -> None:
    login = Login()
    obtain(login)
    clock.turn(timedelta(minutes=56))
    login.fails = LoginUnavailable("503")
    assert obtain(login) == "Atza|token-1"
    assert SharedToken.objects.get().lease_owner == ""
    clock.turn(timedelta(minutes=4))
    with pytest.raises(LoginUnavailable):
        obtain(login)


def test_token_refused_is_replaced_once(obtain: Callable[..., str]) -> None:
    login = Login()
    first = obtain(login)
    assert [obtain(login, refused=first) for _ in range(3)] == ["Atza|token-2"] * 3
    assert (login.count, obtain(login)) == (2, "Atza|token-2")


def test_token_refused_is_not_used_on_while_the_login_is_unavailable(obtain: Callable[..., str]) -> None:
    login = Login()
    first = obtain(login)
    login.fails = LoginUnavailable("503")
    with pytest.raises(LoginUnavailable):
        obtain(login, refused=first)


def test_token_failure_is_raised_and_the_lease_given_back(obtain: Callable[..., str]) -> None:
    login = Login()
    login.fails = InvalidGrant("revoked")
    with pytest.raises(InvalidGrant):
        obtain(login)
    login.fails = None
    assert (obtain(login), SharedToken.objects.get().lease_owner) == ("Atza|token-2", "")


def claim() -> str:
    row = SharedToken.objects.get()
    owner = lease.claim(row, LEASE)
    assert owner is not None
    return owner


def test_token_of_a_dead_renewer_is_renewed_when_its_lease_is_over(
    obtain: Callable[..., str], held_clock: datetime
) -> None:
    login = Login()
    obtain(login)
    clock.turn(timedelta(hours=1))
    began = clock.now()
    claim()
    assert obtain(login) == "Atza|token-2"
    assert 30 <= (clock.now() - began).total_seconds() < 30.1


def test_token_alive_is_handed_out_while_another_renews_it(obtain: Callable[..., str]) -> None:
    login = Login()
    obtain(login)
    clock.turn(timedelta(minutes=56))
    claim()
    began = clock.now()
    assert (obtain(login), clock.now()) == ("Atza|token-1", began)


def test_token_refused_waits_for_the_one_who_renews_it(obtain: Callable[..., str]) -> None:
    login = Login()
    first = obtain(login)
    claim()
    began = clock.now()
    assert obtain(login, refused=first) == "Atza|token-2"
    assert (clock.now() - began).total_seconds() >= 30


def test_token_of_a_renewer_that_was_overtaken_is_not_kept(obtain: Callable[..., str], mine: Profile) -> None:
    slow, fast = Login(), Login()

    def overtaken() -> AccessToken:
        clock.turn(timedelta(seconds=31))
        SharedToken.objects.update(lease_owner="another", lease_until=clock.now() + timedelta(seconds=30))
        return slow()

    assert DatabaseTokenStore(mine.pk).obtain("key", overtaken) == "Atza|token-1"
    row = SharedToken.objects.get()
    assert (row.sealed, row.lease_owner) == (None, "another")
    assert fast.count == 0


def test_token_wiped_during_the_exchange_is_not_kept(mine: Profile) -> None:
    def wiped() -> AccessToken:
        SharedToken.objects.all().delete()
        return Login()()

    assert DatabaseTokenStore(mine.pk).obtain("key", wiped) == "Atza|token-1"
    assert SharedToken.objects.count() == 0


def test_token_that_no_key_opens_is_replaced(obtain: Callable[..., str]) -> None:
    login = Login()
    obtain(login)
    SharedToken.objects.update(sealed=Fernet(Fernet.generate_key()).encrypt(b"foreign"))
    assert obtain(login) == "Atza|token-2"


def test_token_outlives_a_rotation_of_keys(obtain: Callable[..., str]) -> None:
    login = Login()
    obtain(login)
    before = keys.read()
    keys.replace(Keys((Fernet.generate_key().decode(), *before.values)))
    assert (obtain(login), login.count) == ("Atza|token-1", 1)
    keys.replace(before)  # the file outlives this test


def test_tokens_of_two_profiles_and_two_keys_are_apart(mine: Profile) -> None:
    other = add_profile(ROOT, **facts(name="other"))
    stores = [(mine.pk, "a"), (mine.pk, "b"), (other.pk, "a")]
    login = Login()
    found = [DatabaseTokenStore(pk).obtain(key, login) for pk, key in stores]
    assert found == ["Atza|token-1", "Atza|token-2", "Atza|token-3"]


@pytest.mark.django_db(transaction=True)
def test_token_is_never_asked_for_in_a_transaction(obtain: Callable[..., str]) -> None:
    login = Login()
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        obtain(login)
    assert login.count == 0


@pytest.mark.django_db(transaction=True)
def test_token_exchange_happens_outside_any_transaction(mine: Profile) -> None:
    seen: list[bool] = []

    def exchange() -> AccessToken:
        seen.append(transaction.get_connection().in_atomic_block)
        return Login()()

    DatabaseTokenStore(mine.pk).obtain("key", exchange)
    assert seen == [False]


def test_login_that_gives_the_refused_token_again_is_asked_once(mine: Profile) -> None:
    store, asked = DatabaseTokenStore(mine.pk), []

    def same() -> AccessToken:
        asked.append(1)
        return AccessToken.living("Atza|always-the-same", 3600, clock.now())

    assert [store.obtain("key", same), store.obtain("key", same, "Atza|always-the-same")] == [
        "Atza|always-the-same"
    ] * 2
    assert len(asked) == 2
