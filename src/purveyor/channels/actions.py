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
    Action("channel.added", _("Channel %(name)s was added"), None),
    Action("channel.changed", _("Channel %(name)s was changed"), None),
    Action("channel.switched", _("Channel %(name)s was switched on or off"), ("on",)),
    Action("channel.removed", _("Channel %(name)s was removed"), None),
    Action("arrival.kept", _("File %(name)s that came by a channel was kept"), None),
    Action("arrival.taken", _("The taking of file %(name)s that came by a channel ended"), None),
    Action("arrival.done", _("File %(name)s was filed away under done"), None),
    Action("arrival.refused", _("File %(name)s was filed away under error"), None),
    Action("arrival.gone", _("File %(name)s was taken away before it was kept"), None),
    Action("departure.sent", _("File %(name)s went out"), None),
    Action("departure.failed", _("File %(name)s could not go out"), None),
    Action("departure.queued", _("File %(name)s is sent again"), None),
    Action("list.exported", _("List %(name)s was exported"), ("format", "rows")),
    Action("mapping.added", _("Mapping %(name)s was saved"), _MAPPING),
    Action("mapping.changed", _("Mapping %(name)s was changed"), _MAPPING),
    Action("mapping.removed", _("Mapping %(name)s was removed"), _MAPPING),
]
