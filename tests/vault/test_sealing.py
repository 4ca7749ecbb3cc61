"""Secrets at rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.db import transaction

from plug import facts
from purveyor.common.errors import Misconfigured
from purveyor.people.who import Who
from purveyor.profiles.domain import add_profile
from purveyor.vault import keys, sealing
from purveyor.vault.keys import Keys
from purveyor.vault.models import KeyRing

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def other_file(key_file: Path) -> None:
    keys.replace(Keys((Fernet.generate_key().decode(),)))


def test_vault_opens_what_it_sealed(key_file: Path) -> None:
    sealed = sealing.seal(b"obviously fake")
    assert b"fake" not in sealed
    assert sealing.unseal(sealed) == b"obviously fake"
    assert sealing.unseal(memoryview(sealed)) == b"obviously fake"


def test_vault_first_use_makes_the_key_file_and_remembers_its_mark(key_file: Path) -> None:
    sealing.seal(b"x")
    assert KeyRing.objects.get().primary == keys.read().fingerprints[0]


@pytest.mark.django_db(transaction=True)
def test_vault_seals_only_in_a_transaction(key_file: Path) -> None:
    with pytest.raises(RuntimeError, match="one transaction"):
        sealing.seal(b"x")
    with transaction.atomic():
        assert sealing.unseal(sealing.seal(b"x")) == b"x"


def test_vault_wrong_key_names_the_file(key_file: Path) -> None:
    sealed = sealing.seal(b"x")
    other_file(key_file)
    with pytest.raises(Misconfigured) as caught:
        sealing.unseal(sealed)
    said = f"The key file {key_file} does not open the stored secrets; put back the one they were sealed with."
    assert caught.value.message == said


def test_vault_never_seals_with_another_key_than_the_installation_has(key_file: Path) -> None:
    sealing.seal(b"x")
    other_file(key_file)
    with pytest.raises(Misconfigured, match="does not open the stored secrets"):
        sealing.seal(b"y")


def test_vault_lost_key_file_is_never_replaced_in_silence(key_file: Path) -> None:
    sealed = sealing.seal(b"x")
    key_file.unlink()
    for use in (lambda: sealing.seal(b"y"), lambda: sealing.unseal(sealed)):
        with pytest.raises(Misconfigured, match="is missing"):
            use()
    assert not key_file.exists()


def test_vault_old_keys_still_open(key_file: Path) -> None:
    sealed = sealing.seal(b"x")
    keys.replace(Keys((Fernet.generate_key().decode(), *keys.read().values)))
    assert sealing.unseal(sealed) == b"x"


def test_vault_seals_with_the_first_key(key_file: Path) -> None:
    sealing.seal(b"x")
    new = Fernet.generate_key().decode()
    keys.replace(Keys((new, *keys.read().values)))
    assert Fernet(new).decrypt(sealing.seal(b"y")) == b"y"


def test_vault_row_read_before_a_rotation_is_read_again(key_file: Path) -> None:
    profile = add_profile(Who.cli(), **facts())
    stale = profile.secrets.get(kind="client_secret")
    sealed = sealing.unseal(stale.sealed)
    new = Fernet.generate_key().decode()
    profile.secrets.filter(pk=stale.pk).update(sealed=Fernet(new).encrypt(sealed))
    keys.replace(Keys((new,)))
    assert sealing.unseal_row(stale) == sealed
