"""The house the month is lived in: what it sells, what it has in stock, and its policy. Set up once, never touched."""

from __future__ import annotations

from datetime import date, timedelta

from plug import ROOT
from purveyor.base.filekinds import Loading, Row
from purveyor.cli.demo_products import facts
from purveyor.common import clock
from purveyor.products.domain.load import take
from purveyor.products.domain.load_more import take_costs
from purveyor.profiles.domain.settings import set_setting
from purveyor.profiles.models import Profile
from purveyor.simulator.catalogue import catalogue

FORGOTTEN_EVERY = 60
"""Each such product of the buyer's is missing from the house's catalogue."""
AGREED_SINCE = timedelta(days=365)


def furnish(profile: Profile, seed: int, policy: dict[str, str], *, pieces: int) -> None:
    """Fill the catalogue, with what is agreed for each product and so many pieces of it, and say the policy."""
    begins: date = (clock.now() - AGREED_SINCE).date()
    sold = [(n, one) for n, one in enumerate(catalogue(seed, profile.marketplace), 1) if n % FORGOTTEN_EVERY]
    loading = Loading(ROOT.name, "month", dry_run=False)
    products = [Row(n, facts(n, one) | {"on_hand": pieces}) for n, one in sold]
    agreed = {"marketplace": profile.marketplace, "valid_from": begins}
    costs = [
        Row(row.number, {"sku": row.values["sku"], "amount": one.cost} | agreed)
        for row, (_n, one) in zip(products, sold, strict=True)
    ]
    for outcome in (take(products, loading), take_costs(costs, loading)):
        assert outcome.refused == []
    for name, value in policy.items():
        set_setting(ROOT, profile, name, value)
