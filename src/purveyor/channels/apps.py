"""The channels as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "purveyor.channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known to the audit what can be done with files, and the kinds of files of the offers."""
        from purveyor.audit import actions
        from purveyor.base import filekinds
        from purveyor.channels.actions import ACTIONS
        from purveyor.channels.sftp import hostkey
        from purveyor.channels.ways import folder, partner, sftp  # noqa: F401  each makes itself known
        from purveyor.channels.workbooks.offers import INVITATIONS
        from purveyor.channels.workbooks.stage import STAGE_ANSWERS
        from purveyor.config import checks

        actions.add(ACTIONS)
        checks.look(hostkey.look)
        filekinds.register(INVITATIONS)
        filekinds.register(STAGE_ANSWERS)
