"""A password hasher that counts its work; found by its name through the settings."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    count = 0

    def encode(self, *args: Any, **more: Any) -> str:
        CountingHasher.count += 1
        return str(super().encode(*args, **more))
