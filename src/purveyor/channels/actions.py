"""What is done with files, for the audit."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.audit.actions import Action

_MAPPING = ("kind", "columns", "options")

ACTIONS = [
    Action("file.brought", _("File %(name)s was brought"), ("kind", "sha256", "size")),
    Action("file.taking", _("The rows of file %(name)s are being taken"), None),
    Action("file.done", _("File %(name)s was taken"), None),
    Action("file.stopped", _("The taking of file %(name)s stopped"), None),
    Action("sftp.signed_in", _("%(name)s signed in by SFTP"), ("user", "address", "fingerprint")),
    Action("sftp.refused", _("A login by SFTP was refused"), ("user", "address", "failures")),
    Action("list.exported", _("List %(name)s was exported"), ("format", "rows")),
    Action("mapping.added", _("Mapping %(name)s was saved"), _MAPPING),
    Action("mapping.changed", _("Mapping %(name)s was changed"), _MAPPING),
    Action("mapping.removed", _("Mapping %(name)s was removed"), _MAPPING),
]
