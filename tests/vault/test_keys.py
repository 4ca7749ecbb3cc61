"""The key file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from purveyor.common.errors import Misconfigured
from purveyor.vault import keys
from purveyor.vault.keys import Keys

pytestmark = pytest.mark.unit


def refusal() -> str:
    with pytest.raises(Misconfigured) as caught:
        keys.read()
    return caught.value.message


def test_keys_are_made_for_the_owner_only_and_once(key_file: Path) -> None:
    first = keys.make()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert (keys.make(), keys.read()) == (first, first)
    assert len(first.values) == 1


def test_keys_missing_file_is_said_and_not_made(key_file: Path) -> None:
    assert refusal() == f"The key file {key_file} is missing; put back the one the stored secrets were sealed with."
    assert not key_file.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_keys_file_open_to_others_is_refused(key_file: Path, mode: int) -> None:
    keys.make()
    key_file.chmod(mode)
    assert refusal() == f"The key file {key_file} is open to other users; run: chmod 600 {key_file}"


@pytest.mark.parametrize("content", [b"", b"# only a remark\n", b"not a key\n", b"\xff\xfe"])
def test_keys_nonsense_is_refused_without_repeating_it(key_file: Path, content: bytes) -> None:
    key_file.write_bytes(content)
    key_file.chmod(0o600)
    assert refusal() == f"The key file {key_file} is not made of keys, one a line."


def test_keys_that_cannot_be_read_are_said(key_file: Path) -> None:
    key_file.mkdir(mode=0o700)
    assert refusal() == f"The key file {key_file} cannot be read: Is a directory."


def test_keys_that_cannot_be_made_are_said(key_file: Path, tmp_path: Path, set_option: object) -> None:
    assert callable(set_option)
    set_option("PURVEYOR_KEYS_FILE", str(tmp_path / "nowhere" / "keys"))
    with pytest.raises(Misconfigured) as caught:
        keys.make()
    assert caught.value.message.endswith("cannot be made: No such file or directory.")


def test_keys_are_read_again_when_the_file_changes(key_file: Path) -> None:
    keys.make()
    other = Keys((Fernet.generate_key().decode(),))
    keys.replace(other)
    assert keys.read() == other
    assert [file.name for file in key_file.parent.iterdir()] == ["keys"]
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_keys_replaced_within_the_same_instant_are_read_when_asked_anew(key_file: Path) -> None:
    keys.make()
    before = key_file.stat()
    other = Keys((Fernet.generate_key().decode(),))
    key_file.write_text(other.values[0] + "\n")
    os.utime(key_file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert keys.read() != other
    assert keys.read(anew=True) == other


def test_keys_blank_lines_and_remarks_are_allowed(key_file: Path) -> None:
    key = Fernet.generate_key().decode()
    key_file.write_text(f"# sealed since March\n\n  {key}\n")
    key_file.chmod(0o600)
    assert keys.read() == Keys((key,))


def test_keys_never_show_themselves() -> None:
    found = Keys((Fernet.generate_key().decode(),))
    assert (repr(found), str(found)) == ("<1 keys>", "<1 keys>")
    assert found.fingerprints[0] not in found.values[0]
    assert len(found.fingerprints[0]) == 16
