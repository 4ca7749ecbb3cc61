"""The channels as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "purveyor.channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known what can be done with files and channels, what is told of them, and what goes in and out."""
        from purveyor.alerts import kinds
        from purveyor.audit import actions
        from purveyor.base import filekinds
        from purveyor.channels import outgoing
        from purveyor.channels.actions import ACTIONS
        from purveyor.channels.alerts import KINDS
        from purveyor.channels.pick_lists import PICK_LIST
        from purveyor.channels.sftp import hostkey
        from purveyor.channels.ways import folder, partner, sftp  # noqa: F401  each registers itself
        from purveyor.channels.workbooks.offers import INVITATIONS
        from purveyor.channels.workbooks.stage import STAGE_ANSWERS
        from purveyor.config import checks

        actions.add(ACTIONS)
        checks.look(hostkey.look)
        kinds.add(KINDS)
        outgoing.register(PICK_LIST)
        filekinds.register(INVITATIONS)
        filekinds.register(STAGE_ANSWERS)
