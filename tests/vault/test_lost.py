"""A lost key file is noticed at the start, in one line with the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from plug import CLIENT_SECRET, REFRESH_TOKEN, facts
from purveyor.common.errors import Misconfigured
from purveyor.people.who import Who
from purveyor.profiles.domain import add_profile
from purveyor.profiles.domain.keys import forget_secrets
from purveyor.vault import keys
from purveyor.vault.keys import Keys
from purveyor.vault.lost import WAY_BACK, lost_keys, require_keys

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()


@pytest.fixture
def sealed(key_file: Path) -> Path:
    """The key file of an installation with secrets."""
    add_profile(ROOT, **facts())
    return key_file


def refused() -> Misconfigured:
    with pytest.raises(Misconfigured) as caught:
        require_keys()
    (finding,) = lost_keys()
    told = (finding.id, finding.level, finding.sentence, finding.hint)
    assert told == ("keys-lost", "error", caught.value.message, caught.value.hint)
    assert (caught.value.code, "\n" in caught.value.message) == ("keys-lost", False)
    return caught.value


def test_nothing_is_missed_where_nothing_was_sealed(key_file: Path) -> None:
    require_keys()
    assert (list(lost_keys()), key_file.exists()) == ([], False)


def test_the_right_key_file_is_enough(sealed: Path) -> None:
    require_keys()
    assert list(lost_keys()) == []


def test_a_missing_key_file_is_said_with_the_way_back(sealed: Path) -> None:
    kept = sealed.read_text()
    sealed.unlink()
    error = refused()
    assert error.message == f"The key file {sealed} is missing; put back the one the stored secrets were sealed with."
    assert error.hint == WAY_BACK
    sealed.touch(0o600)
    sealed.write_text(kept)
    require_keys()


def test_another_key_file_is_said_with_the_way_back(sealed: Path) -> None:
    keys.replace(Keys((Fernet.generate_key().decode(),)))
    error = refused()
    assert error.message.startswith(f"The key file {sealed} does not open the stored secrets; ")
    assert "purveyor keys forget --yes" in error.hint


@pytest.mark.parametrize(("text", "words"), [("", "is not made of keys"), ("no key at all\n", "is not made of keys")])
def test_a_spoilt_key_file_is_said_with_the_way_back(sealed: Path, text: str, words: str) -> None:
    sealed.write_text(text)
    error = refused()
    assert (words in error.message, error.hint) == (True, WAY_BACK)


def test_a_key_file_open_to_others_is_closed_not_put_back(sealed: Path) -> None:
    sealed.chmod(0o644)
    assert "keys rotate" in refused().hint


def test_giving_up_what_was_sealed_is_the_other_way_back(sealed: Path) -> None:
    sealed.unlink()
    forget_secrets(ROOT)
    require_keys()
    assert list(lost_keys()) == []


def test_no_words_of_it_hold_a_secret(sealed: Path) -> None:
    value = sealed.read_text().strip()
    sealed.unlink()
    error = refused()
    told = error.message + error.hint
    assert [secret for secret in (value, CLIENT_SECRET, REFRESH_TOKEN) if secret in told] == []
