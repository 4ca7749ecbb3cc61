"""Rotation of the keys that seal secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from cast import make_cast
from plug import CLIENT_SECRET, REFRESH_TOKEN, facts
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import Denied, Misconfigured
from purveyor.people.who import Who
from purveyor.profiles.domain import add_profile, store_secret
from purveyor.profiles.domain.keys import forget_secrets, rotate_keys
from purveyor.profiles.models import Profile, Secret, SharedToken
from purveyor.vault import keys, rekey, sealing
from purveyor.vault.keys import Keys
from purveyor.vault.models import KeyRing

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()


@pytest.fixture
def connected(key_file: Path) -> Profile:
    """A profile with two secrets and an access token."""
    found = add_profile(ROOT, **facts())
    SharedToken.objects.create(profile=found, key="k", sealed=sealing.seal(b"access"), expires_at=clock.now())
    SharedToken.objects.create(profile=found, key="never renewed")
    return found


def opened(profile: Profile) -> list[bytes]:
    rows = [*profile.secrets.order_by("kind"), *profile.shared_tokens.filter(sealed__isnull=False)]
    return [sealing.unseal(row.sealed or b"") for row in rows]


EVERYTHING = [CLIENT_SECRET.encode(), REFRESH_TOKEN.encode(), b"access"]


def test_rotation_seals_everything_again_and_drops_the_old_key(connected: Profile) -> None:
    before = keys.read()
    assert rotate_keys(ROOT) == 3
    after = keys.read()
    assert (len(after.values), set(after.values) & set(before.values)) == (1, set())
    assert opened(connected) == EVERYTHING
    assert KeyRing.objects.get().primary == after.fingerprints[0]


def test_rotation_goes_through_tables_larger_than_a_batch(connected: Profile) -> None:
    more = rekey.BATCH + 1
    SharedToken.objects.bulk_create(
        SharedToken(profile=connected, key=f"k{n}", sealed=sealing.seal(b"access")) for n in range(more)
    )
    assert rotate_keys(ROOT) == more + 3
    assert opened(connected) == EVERYTHING + [b"access"] * more


def test_rotation_is_told_without_a_key(connected: Profile, held_clock: object) -> None:
    rotate_keys(ROOT)
    told = Entry.objects.get(action="keys.rotated")
    assert (told.by, told.old, told.new) == (ROOT.name, None, {"count": 3})
    assert KeyRing.objects.get().rotated_at == clock.now()


def test_rotation_that_was_interrupted_goes_on_with_its_key(connected: Profile) -> None:
    begun = Keys((Fernet.generate_key().decode(), *keys.read().values))
    keys.replace(begun)
    assert rotate_keys(ROOT) == 3
    assert keys.read().values == begun.values[:1]


def test_rotation_interrupted_half_way_seals_the_rest(connected: Profile) -> None:
    begun = Keys((Fernet.generate_key().decode(), *keys.read().values))
    keys.replace(begun)
    row = connected.secrets.get(kind="client_secret")
    Secret.objects.filter(pk=row.pk).update(sealed=sealing.seal(sealing.unseal(row.sealed)))
    assert rotate_keys(ROOT) == 2
    assert opened(connected) == EVERYTHING


def test_rotation_stops_at_a_value_that_does_not_open_and_drops_nothing(connected: Profile) -> None:
    Secret.objects.filter(kind="refresh_token").update(sealed=Fernet(Fernet.generate_key()).encrypt(b"foreign"))
    before = keys.read().values
    with pytest.raises(Misconfigured):
        rotate_keys(ROOT)
    assert set(before) < set(keys.read().values)
    assert sealing.unseal(connected.secrets.get(kind="client_secret").sealed) == CLIENT_SECRET.encode()


def test_rotation_before_anything_was_sealed_makes_the_keys(key_file: Path) -> None:
    assert rotate_keys(ROOT) == 0
    assert len(keys.read().values) == 1


def test_rotation_with_a_foreign_key_file_is_refused(connected: Profile) -> None:
    foreign = Keys((Fernet.generate_key().decode(),))
    keys.replace(foreign)
    with pytest.raises(Misconfigured):
        rotate_keys(ROOT)
    assert keys.read() == foreign


@pytest.mark.parametrize("who", ["vendor_manager", "integrator", "auditor"])
def test_rotation_needs_the_permission_on_every_profile(key_file: Path, who: str) -> None:
    cast = make_cast()
    for verb in (rotate_keys, forget_secrets):
        with pytest.raises(Denied):
            verb(cast.who(who))
    assert not key_file.exists()


def test_lost_keys_can_be_given_up_and_secrets_stored_again(connected: Profile, key_file: Path) -> None:
    key_file.unlink()
    assert forget_secrets(ROOT) == 4
    assert (Secret.objects.count(), SharedToken.objects.count()) == (0, 0)
    store_secret(ROOT, connected, client_secret=CLIENT_SECRET, refresh_token=REFRESH_TOKEN)
    assert opened(connected) == EVERYTHING[:2]
    assert Entry.objects.get(action="keys.forgotten").new == {"count": 4}
