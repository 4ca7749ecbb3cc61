from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from purveyor.common.errors import Refused
from purveyor.people import permissions
from purveyor.people.permissions import PERMISSIONS, ROLES

pytestmark = pytest.mark.unit

PAGE = Path(__file__).parents[2] / "docs/admin/permissions.md"


def test_page_is_current() -> None:
    with translation.override("en"):
        assert PAGE.read_text() == permissions.document()


def test_roles_are_those_of_the_trade() -> None:
    assert list(ROLES) == [
        "vendor-manager",
        "commerce",
        "manufacturing",
        "warehouse",
        "finance",
        "integrator",
        "auditor",
        "administrator",
    ]


@pytest.mark.parametrize("name", ROLES)
def test_role_holds_known_permissions_only(name: str) -> None:
    assert ROLES[name].permissions - set(PERMISSIONS) == set()


@pytest.mark.parametrize(
    ("permission", "holders"),
    [
        ("orders.acknowledge", ["vendor-manager", "commerce", "administrator"]),
        ("orders.reject", ["vendor-manager", "commerce", "administrator"]),
        ("documents.resolve", ["vendor-manager", "integrator", "administrator"]),
        ("profiles.credentials", ["integrator", "administrator"]),
        ("profiles.manage", ["integrator", "administrator"]),
        ("profiles.send", ["vendor-manager", "administrator"]),
        ("people.manage", ["administrator"]),
        ("audit.view", ["auditor", "administrator"]),
        ("metrics.read", ["integrator", "administrator"]),
        ("orders.view", list(ROLES)),
    ],
)
def test_permission_is_held_by_these_roles(permission: str, holders: list[str]) -> None:
    assert [role.name for role in ROLES.values() if permission in role.permissions] == holders


@pytest.mark.parametrize("spelling", ["vendor-manager", "Vendor Manager", " vendor_manager "])
def test_find_role_in_any_spelling(spelling: str) -> None:
    assert permissions.find_role(spelling).name == "vendor-manager"


def test_find_role_unknown_names_those_there_are() -> None:
    with pytest.raises(Refused, match="no role king; there are vendor-manager, commerce"):
        permissions.find_role("king")
