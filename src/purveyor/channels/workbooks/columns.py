"""The columns of an invitation, and what is said above them: under which heads they are found in either language.

What is asked and what is answered repeats with each delivery: heads are told apart by the delivery's number wherever
it stands in them (*Delivery 2 quantity*, *Menge 2. Lieferung*, *Quantity 2*), or by their order where the same head
stands several times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from purveyor.base import columns
from purveyor.base.columns import Column, head_key, known_heads
from purveyor.common.lenient import Unreadable, trimmed
from purveyor.offers.domain import facts
from purveyor.offers.domain.decide import DEAREST, PLACES
from purveyor.products.domain.facts import asin

DELIVERIES = range(1, 7)
MOST_EACHES = 1_000_000_000
_DELIVERY = "teillieferung|lieferstufe|lieferung|delivery|tranche|shipment|wave|drop|welle"
_BY_NUMBER = (
    re.compile(rf"(?:{_DELIVERY})(?:number|no|nr)?(?P<number>[1-6])(?![0-9])"),
    re.compile(rf"(?<![0-9])(?P<number>[1-6])(?:st|nd|rd|th|te)?(?:{_DELIVERY})"),
    re.compile(r"(?<![0-9])(?P<number>[1-6])$"),
)
_BETWEEN = re.compile(
    r"\s+(?:-|bis|to|until)\s+|\s*[\u2013\u2014/]\s*|\s*--\s*|(?<=\.)-(?=[0-9])|(?<=[0-9]{4})\s*-\s*(?=[0-9]{2}\.)"
)
_SHORT_DAY = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.")


def window(given: Any, mark: str = "") -> tuple[date, date]:
    """Two days joined as ``05.10.2026 – 09.10.2026`` or ``2026-10-05 - 2026-10-09``; one day is both."""
    text = trimmed(str(given))
    first, *more = _BETWEEN.split(text)
    last = more[0] if more else first
    if len(more) > 1:
        raise Unreadable(_("“%(text)s” is not two days such as 2026-03-02 – 2026-03-06.") % {"text": text[:60]})
    if _SHORT_DAY.fullmatch(first) and len(last) > 4:
        first += last.strip()[-4:]
    found = columns.day(first), columns.day(last)
    if found[1] < found[0]:
        raise Unreadable(_("“%(text)s” ends before it begins.") % {"text": text[:60]})
    return found


def _kept(given: Any, mark: str = "") -> str:
    """A cell that is not read: it is where an answer goes."""
    return str(given)


_amount = columns.amount(PLACES, DEAREST - Decimal("0.0001"))

_PRODUCT = (
    Column("asin", gettext_lazy("ASIN"), asin, heads=("Amazon ASIN", "Product ASIN")),
    Column(
        "vendor_product",
        gettext_lazy("Vendor product"),
        columns.text(80),
        heads=(
            *(
                "Vendor SKU",
                "SKU",
                "Item number",
                "Model number",
                "Vendor product ID",
                "EAN",
                "GTIN",
                "UPC",
                "External ID",
            ),
            *("Artikelnummer", "Artikelnr", "Art.-Nr.", "Lieferantenartikelnummer", "EAN-Code"),
        ),
    ),
    Column(
        "title",
        gettext_lazy("Title"),
        columns.text(300),
        heads=(
            "Product",
            "Product title",
            "Product name",
            "Item name",
            "Description",
            "Bezeichnung",
            "Produkt",
            "Artikel",
        ),
    ),
)
# Name, label, reader, heads: of what is asked of each delivery.
_ASKED = (
    (
        "asked",
        gettext_lazy("Asked quantity"),
        columns.whole(0, MOST_EACHES),
        "Quantity|Qty|Units|Requested quantity|Requested units|Requested qty|Offered quantity|Order quantity"
        "|Buy quantity|Menge|Angefragte Menge|Gewünschte Menge|Anfragemenge|Bestellmenge|Stück",
    ),
    (
        "price",
        gettext_lazy("Asked price"),
        _amount,
        "Price|Unit price|Unit cost|Cost|Net cost|Cost price|Requested cost|Offer price"
        "|Preis|Einzelpreis|Stückpreis|Nettopreis|EK-Preis|EK",
    ),
    (
        "first",
        gettext_lazy("First day"),
        columns.day,
        "Window start|Delivery window start|Delivery from|Earliest delivery|From|Start"
        "|Lieferung ab|Lieferfenster von|Lieferfenster Beginn|Frühester Liefertermin|Von|Ab",
    ),
    (
        "last",
        gettext_lazy("Last day"),
        columns.day,
        "Window end|Delivery window end|Delivery until|Delivery to|Latest delivery|Until|End"
        "|Lieferung bis|Lieferfenster bis|Lieferfenster Ende|Spätester Liefertermin|Bis",
    ),
    (
        "window",
        gettext_lazy("Delivery window"),
        window,
        "Window|Delivery days|Delivery dates|Lieferfenster|Liefertermin|Lieferzeitraum",
    ),
)
# The same of the cells the answers are written into.
_ANSWERS = (
    (
        "verdict",
        gettext_lazy("Answer: yes or no"),
        "Confirm|Confirm (Yes/No)|Confirmed|Confirmed (Yes/No)|Accept|Accept (Yes/No)|Accepted|Yes/No|Participate"
        "|Zusage|Zusage (Ja/Nein)|Zugesagt|Annahme|Annahme (Ja/Nein)|Angenommen|Ja/Nein|Bestätigt|Bestätigt (Ja/Nein)",
    ),
    (
        "quantity",
        gettext_lazy("Answer: quantity"),
        "Confirmed quantity|Confirmed qty|Confirmed units|Accepted quantity|Vendor quantity|Your quantity"
        "|Committed quantity|Quantity confirmed|Bestätigte Menge|Zugesagte Menge|Ihre Menge|Menge bestätigt"
        "|Zusagemenge",
    ),
    (
        "cost",
        gettext_lazy("Answer: price"),
        "Confirmed price|Confirmed cost|Your price|Your cost|Vendor price|Bestätigter Preis|Ihr Preis|Zugesagter Preis",
    ),
    (
        "comment",
        gettext_lazy("Answer: comment"),
        "Comment|Comments|Vendor comment|Remark|Remarks|Note|Notes"
        "|Kommentar|Bemerkung|Bemerkungen|Anmerkung|Anmerkungen|Hinweis",
    ),
)
ASKED = tuple(role for role, *_more in _ASKED)
ANSWERS = tuple(role for role, *_more in _ANSWERS)


def named(role: str, delivery: int) -> str:
    """The name of a repeated column, such as ``asked_2``."""
    return f"{role}_{delivery}"


def _repeated() -> list[Column]:
    roles = [*_ASKED, *((role, label, _kept, heads) for role, label, heads in _ANSWERS)]
    return [
        Column(named(role, number), format_lazy("{} {}", label, number), read, heads=tuple(heads.split("|")))
        for number in DELIVERIES
        for role, label, read, heads in roles
    ]


COLUMNS = (*_PRODUCT, *_repeated())
ONE_OF = (("asin", "vendor_product"), tuple(named("asked", number) for number in DELIVERIES))


def _by_head() -> dict[str, str]:
    """Every head without a delivery's number, and the role it means; the first that claims one has it."""
    found: dict[str, str] = {}
    for column in COLUMNS[: len(_PRODUCT) + len(_ASKED) + len(_ANSWERS)]:
        role = column.name.removesuffix("_1")
        for key in known_heads(column):
            found.setdefault(_numbered(key)[0] if role != column.name else key, role)
    return found


