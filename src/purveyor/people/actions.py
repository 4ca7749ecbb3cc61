"""What is done about people, for the audit."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.audit.actions import Action

ACTIONS = [
    Action("setup.code_made", _("A set-up code was made"), ()),
    Action("setup.completed", _("Set-up was completed by %(name)s"), ()),
    Action("sign_in.done", _("%(name)s signed in"), ("address", "second_factor")),
    Action("sign_in.refused", _("A sign-in as %(name)s was refused"), ("address", "second_factor")),
    Action("second_factor.on", _("%(name)s switched the second factor on"), ()),
    Action("second_factor.off", _("The second factor of %(name)s was switched off"), ()),
    Action("second_factor.recovered", _("%(name)s signed in with a recovery code"), ("left",)),
    Action("user.added", _("%(name)s was added"), ("role", "full_name", "language")),
    Action("user.changed", _("%(name)s was changed"), ("full_name", "email", "language")),
    Action("user.password_set", _("The password of %(name)s was set"), ()),
    Action("user.deactivated", _("%(name)s was shut out"), ("tokens_revoked",)),
    Action("user.activated", _("%(name)s was let in again"), ()),
    Action("grant.given", _("%(name)s was given the role %(new)s"), ("role",)),
    Action("grant.taken", _("The role %(old)s was taken from %(name)s"), ("role",)),
    Action("token.made", _("Token %(name)s was made"), ("owner", "scopes", "expires_at")),
    Action("token.revoked", _("Token %(name)s was revoked"), ("owner",)),
    Action("view.saved", _("View %(name)s was saved"), ("listing", "query", "columns", "shared", "profile")),
    Action("view.changed", _("View %(name)s was changed"), ("name", "shared")),
    Action("view.deleted", _("View %(name)s was deleted"), ("listing",)),
]
