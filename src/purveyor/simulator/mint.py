"""Makes credentials of Amazon's shapes: from a seed in tests, from the system's randomness otherwise."""

from __future__ import annotations

import hashlib
import random
import secrets
import string

_URLSAFE = string.ascii_letters + string.digits + "-_"
# Passwords are read off a screen: no letter that looks like a digit.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


class Mint:
    """``seed`` None makes what nobody can foretell."""

    def __init__(self, seed: int | None) -> None:
        self.seed = seed

    def _random(self, what: str) -> random.Random:
        if self.seed is None:
            return secrets.SystemRandom()
        digest = hashlib.sha256(f"{self.seed}:{what}".encode()).digest()
        return random.Random(digest)

    def _draw(self, what: str, alphabet: str, length: int) -> str:
        found = self._random(what)
        return "".join(found.choice(alphabet) for _ in range(length))

    def hexadecimal(self, what: str, length: int) -> str:
        return self._draw(what, "0123456789abcdef", length)

    def token(self, what: str, length: int) -> str:
        return self._draw(what, _URLSAFE, length)

    def client_id(self, what: str) -> str:
        return "amzn1.application-oa2-client." + self.hexadecimal(f"client:{what}", 32)

    def client_secret(self, what: str) -> str:
        return "amzn1.oa2-cs.v1." + self.hexadecimal(f"secret:{what}", 64)

    def refresh_token(self, what: str) -> str:
        return "Atzr|" + self.token(f"refresh:{what}", 340)

    def user(self, what: str) -> str:
        """A name to sign in with, such as ``vendor-k7mp``."""
        return "vendor-" + self._draw(f"user:{what}", _READABLE, 4)

    def password(self, what: str) -> str:
        """Three groups of four that are easily typed."""
        drawn = self._draw(f"password:{what}", _READABLE, 12)
        return "-".join(drawn[place : place + 4] for place in (0, 4, 8))
