"""The countries of the marketplaces, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from purveyor.amazon.regions import MARKETPLACES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

_NAMES: dict[str, Lazy] = {
    "US": _("United States"),
    "CA": _("Canada"),
    "MX": _("Mexico"),
    "BR": _("Brazil"),
    "GB": _("United Kingdom"),
    "DE": _("Germany"),
    "FR": _("France"),
    "IT": _("Italy"),
    "ES": _("Spain"),
    "NL": _("Netherlands"),
    "BE": _("Belgium"),
    "SE": _("Sweden"),
    "PL": _("Poland"),
    "IE": _("Ireland"),
    "TR": _("Turkey"),
    "AE": _("United Arab Emirates"),
    "SA": _("Saudi Arabia"),
    "EG": _("Egypt"),
    "ZA": _("South Africa"),
    "IN": _("India"),
    "JP": _("Japan"),
    "AU": _("Australia"),
    "SG": _("Singapore"),
}


def country_of(marketplace: str) -> str:
    """What people call a marketplace's country; the code where it has no name here, empty for none."""
    return str(_NAMES.get(marketplace, marketplace))


def countries() -> list[tuple[str, str]]:
    """Code and name of every marketplace, by name."""
    return sorted(((code, country_of(code)) for code in MARKETPLACES), key=lambda pair: pair[1])
