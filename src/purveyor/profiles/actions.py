"""What is done to profiles beyond the audit's own table, and what may be raised about them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.alerts.kinds import Kind
from purveyor.audit.actions import Action

ACTIONS = [
    Action("profile.trouble", _("The connection of profile %(name)s changed between good and troubled"), None),
    Action("profile.reading_status_switched", _("Reading the status of profile %(name)s was switched")),
    Action(
        "profile.parties_set",
        _("The own parties of profile %(name)s were set"),
        ("selling", "ship_from", "remit_to", "bill_to"),
    ),
    Action(
        "profile.secret_age_answered", _("The age of a secret of profile %(name)s was answered"), ("known", "issued_at")
    ),
    Action("profile.disconnected", _("Profile %(name)s was disconnected: its secrets are gone, its orders kept"), ()),
    Action(
        "profile.setting_changed",
        _("A setting of profile %(name)s was changed"),
        ("setting", "value", "valid_from"),
    ),
    Action(
        "profile.setting_withdrawn",
        _("A planned setting of profile %(name)s was taken back"),
        ("setting", "value", "valid_from"),
    ),
    Action("wizard.begun", _("Setting up %(name)s was begun")),
    Action("wizard.changed", _("The draft of %(name)s was changed")),
    Action("wizard.secret_stored", _("A secret was stored in the draft of %(name)s"), ("kind",)),
    Action("wizard.secrets_wiped", _("The secrets in the draft of %(name)s were wiped, since it goes elsewhere"), ()),
    Action("wizard.checked", _("The draft of %(name)s was checked"), ("ok",)),
    Action("wizard.discarded", _("The draft of %(name)s was discarded")),
    Action("wizard.expired", _("The draft of %(name)s was dropped, since nobody came back to it")),
    Action("wizard.finished", _("Setting up %(name)s was finished"), ()),
]

ALERTS = [
    Kind(
        "profile.secret_age",
        _("The client secret of a profile nears the end of its 180 days: with 90, 60, 30, 14, 7, 1 and no days left."),
        _("A new client secret is stored."),
    ),
    Kind(
        "profile.check",
        _("The connection check found something that does not stop the work yet, or that only you can judge."),
        _("The check finds nothing more."),
    ),
]
