"""Keys as people paste them: read, judged in words, and named by their fingerprints. Nothing here talks to anybody."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.utils.translation import gettext as _

SHORTEST_RSA = 2048
"""Bits. Shorter ones can be broken."""
LONGEST = 16 * 1024
"""Characters of a key; a long RSA key has 3,400."""
MOST = 20
"""So many public keys may stand in one list."""
_KINDS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")
_PRIVATE = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|PuTTY-User-Key-File|OPENSSH PRIVATE KEY")
_SSH2 = re.compile(r"---- BEGIN SSH2 PUBLIC KEY ----(.*?)---- END SSH2 PUBLIC KEY ----", re.DOTALL)


class BadKey(ValueError):
    """The key cannot be used; its text says why and what to bring instead."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: its kind, its bytes as SSH sends them, and what its owner calls it."""

    kind: str
    blob: bytes
    comment: str = ""

    @property
    def line(self) -> str:
        """As it stands in a file of authorised keys."""
        return f"{self.kind} {base64.b64encode(self.blob).decode()} {self.comment}".rstrip()

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.blob)


def fingerprint(blob: bytes) -> str:
    """What people compare: ``SHA256:…``, as ssh-keygen -l shows it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def read_public(text: str) -> PublicKey:
    """One public key, of a line as in ``id_ed25519.pub`` or as PuTTYgen saves it. Raises BadKey."""
    text = text.strip()
    if _PRIVATE.search(text):
        raise BadKey(_("This is a private key, which is nobody's but its owner's. Bring the public one (.pub)."))
    if len(text) > LONGEST:
        raise BadKey(_("This is too long for a key."))
    found = _of_putty(text) or _of_line(text)
    try:
        key = serialization.load_ssh_public_key(f"{found.kind} {base64.b64encode(found.blob).decode()}".encode())
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey(_("This public key is damaged. Copy it once more, the whole line.")) from None
    _judge(key)
    return found


def read_list(text: str) -> list[PublicKey]:
    """Public keys, one a line; blank lines and remarks (#) do not count. Raises BadKey, which names the line."""
    if _SSH2.search(text):
        return [read_public(text)]
    found: dict[bytes, PublicKey] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            key = read_public(line)
        except BadKey as error:
            raise BadKey(_("Line %(line)d: %(why)s") % {"line": number, "why": error}) from None
        found.setdefault(key.blob, key)
    if len(found) > MOST:
        raise BadKey(_("More than %(most)d keys. Keep those that are in use.") % {"most": MOST})
    return list(found.values())


def _of_line(text: str) -> PublicKey:
    kind, _blank, rest = text.partition(" ")
    coded, _blank, comment = rest.strip().partition(" ")
    if kind == "ssh-dss":
        raise BadKey(_("DSA keys are no longer safe. Make a new one: ssh-keygen -t ed25519"))
    if kind not in _KINDS or "\n" in text:
        known = ", ".join(_KINDS)
        raise BadKey(_("This is no public key. It is one line that begins with one of %(known)s.") % {"known": known})
    return PublicKey(kind, _decoded(coded), "".join(c for c in comment.strip() if c.isprintable())[:80])


def _of_putty(text: str) -> PublicKey | None:
    """The key in a file of PuTTYgen's (RFC 4716), None for any other text."""
    found = _SSH2.fullmatch(text)
    if found is None:
        return None
    lines = [line.strip() for line in found.group(1).splitlines()]
    blob = _decoded("".join(line for line in lines if ":" not in line and not line.endswith("\\")))
    kind = blob[4 : 4 + int.from_bytes(blob[:4], "big")].decode("ascii", "replace")
    return _of_line(f"{kind} {base64.b64encode(blob).decode()}")


def _decoded(coded: str) -> bytes:
    try:
        return base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        raise BadKey(_("This public key is damaged. Copy it once more, the whole line.")) from None


def looks_like_key(text: str) -> bool:
    """Whether a secret is meant as a key, good or bad, and not as a password."""
    return bool(_PRIVATE.search(text) or _SSH2.match(text.strip())) or text.strip().startswith(_KINDS)


def check_private(text: str) -> None:
    """See that a private key can be used. Raises BadKey, which never quotes it; also for one that is locked, since the
    hub seals what it stores and nobody is there to type a passphrase."""
    text = text.strip()
    if len(text) > LONGEST:
        raise BadKey(_("This is too long for a key."))
    if text.startswith("PuTTY-User-Key-File"):
        raise BadKey(_("PuTTY's own form is not read. In PuTTYgen: Conversions, Export OpenSSH key."))
    if text.startswith(_KINDS) or _SSH2.match(text):
        raise BadKey(_("This is the public key. Bring the private one, and give the public one to the server."))
    if not _PRIVATE.search(text):
        raise BadKey(_("This is no private key. It begins with -----BEGIN OPENSSH PRIVATE KEY-----."))
    _judge(_loaded(text.encode() + b"\n"))


def _loaded(text: bytes) -> Any:
    load = serialization.load_ssh_private_key if b"OPENSSH" in text else serialization.load_pem_private_key
    try:
        return load(text, None)
    except TypeError:
        said = _("This private key is locked by a passphrase. Bring it without one: ssh-keygen -p -N '' -f FILE")
        raise BadKey(said) from None
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey(_("This private key is damaged. Copy it once more, from its first line to its last.")) from None


def _judge(key: Any) -> None:
    """Go on with a key that is safe. Raises BadKey."""
    if isinstance(key, rsa.RSAPublicKey | rsa.RSAPrivateKey):
        if key.key_size < SHORTEST_RSA:
            words = {"bits": key.key_size, "least": SHORTEST_RSA}
            raise BadKey(_("This RSA key has %(bits)d bits; %(least)d are the least.") % words)
        return
    safe = (
        ed25519.Ed25519PublicKey,
        ed25519.Ed25519PrivateKey,
        ec.EllipticCurvePublicKey,
        ec.EllipticCurvePrivateKey,
    )
    if not isinstance(key, safe):
        raise BadKey(_("Keys of this kind are not taken. Make a new one: ssh-keygen -t ed25519"))


def blobs(lines: str) -> frozenset[bytes]:
    """The keys in lines that ``read_list`` made, as SSH sends them."""
    return frozenset(base64.b64decode(line.split(" ")[1]) for line in lines.splitlines() if line.count(" "))
