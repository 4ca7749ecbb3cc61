"""The vault as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "purveyor.vault"
    label = "vault"
    verbose_name = "Vault"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known to the audit what can be done about keys, and to ``purveyor check`` that they may be lost."""
        from purveyor.audit import actions
        from purveyor.config.checks import look
        from purveyor.vault.actions import ACTIONS
        from purveyor.vault.lost import lost_keys

        actions.add(ACTIONS)
        look(lost_keys)
