"""The products as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ProductsConfig(AppConfig):
    name = "purveyor.products"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make known to the audit what can be done to products, and to the channels which files tell of them."""
        from purveyor.audit import actions
        from purveyor.base import filekinds
        from purveyor.products.actions import ACTIONS
        from purveyor.products.columns import KINDS

        actions.add(ACTIONS)
        for kind in KINDS:
            filekinds.register(kind)