def _numbered(key: str) -> tuple[str, int]:
    """A head's key without the delivery's number, and that number; 0 where it names none."""
    for pattern in _BY_NUMBER:
        if found := pattern.search(key):
            return key[: found.start()] + key[found.end() :], int(found["number"])
    return key, 0


def suggest(heads: Sequence[str]) -> dict[str, str]:
    """Which head is which column. A head without a number belongs to the first delivery."""
    known, single = _by_head(), {column.name for column in _PRODUCT}
    found: dict[str, str] = {}
    for head in heads:
        key = head_key(head)
        rest, number = _numbered(key)
        role = known.get(key) or known.get(rest)
        if not key or role is None:
            continue
        name = role if role in single else named(role, number or 1)
        found.setdefault(name, head)
    return found


def _whole(reader: Callable[[Any], Any]) -> Callable[[Any, str], Any]:
    def read(given: Any, mark: str = "") -> Any:
        return reader(given)

    return read


def _word(table: Mapping[str, str], said: Callable[[], str]) -> Callable[[Any, str], str]:
    def read(given: Any, mark: str = "") -> str:
        found = table.get(head_key(str(given)))
        if found is None:
            raise Unreadable(said() % {"text": str(given)[:60]})
        return found

    return read


_PROGRAMS = {
    **dict.fromkeys(("bulkbuy", "bulk", "grosseinkauf", "großeinkauf", "mengeneinkauf"), "bulk buy"),
    **dict.fromkeys(("borntorun", "btr", "b2r", "vendorinitiatedorder"), "born to run"),
    **dict.fromkeys(("advancepurchase", "advancepurchaseoffer", "apo", "vorabeinkauf"), "advance purchase"),
}
_UNSOLD = {
    **dict.fromkeys(("none", "keine", "no", "nein"), "none"),
    **dict.fromkeys(("return", "returned", "rückgabe", "retoure", "rücksendung"), "return"),
    **dict.fromkeys(("keep", "kept", "behalten", "verbleib"), "keep"),
}

