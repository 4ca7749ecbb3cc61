"""Is this the right account? Judged from an order in full: vendor code, currency, countries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from purveyor.amazon.client import Client
from purveyor.amazon.errors import AmazonError
from purveyor.amazon.messages.orders import OrderDetails, Party, read_order
from purveyor.amazon.operations.orders import get_purchase_order
from purveyor.amazon.regions import MARKETPLACES, country_code
from purveyor.base.phrase import _
from purveyor.profiles.doctor.connection import Connection
from purveyor.profiles.doctor.report import Check, Seen
from purveyor.profiles.doctor.visit import Visit
from purveyor.profiles.doctor.words import of_operation, refused

MOST = 5
"""So many orders are read: goods cross borders, and one alone may name another country only."""
FEW = 3
"""So many marketplaces may be named as what was perhaps meant."""


Told = tuple[Seen, str]
"""What an order told, and Amazon's request id of it."""


def check(visit: Visit, begun: Check) -> Check:
    """Bad where the order speaks of another account than the one entered; not known yet where there is no order."""
    if visit.client is None or not visit.opened:
        return begun.ended(begun.state, means=_("Not tried, since an earlier step failed."))
    if not visit.numbers:
        means = _("Not known yet: vendor code, country and region show with the first order.")
        return begun.unknown(_("There is no order of the last weeks."), means)
    try:
        found = list(_read(visit, visit.client))
    except AmazonError as error:
        visit.failed(error)
        return refused(begun, error, of_operation(error, "getPurchaseOrder", bool(visit.opened), visit.connection))
    visit.opened.append("getPurchaseOrder")
    visit.seen, request_id = _telling(visit.connection, found)
    return _judged(visit.connection, begun, visit.seen, request_id)


def _read(visit: Visit, client: Client) -> Iterator[Told]:
    """A few orders, until one settles it. Raises AmazonError."""
    for number in visit.numbers[:MOST]:
        answer = get_purchase_order(client, number)
        order = read_order(answer.order)
        seen = _seen(order.purchase_order_number, order.order_details or OrderDetails(), visit.per_day)
        yield seen, answer.request_id
        if _settles(visit.connection, seen):
            return


def _settles(connection: Connection, seen: Seen) -> bool:
    """Whether an order shows the right country, or anything that is wrong beyond doubt."""
    return connection.marketplace in seen.countries or _alien(connection, seen) or _region(connection, seen) is not None


def _telling(connection: Connection, found: list[Told]) -> Told:
    """The order that says most: the one that settles it, else one that speaks of another country, else the first."""
    if _settles(connection, found[-1][0]):
        return found[-1]
    return next((one for one in found if one[0].countries and _fitting(one[0])), found[0])


def _seen(number: str, details: OrderDetails, per_day: float | None) -> Seen:
    costs = (item.net_cost for item in details.items if item.net_cost is not None)
    currency = next((cost.currency_code.strip().upper() for cost in costs if cost.currency_code), "")
    amazons = (details.buying_party, details.ship_to_party, details.bill_to_party)
    parties = {"selling": details.selling_party, "bill_to": details.bill_to_party}
    return Seen(
        order_number=number,
        vendor_code=details.selling_party.party_id.strip().upper(),
        currency=currency,
        countries=tuple(dict.fromkeys(_countries(amazons))),
        parties={role: _party(party) for role, party in parties.items() if party.party_id or party.address},
        orders_per_day=per_day,
    )


def _countries(parties: Iterable[Party]) -> Iterable[str]:
    """Of addresses, and of tax numbers, which begin with the country that gave them (European orders mostly name no
    address)."""
    for party in parties:
        address = party.address.country_code if party.address is not None else ""
        number = party.tax_info.tax_registration_number if party.tax_info is not None else ""
        for code in (address.strip().upper(), number.strip().upper()[:2]):
            if len(code) == 2 and code.isalpha():
                yield country_code(code)


def _party(party: Party) -> dict[str, str]:
    address: dict[str, Any] = {}
    if party.address is not None:
        known = type(party.address).__struct_fields__
        address = {name: value for name in known if isinstance(value := getattr(party.address, name), str) and value}
    vat = {"vat_number": party.tax_info.tax_registration_number} if party.tax_info else {}
    return {"party_id": party.party_id} | address | vat


