"""The key the hub's own SFTP server shows itself by: made at its first start, readable by the owner of the home folder.

It stays for good: whoever has pinned it refuses any other.
"""

from __future__ import annotations

import base64
import stat
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from purveyor.channels.sftp.keys import PublicKey
from purveyor.common.errors import Misconfigured
from purveyor.config.checks import Finding, Level
from purveyor.config.home import ensure_home, home, write_new
from purveyor.config.options import option

NAME = "sftp-host-key"


def path() -> Path:
    """Where the key is. It need not exist yet."""
    return home() / NAME


def ensure() -> str:
    """The private key, made where there is none. Raises Misconfigured when it can be neither read nor made, when others
    can read it, or when it is none."""
    try:
        ensure_home()
        if not path().exists():
            write_new(path(), _made())
        if stat.S_IMODE(path().stat().st_mode) & 0o077:
            raise Misconfigured(
                f"Other users of this machine can read {path()}.",
                hint=f"Close it: chmod 600 {path()}. If others may have read it, remove it; a new one is made at the"
                " next start, and every partner has to confirm it.",
            )
        text = path().read_text(encoding="ascii")
        _public(text)
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path()} can be neither read nor made: {error}.") from None
    return text


def public() -> PublicKey | None:
    """The public half, None while there is no key. Raises Misconfigured for a file that is none."""
    try:
        return _public(path().read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path()} cannot be read: {error}.") from None


def _made() -> str:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    return Ed25519PrivateKey.generate().private_bytes(*form).decode("ascii")


def _public(text: str) -> PublicKey:
    try:
        key = serialization.load_ssh_private_key(text.encode(), None)
        form = (serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        kind, coded = key.public_key().public_bytes(*form).decode("ascii").split()[:2]
    except (ValueError, TypeError, UnsupportedAlgorithm):
        hint = "Put back the one that was there, or remove it: a new one is made, and every partner has to confirm it."
        raise Misconfigured(f"{path()} holds no key that can be used.", hint=hint) from None
    return PublicKey(kind, base64.b64decode(coded))


def look() -> Iterator[Finding]:
    """What ``purveyor check`` says of it: how others recognise the server, or why they cannot."""
    if not option("PURVEYOR_SFTP_PORT"):
        return
    try:
        found = public()
    except Misconfigured as error:
        yield Finding("sftp-host-key", Level.ERROR, error.message, error.hint or "See that its owner can read it.")
        return
    if found is not None and stat.S_IMODE(path().stat().st_mode) & 0o077:
        sentence = f"Other users of this machine can read {path()}, the key the SFTP server shows itself by."
        yield Finding("sftp-host-key-open", Level.ERROR, sentence, f"Close it: chmod 600 {path()}")
