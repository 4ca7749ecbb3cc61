"""The forms about products. They only carry what is typed; the verbs read and check it (``domain.facts``)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from purveyor.amazon.regions import MARKETPLACES
from purveyor.common.gs1 import printed
from purveyor.products.models import Product

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
_SHORT = _PLAIN | {"size": "14"}


def _text(label: Any, most: int = 40, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, widget=forms.TextInput(attrs=_SHORT), **more)


class ProductForm(forms.Form):
    """Every fact of a product, and the version it was read in."""

    sku = forms.CharField(label=_("SKU"), max_length=80, widget=forms.TextInput(attrs=_PLAIN))
    title = forms.CharField(label=_("Title"), max_length=300, required=False)
    asin = _text(_("ASIN"))
    gtin = _text(_("EAN"), help_text=_("EAN, UPC or GTIN-14; its last digit is checked."))
    case_pack = _text(_("Case pack"), help_text=_("Pieces in a case."))
    inner_pack = _text(_("Inner pack"), help_text=_("Pieces in an inner pack."))
    weight_grams = _text(_("Weight (g)"), help_text=_("Of one piece; 1.5 kg is understood too."))
    length_mm = _text(_("Length (mm)"))
    width_mm = _text(_("Width (mm)"))
    height_mm = _text(_("Height (mm)"))
    expiry_tracked = forms.BooleanField(label=_("Has an expiry date"), required=False)
    location = _text(_("Location"), help_text=_("Where it stands in the warehouse; pick lists are sorted by it."))
    prep = forms.CharField(
        label=_("Preparation"),
        max_length=120,
        required=False,
        help_text=_("What Amazon wants done to it before it ships, such as “poly bag”."),
    )
    active = forms.BooleanField(label=_("Sold"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def facts(self) -> dict[str, Any]:
        """What was typed, by the fact's name."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def shown(product: Product) -> dict[str, Any]:
    """What the form begins with."""
    names = [name for name in ProductForm.base_fields if name != "gtin"]
    return {name: getattr(product, name) for name in names} | {"gtin": printed(product.gtin)}


class AliasForm(forms.Form):
    """Another name."""

    alias = forms.CharField(label=_("Other name"), max_length=80, widget=forms.TextInput(attrs=_PLAIN))


class CountForm(forms.Form):
    """How many pieces there are."""

    on_hand = forms.CharField(
        label=_("Pieces there are"),
        max_length=20,
        widget=forms.TextInput(attrs=_SHORT | {"inputmode": "numeric"}),
        help_text=_("All of them, also those promised to orders."),
    )


class CostForm(forms.Form):
    """An agreed cost and its days."""

    marketplace = forms.ChoiceField(label=_("Marketplace"), choices=[(code, code) for code in sorted(MARKETPLACES)])
    amount = forms.CharField(
        label=_("Cost of one piece"), max_length=30, widget=forms.TextInput(attrs=_SHORT | {"inputmode": "decimal"})
    )
    currency = _text(_("Currency"), 3, help_text=_("The marketplace's own unless you say another."))
    valid_from = _text(_("First day"), help_text=_("Today unless you say another. It ends the cost before it."))
    valid_until = _text(_("Last day"), help_text=_("Empty: until further notice."))
