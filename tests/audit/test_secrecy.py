from __future__ import annotations

import pytest

from purveyor.audit.secrecy import find_secret

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ("Atzr|fake", "new"),
        ("Atza|fake", "new"),
        ("amzn1.oa2-cs.v1.fake", "new"),
        ("Bearer " + "f" * 20, "new"),
        ("pbkdf2_sha256$1$fake", "new"),
        ("-----BEGIN PRIVATE KEY", "new"),
        ("otpauth://totp/x", "new"),
        ("gAAAAA" + "f" * 30, "new"),
        ("pvy_0a1b2c3d_" + "f" * 43, "new"),
        ({"a": [1, {"b": "Atzr|fake"}]}, "new.a[1].b"),
        ({"Refresh-Token": "fake"}, "new.Refresh-Token"),
        ({"password": "fake"}, "new.password"),
        ({"Atzr|fake": 1}, "new.(key)"),
    ],
)
def test_secret_is_found_where_it_is(value: object, where: str) -> None:
    assert find_secret(value, "new") == where


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "4XY12345",
        "0f" * 32,  # the hash of a document
        "amzn1.application-oa2-client.fake",
        {"kind": "client_secret", "slot": "new"},
        {"password": "••••••"},
        {"client_secret": "changed"},
        {"refresh_token": None, "secret": True},
    ],
)
def test_what_is_no_secret_passes(value: object) -> None:
    assert find_secret(value) is None
