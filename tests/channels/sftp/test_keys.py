"""Keys as people paste them: taken, or refused with what to do."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from purveyor.channels.sftp import hostkey, keys
from purveyor.channels.sftp.keys import BadKey
from purveyor.common.errors import Misconfigured

pytestmark = pytest.mark.once
PEM, OPENSSH = serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH
OPEN = serialization.NoEncryption()
SMALL_RSA = rsa.generate_private_key(65537, 1024)


def public(key: object) -> str:
    form = (serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return key.public_key().public_bytes(*form).decode()  # type: ignore[attr-defined]


def private(key: object, form: object = OPENSSH, lock: object = OPEN) -> str:
    return key.private_bytes(PEM, form, lock).decode()  # type: ignore[attr-defined]


def why(read: object, *told: str) -> str:
    with pytest.raises(BadKey) as refused:
        read(*told)  # type: ignore[operator]
    return str(refused.value)


def test_a_public_key_is_read_from_its_line_and_from_puttys_file() -> None:
    line = public(Ed25519PrivateKey.generate())
    found = keys.read_public(f"  {line} wms@acme\x07 \n")
    assert (found.line, found.comment) == (f"{line} wms@acme", "wms@acme")
    coded = line.split()[1]
    putty = (
        f'---- BEGIN SSH2 PUBLIC KEY ----\nComment: "a key"\n{coded[:30]}\n{coded[30:]}\n---- END SSH2 PUBLIC KEY ----'
    )
    assert keys.read_public(putty).line == line
    assert keys.read_list(putty) == [keys.read_public(line)]
    assert keys.read_public(public(ec.generate_private_key(ec.SECP384R1()))).kind == "ecdsa-sha2-nistp384"


def test_the_fingerprint_is_the_one_ssh_keygen_shows() -> None:
    line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFqnnQbcv3NY4IPW9kDPamtbSaeAN+S4J9EIAzY9PFkO"
    assert keys.read_public(line).fingerprint == "SHA256:EgeDNu7+7dCC8GHht+nJOQQeYnMLDaKXolyb1qqak10"


def test_a_bad_public_key_is_refused_in_words() -> None:
    good = public(Ed25519PrivateKey.generate())
    assert "private key" in why(keys.read_public, private(Ed25519PrivateKey.generate()))
    assert "damaged" in why(keys.read_public, good[:-6])
    assert "damaged" in why(keys.read_public, "ssh-ed25519 hello!")
    assert "damaged" in why(keys.read_public, f"ssh-ed25519 {base64.b64encode(b'nothing').decode()}")
    assert "DSA" in why(keys.read_public, "ssh-dss AAAA")
    assert "no public key" in why(keys.read_public, f'command="id" {good}')
    assert "no public key" in why(keys.read_public, "")
    assert "too long" in why(keys.read_public, "ssh-rsa " + "A" * keys.LONGEST)
    assert "1024 bits" in why(keys.read_public, public(SMALL_RSA))


def test_a_list_of_keys_names_the_bad_line_and_holds_each_key_once() -> None:
    one, other = public(Ed25519PrivateKey.generate()), public(Ed25519PrivateKey.generate())
    found = keys.read_list(f"# of the WMS\n{one} a\n\n{other} b\n{one} again\n")
    assert [key.comment for key in found] == ["a", "b"]
    assert keys.blobs("\n".join(key.line for key in found)) == {key.blob for key in found}
    assert why(keys.read_list, f"{one}\nnonsense").startswith("Line 2: ")
    many = "\n".join(public(Ed25519PrivateKey.generate()) for _n in range(keys.MOST + 1))
    assert "More than 20" in why(keys.read_list, many)


def test_a_private_key_is_taken_in_every_usual_form() -> None:
    for key, form in (
        (Ed25519PrivateKey.generate(), OPENSSH),
        (Ed25519PrivateKey.generate(), serialization.PrivateFormat.PKCS8),
        (ec.generate_private_key(ec.SECP256R1()), serialization.PrivateFormat.TraditionalOpenSSL),
    ):
        keys.check_private("\n" + private(key, form).replace("\n", "\r\n") + "\n")


def test_a_bad_private_key_is_refused_in_words_that_do_not_quote_it() -> None:
    key = Ed25519PrivateKey.generate()
    lock = serialization.BestAvailableEncryption(b"obviously fake")
    # As ssh-keygen locks a key: the names of cipher and derivation stand at its head.
    body = base64.b64decode("".join(private(key).splitlines()[1:-1]))
    head, rest = body[:15], body[35:]
    half = rest[: 8 + int.from_bytes(rest[4:8], "big")] + (144).to_bytes(4, "big") + bytes(144)
    names = b"".join(len(name).to_bytes(4, "big") + name for name in (b"aes256-ctr", b"bcrypt"))
    salt = (24).to_bytes(4, "big") + (16).to_bytes(4, "big") + bytes(16) + (16).to_bytes(4, "big")
    coded = base64.b64encode(head + names + salt + half).decode()
    locked = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{coded}\n-----END OPENSSH PRIVATE KEY-----\n"
    for text in (locked, private(key, serialization.PrivateFormat.PKCS8, lock)):
        assert "locked by a passphrase" in why(keys.check_private, text)
    assert "PuTTYgen" in why(keys.check_private, "PuTTY-User-Key-File-3: ssh-ed25519\nsecret")
    assert "public key" in why(keys.check_private, public(key))
    assert "no private key" in why(keys.check_private, "hunter2")
    assert "too long" in why(keys.check_private, "-" * (keys.LONGEST + 1))
    assert "1024 bits" in why(keys.check_private, private(SMALL_RSA))
    assert "ed25519" in why(
        keys.check_private, private(ed448.Ed448PrivateKey.generate(), serialization.PrivateFormat.PKCS8)
    )
    cut = private(key)[:120]
    said = why(keys.check_private, cut)
    assert "damaged" in said
    assert cut.splitlines()[1] not in said
    old = dsa.generate_private_key(1024)
    assert "ed25519" in why(keys.check_private, private(old, serialization.PrivateFormat.PKCS8))


def test_the_host_key_is_made_once_for_its_owner_alone(home: Path) -> None:
    hostkey.path().unlink(missing_ok=True)
    assert hostkey.public() is None
    text = hostkey.ensure()
    found = hostkey.public()
    assert found is not None
    assert (hostkey.ensure(), hostkey.path().stat().st_mode & 0o777, found.kind) == (text, 0o600, "ssh-ed25519")


def test_check_tells_of_a_host_key_that_is_open_or_broken(home: Path, set_option: Callable[[str, str], None]) -> None:
    hostkey.ensure()
    hostkey.path().chmod(0o644)
    assert list(hostkey.look()) == []  # the server is switched off
    set_option("PURVEYOR_SFTP_PORT", "2222")
    set_option("PURVEYOR_HOME", str(home))
    assert [(one.id, str(one.level)) for one in hostkey.look()] == [("sftp-host-key-open", "error")]
    hostkey.path().write_text("nothing")
    assert [(one.id, str(one.level)) for one in hostkey.look()] == [("sftp-host-key", "error")]
    hostkey.path().unlink()
    assert list(hostkey.look()) == []


@pytest.mark.parametrize(
    ("spoil", "words"), [("open", "can read"), ("empty", "no key"), ("folder", "neither read nor")]
)
def test_a_host_key_that_is_open_or_broken_stops_the_server(home: Path, spoil: str, words: str) -> None:
    at = hostkey.path()
    at.unlink(missing_ok=True)
    if spoil == "folder":
        at.mkdir(mode=0o700)
    else:
        hostkey.ensure()
    if spoil == "open":
        at.chmod(0o644)
    if spoil == "empty":
        at.write_text("nothing")
    try:
        with pytest.raises(Misconfigured, match=words):
            hostkey.ensure()
    finally:
        at.rmdir() if spoil == "folder" else at.unlink()
