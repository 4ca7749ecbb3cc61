"""What people may do, and which role holds it by default. Two tables; docs/admin/permissions.md is made from them.

python -m purveyor.people.permissions > docs/admin/permissions.md
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from purveyor.common.errors import Problem, Refused

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy


class UnknownPermission(LookupError):
    """The code asked for a permission that is not in the table."""


PERMISSIONS: dict[str, Lazy] = {
    "orders.view": _("See orders, their versions, answers and history."),
    "orders.acknowledge": _("Edit the answer to an order and send the acknowledgement."),
    "orders.reject": _("Reject lines or whole orders."),
    "orders.assign": _("Say who looks after an order."),
    "orders.hold": _("Put orders on hold, release them, and say that a change was seen."),
    "orders.classify": _("Say of which type an order is, and from which bulk-buy offer it comes."),
    "documents.view": _("See what was sent to Amazon and what came of it."),
    "documents.resolve": _("Decide what became of a document when nobody can tell, and send it again."),
    "products.view": _("See products, their costs and stock, and what files brought."),
    "products.manage": _("Add and change products, costs and stock, on screen and by file."),
    "centers.view": _("See the registry of fulfillment centers."),
    "centers.manage": _("Change fulfillment centers: address, time zone and reference."),
    "offers.view": _("See bulk-buy offers, their answers and what orders have used of them."),
    "offers.manage": _("Bring in bulk-buy offers, change their facts, give them up, and appoint deputies."),
    "offers.commerce": _("Answer a bulk-buy offer for commerce."),
    "offers.manufacturing": _("Answer a bulk-buy offer for manufacturing."),
    "offers.warehouse": _("Answer a bulk-buy offer for the warehouse."),
    "offers.finance": _("Answer a bulk-buy offer for finance."),
    "offers.management": _("Answer a bulk-buy offer for the management."),
    "offers.second": _("Confirm a stage of a bulk-buy offer whose value needs a second approver."),
    "offers.complete": _("Complete a bulk-buy offer, which freezes its answers."),
    "offers.reopen": _("Open a completed bulk-buy offer again."),
    "warehouse.view": _("See pick lists, what was picked and what is packed."),
    "warehouse.release": _("Release orders to the warehouse, and put pick lists on hold or take them back."),
    "warehouse.pick": _("Say what was picked, on screen and by file."),
    "warehouse.pack": _("Say what is packed where, on screen and by file, and close a packing."),
    "warehouse.resolve": _("Let differences between packed, picked and acknowledged stand, with a reason."),
    "channels.view": _("See the channels files come and go by, and what they brought."),
    "channels.manage": _("Set up channels: folders, SFTP and their keys; have their files taken again."),
    "sync.run": _("Fetch orders now, check a connection, start and cancel a back-fill."),
    "profiles.view": _("See a profile and whether its orders come in."),
    "profiles.manage": _("Add and change profiles, except their secrets."),
    "profiles.credentials": _("Store secrets and set custom addresses of a profile."),
    "profiles.settings": _("Change the rules, tolerances and deadlines of a profile."),
    "profiles.send": _("Switch on and off whether a profile sends anything to Amazon."),
    "alerts.view": _("See alerts."),
    "alerts.take": _("Take, assign and comment alerts, and close those that do not close by themselves."),
    "alerts.route": _("Decide who is told of alerts, where and when."),
    "webhooks.manage": _("Add and change webhooks, which receive every event of a profile, and send events again."),
    "people.manage": _("Add people, give and take roles, make and revoke tokens of others."),
    "audit.view": _("Read and export the audit, and verify its chain."),
    "metrics.read": _("Read the metrics from elsewhere than this machine."),
}


@dataclass(frozen=True, slots=True)
class Role:
    """A name for a set of permissions. Given on one profile, or on every profile."""

    name: str
    title: Lazy
    sentence: Lazy
    permissions: frozenset[str]


def _role(name: str, title: Lazy, sentence: Lazy, permissions: str) -> Role:
    return Role(name, title, sentence, frozenset(permissions.split()))


ADMINISTRATOR = "administrator"
_SEEING = (
    "orders.view offers.view warehouse.view channels.view products.view centers.view documents.view profiles.view"
    " alerts.view"
)

ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        _role(
            "vendor-manager",
            _("Vendor manager"),
            _("Answers for an account: decides about orders, documents and sending."),
            f"{_SEEING} orders.acknowledge orders.reject documents.resolve sync.run"
            " profiles.settings profiles.send alerts.take products.manage centers.manage"
            " orders.hold alerts.route orders.assign orders.classify offers.manage offers.commerce offers.management"
            " offers.second offers.complete offers.reopen"
            " warehouse.release warehouse.pick warehouse.pack warehouse.resolve",
        ),
        _role(
            "commerce",
            _("Commerce"),
            _("Answers orders and bulk-buy offers."),
            f"{_SEEING} orders.acknowledge orders.reject products.manage sync.run alerts.take"
            " orders.hold orders.assign orders.classify offers.manage offers.commerce offers.complete"
            " warehouse.release warehouse.resolve",
        ),
        _role(
            "manufacturing",
            _("Manufacturing"),
            _("Sees what must be made, and answers for it in bulk-buy offers."),
            "orders.view offers.view products.view centers.view profiles.view alerts.view offers.manufacturing",
        ),
        _role(
            "warehouse",
            _("Warehouse"),
            _("Picks and packs, and answers for the warehouse in bulk-buy offers."),
            f"{_SEEING} offers.warehouse warehouse.release warehouse.pick warehouse.pack warehouse.resolve",
        ),
        _role(
            "finance",
            _("Finance"),
            _("Sees what was ordered, answered and sent, and answers for it in bulk-buy offers."),
            f"{_SEEING} offers.finance",
        ),
        _role(
            "integrator",
            _("Integrator"),
            _("Connects accounts and systems; decides nothing about orders."),
            f"{_SEEING} products.manage centers.manage documents.resolve sync.run profiles.manage"
            " profiles.credentials alerts.take metrics.read webhooks.manage channels.manage",
        ),
        _role("auditor", _("Auditor"), _("Sees everything that was done, changes nothing."), f"{_SEEING} audit.view"),
        _role(ADMINISTRATOR, _("Administrator"), _("May everything."), " ".join(PERMISSIONS)),
    )
}

EVERYTHING = frozenset(PERMISSIONS)


def check(permission: str) -> str:
    """The name itself. Raises UnknownPermission for one that is not in the table."""
    if permission not in PERMISSIONS:
        raise UnknownPermission(permission)
    return permission


def find_role(name: str) -> Role:
    """The role of this name, however it is spelt (``Vendor Manager``). Raises Refused, naming the roles there are."""
    role = ROLES.get(name.strip().lower().replace(" ", "-").replace("_", "-"))
    if role is None:
        message = translate("There is no role %(name)s; there are %(roles)s.") % {
            "name": name,
            "roles": ", ".join(ROLES),
        }
        raise Refused(message, [Problem(message, where="role")])
    return role


def held_by(role: str) -> frozenset[str]:
    """The permissions of a stored role; none where this version knows no such role."""
    known = ROLES.get(role)
    return known.permissions if known else frozenset()


def document() -> str:
    """docs/admin/permissions.md: every permission with its sentence, every role with what it holds."""
    lines = ["# Roles and permissions", "", "<!-- Made by: python -m purveyor.people.permissions -->", ""]
    lines += ["A role is given on one profile or on every profile. A token holds what its scopes name and its owner"]
    lines += ["holds at that moment, whichever is less.", "", "## Permissions", ""]
    lines += ["| permission | allows to |", "| --- | --- |"]
    lines += [f"| `{name}` | {sentence} |" for name, sentence in PERMISSIONS.items()]
    lines += ["", "## Roles", ""]
    lines += [f"* **{role.title}** (`{role.name}`): {role.sentence}" for role in ROLES.values()]
    lines += ["", "| permission | " + " | ".join(f"`{role}`" for role in ROLES) + " |"]
    lines += ["| --- |" + " :-: |" * len(ROLES)]
    for name in PERMISSIONS:
        marks = ("yes" if name in role.permissions else "" for role in ROLES.values())
        lines.append(f"| `{name}` | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page to standard output, in English."""
    import os

    import django
    from django.utils import translation

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purveyor.config.settings")
    django.setup()
    with translation.override("en"):
        sys.stdout.write(document())


if __name__ == "__main__":
    main()
