"""The home folder and the small secret files in it."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from purveyor.common.errors import Misconfigured
from purveyor.config.options import option


def home() -> Path:
    """Where the home folder is. It need not exist yet."""
    return Path(option("PURVEYOR_HOME"))


def keys_file() -> Path:
    """Where the keys that seal stored secrets are. It need not exist yet."""
    return Path(option("PURVEYOR_KEYS_FILE") or home() / "keys")


def ensure_home() -> Path:
    """The home folder, made with rights for its owner only where it is missing. Raises Misconfigured."""
    folder = home()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(f"PURVEYOR_HOME is {str(folder)!r}; it cannot be made: {error.strerror}.") from None
    return folder


def fresh_metrics_folder() -> Path:
    """An empty folder in which the processes of one tree count together (``PROMETHEUS_MULTIPROC_DIR``)."""
    folder = ensure_home() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def write_new(file: Path, content: str) -> bool:
    """Write a file only its owner can read, all at once; False when there is one already.

    A reader sees nothing or everything, and of two processes that write at once one wins. Raises OSError.
    """
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, file)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def secret_key() -> str:
    """The key that signs sessions and forms: the option's, else the kept one, made when missing.

    Raises Misconfigured when it can be neither read nor made.
    """
    given = option("PURVEYOR_SECRET_KEY")
    if given:
        return str(given)
    file = home() / "secret.key"
    try:
        if not file.exists():
            write_new(ensure_home() / file.name, secrets.token_urlsafe(48) + "\n")
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Misconfigured(f"{file} can be neither read nor made: {error.strerror}.") from None
