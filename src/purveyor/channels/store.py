"""Where the bytes of files lie: in the home folder, under their hash, readable for its owner alone.

With several machines the folder ``files`` of PURVEYOR_HOME is one they share.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import gettext as _

from purveyor.common.errors import Refused, Remedy
from purveyor.config.home import ensure_home

MOST_BYTES = 64 * 1024 * 1024


class NoRoom(Refused):
    """The disk takes nothing just now; the file itself is as good as any."""

    code = "no-room"
    remedy = Remedy.MEND_SETTINGS


def folder() -> Path:
    """The folder, made where it is missing."""
    found = ensure_home() / "files"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


def path_of(sha256: str) -> Path:
    """Where a file lies. Raises Refused where it is not there."""
    found = folder() / sha256
    if not found.exists():
        said = _("The file is no longer where it was kept. Bring it again.")
        raise Refused(said, hint=_("Machines that share a database share the folder “files” of PURVEYOR_HOME."))
    return found


def keep(pieces: Iterable[bytes]) -> tuple[str, int]:
    """Keep bytes; answers their hash and their number. Raises Refused beyond the largest size, and NoRoom where the
    disk takes no more; nothing is kept then."""
    draft = folder() / f".{secrets.token_hex(8)}"
    digest, size = hashlib.sha256(), 0
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for piece in pieces:
                size += len(piece)
                if size > MOST_BYTES:
                    raise too_large()
                digest.update(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(folder() / digest.hexdigest())
    except OSError as error:
        said = _("The file cannot be kept: %(why)s.") % {"why": error.strerror}
        raise NoRoom(said, hint=_("Make room on the disk of PURVEYOR_HOME.")) from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
    return digest.hexdigest(), size


def too_large() -> Refused:
    """The refusal of a file beyond the largest size."""
    said = _("The file has more than %(most)d MB. Split it.") % {"most": MOST_BYTES // 1024 // 1024}
    return Refused(said, code="too-large")