def _judged(connection: Connection, begun: Check, seen: Seen, request_id: str) -> Check:
    said = _("Order %(number)s: vendor code %(code)s, currency %(currency)s, countries %(countries)s.") % {
        "number": seen.order_number,
        "code": seen.vendor_code or "–",
        "currency": seen.currency or "–",
        "countries": ", ".join(seen.countries) or "–",
    }
    if connection.environment == "sandbox":
        means = _("Not known: the sandbox answers with fixed samples of no account.")
        return begun.unknown(said, means, request_id=request_id)
    for judge in (_region, _country, _code):
        found = judge(connection, seen)
        if found is not None:
            told, do, causes = found
            return begun.bad(said, told, do, causes=causes, request_id=request_id, code=f"order{judge.__name__}")
    if connection.marketplace in seen.countries:
        return begun.good(said, means=_("Vendor code, currency and country fit."), request_id=request_id)
    means = _("Vendor code and currency fit. Which country the account is of does not show in the orders looked at.")
    return begun.good(said, means=means, request_id=request_id)


Found = tuple[str, str, tuple[str, ...]]


def _fitting(seen: Seen) -> list[str]:
    """The marketplaces this order may be of, by currency and, where the order names any, by country."""
    return [
        code
        for code, place in MARKETPLACES.items()
        if seen.currency in ("", place.currency) and code in (seen.countries or (code,))
    ]


def _region(connection: Connection, seen: Seen) -> Found | None:
    """The wrong region: none of the order's countries has its Vendor Central there."""
    regions = {MARKETPLACES[code].region for code in seen.countries if code in MARKETPLACES}
    if not regions or connection.place.region in regions:
        return None
    words = {"code": connection.marketplace, "region": connection.place.region, "other": ", ".join(sorted(regions))}
    return (
        _("The account belongs to region %(other)s; marketplace %(code)s is in region %(region)s.") % words,
        _wrong_country_do(_fitting(seen)),
        (),
    )


def _country(connection: Connection, seen: Seen) -> Found | None:
    """Another country's account of the same region. Goods cross borders: one own country or the currency is enough."""
    fitting = _fitting(seen)
    alien = _alien(connection, seen)
    abroad = bool(seen.countries and fitting) and connection.marketplace not in seen.countries
    if not alien and not abroad:
        return None
    words = {"code": connection.marketplace, "currency": connection.place.currency}
    means = _("The order looks like one of another country's account than %(code)s (%(currency)s).") % words
    causes = (
        _("The refresh token was made while signed in to another country's Vendor Central."),
        _("The marketplace of this connection is not the one that was meant."),
        _("The account is right and this order crosses a border."),
    )
    return means, _wrong_country_do(fitting), causes


def _alien(connection: Connection, seen: Seen) -> bool:
    """Whether the currency is another than the marketplace's."""
    return bool(seen.currency) and seen.currency != connection.place.currency


def _wrong_country_do(fitting: list[str]) -> str:
    if 0 < len(fitting) <= FEW:
        return _(
            "Authorise the application in the Vendor Central of your country and store that refresh token, or connect "
            "this account as marketplace %(codes)s."
        ) % {"codes": ", ".join(fitting)}
    return _("Authorise the application in the Vendor Central of your country and store that refresh token.")


def _code(connection: Connection, seen: Seen) -> Found | None:
    if not seen.vendor_code or seen.vendor_code in connection.vendor_codes:
        return None
    words = {"seen": seen.vendor_code, "given": ", ".join(connection.vendor_codes)}
    return (
        _("This account has orders for vendor code %(seen)s; entered is %(given)s.") % words,
        _(
            "Compare with Settings, Contacts in Vendor Central: add %(seen)s if it is yours, else authorise the "
            "application for the vendor group that is meant."
        )
        % words,
        (
            _("The vendor code was mistyped, or one of several is missing."),
            _("The application was authorised for another vendor group."),
        ),
    )
