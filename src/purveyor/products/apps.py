"""The products as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "purveyor.products"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known to the audit what can be done to products."""
        from purveyor.audit import actions
        from purveyor.products.actions import ACTIONS

        actions.add(ACTIONS)
