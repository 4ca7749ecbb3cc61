"""The demo's partner: a user on the hub's own SFTP server whose keys lie in the demo's folder, and the line to type."""

from __future__ import annotations

import shlex
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from purveyor.base import filekinds
from purveyor.channels import setup
from purveyor.channels.models import Channel
from purveyor.channels.pick_lists import NAME as PICK_LIST
from purveyor.channels.sftp import hostkey
from purveyor.config.home import write_new
from purveyor.people.who import Who
from purveyor.profiles.models import Profile

PARTNER = "wms"
KEY, KNOWN = "demo-sftp-key", "demo-known-hosts"


def open_door(home: Path, port: int, profile: str) -> str:
    """Make the partner's keys and channels where they are missing; answers the line that signs in."""
    public = _keys(home / KEY)
    found = Profile.objects.get(name=profile)
    if not Channel.objects.filter(name=PARTNER).exists():
        kind = "pick" if "pick" in {one.name for one in filekinds.kinds()} else "products"
        options = {"user": PARTNER, "keys": public}
        asked = setup.Asked(
            PARTNER, "partner", kind, profile=found if kind == "pick" else None, quiet=0, options=options
        )
        setup.add(Who.cli(), asked)
        out = setup.Asked(f"{PARTNER}-out", "partner", PICK_LIST, profile=found, outgoing=True, options=options)
        setup.add(Who.cli(), out)
    return _line(home, port)


def _keys(path: Path) -> str:
    """The public half of the key pair at a path, made where it is missing."""
    key = Ed25519PrivateKey.generate()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    if not path.exists():
        write_new(path, key.private_bytes(*form).decode("ascii"))
    kept = serialization.load_ssh_private_key(path.read_bytes(), None)
    told = kept.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return f"{told.decode('ascii')} demo"


def _line(home: Path, port: int) -> str:
    """The server's key is known beforehand by a file of the demo's own, so that nobody is asked about it."""
    hostkey.ensure()
    met = hostkey.public()
    known = home / KNOWN
    known.write_text(f"[127.0.0.1]:{port} {met.line if met else ''}\n", encoding="ascii")
    told = ["sftp", "-P", str(port), "-i", str(home / KEY), "-o", f"UserKnownHostsFile={known}", f"{PARTNER}@127.0.0.1"]
    return shlex.join(told)