FACTS = (
    Column(
        "number",
        gettext_lazy("Offer number"),
        _whole(facts.number),
        heads=(
            "Offer",
            "Offer ID",
            "Offer no",
            "Invitation",
            "Invitation number",
            "Angebot",
            "Angebotsnummer",
            "Angebotsnr",
            "Anfragenummer",
        ),
    ),
    Column(
        "expires_at",
        gettext_lazy("Answer until"),
        _kept,
        heads=(
            *(
                "Expires",
                "Expires at",
                "Expiry",
                "Expiry date",
                "Valid until",
                "Answer by",
                "Respond by",
                "Reply by",
                "Deadline",
                "Due",
            ),
            *("Antwort bis", "Rückmeldung bis", "Gültig bis", "Frist", "Abgabefrist", "Läuft ab"),
        ),
    ),
    Column("zone", gettext_lazy("Time zone"), _whole(facts.zone), heads=("Timezone", "Zone", "Zeitzone")),
    Column(
        "vendor_code",
        gettext_lazy("Vendor code"),
        _whole(facts.vendor_code),
        heads=("Vendor", "Supplier code", "Lieferantencode", "Lieferantennummer", "Lieferant"),
    ),
    Column("currency", gettext_lazy("Currency"), _whole(facts.READ["currency"]), heads=("Währung",)),
    Column(
        "program",
        gettext_lazy("Program"),
        _word(_PROGRAMS, lambda: _("“%(text)s” is no program: bulk buy, born to run or advance purchase.")),
        heads=("Programme", "Programm"),
    ),
    Column(
        "unsold",
        gettext_lazy("Unsold pieces"),
        _word(_UNSOLD, lambda: _("“%(text)s” is neither none, return nor keep.")),
        heads=("Unsold", "Unsold units", "Unsold stock", "Nicht verkaufte Ware", "Restbestand", "Unverkaufte Ware"),
    ),
    Column(
        "title",
        gettext_lazy("Name"),
        _whole(facts.READ["title"]),
        heads=("Offer title", "Event", "Campaign", "Titel", "Aktion", "Kampagne"),
    ),
    *(
        Column(
            named("window", number),
            format_lazy("{} {}", gettext_lazy("Window of delivery"), number),
            window,
            heads=(
                *(
                    f"Delivery {number}",
                    f"Lieferung {number}",
                    f"{number}. Lieferung",
                    f"Delivery window {number}",
                    f"Lieferfenster {number}",
                ),
                *(("Delivery window", "Lieferfenster", "Window", "Lieferzeitraum") if number == 1 else ()),
            ),
        )
        for number in DELIVERIES
    ),
)
