"""What is done to products, for the audit: the fields that changed, and no others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.audit.actions import Action

FACTS = (
    "sku",
    "asin",
    "gtin",
    "title",
    "case_pack",
    "inner_pack",
    "weight_grams",
    "length_mm",
    "width_mm",
    "height_mm",
    "expiry_tracked",
    "location",
    "prep",
    "active",
)
"""What a person or a file says of a product; ``domain.facts`` reads them."""
_COST = ("marketplace", "valid_from", "valid_until", "amount", "currency")

ACTIONS = [
    Action("product.added", _("Product %(name)s was added"), (*FACTS, "on_hand")),
    Action("product.changed", _("Product %(name)s was changed"), (*FACTS, "on_hand")),
    Action("product.counted", _("The stock of product %(name)s was counted"), ("on_hand",)),
    Action("product.alias_added", _("Product %(name)s was given another name"), ("alias",)),
    Action("product.alias_removed", _("Another name was taken from product %(name)s"), ("alias",)),
    Action("product.cost_set", _("A cost of product %(name)s was agreed"), _COST),
    Action("product.cost_removed", _("A cost of product %(name)s was taken away"), _COST),
]
