"""Orders that were answered and picked, and packings of them, for tests; and the same as values without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from purveyor.common import clock
from purveyor.orders.models import Acknowledgement, Answer, Line, Order
from purveyor.orders.states import OrderState
from purveyor.people.who import Who
from purveyor.products.models import Product
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain import edit, kept, moves
from purveyor.warehouse.domain.given import GivenBox, GivenContent
from purveyor.warehouse.domain.limits import Limits
from purveyor.warehouse.domain.line_facts import LineFacts, ProductFacts
from purveyor.warehouse.domain.pack import begin
from purveyor.warehouse.domain.tree import CARTON, NOWHERE, PALLET, Box, Item, Place, Sort, Tree
from purveyor.warehouse.models import Packing, Picked, PickLine, PickList, PickResult

ROOT = Who.cli()
TODAY = date(2026, 3, 2)
FAR = date(2027, 3, 2)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SSCC = "003456789012345670"
OTHER_SSCC = "003456789012345687"
LIMITS = Limits(today=TODAY)


def facts(key: int = 1, ordered: int = 10, **more: Any) -> LineFacts:
    """A line as the rules see it: acknowledged as ordered, nothing said of picking."""
    told: dict[str, Any] = {
        "id": key,
        "number": str(key),
        "order_id": 1,
        "order": "4ABCDEFG",
        "ordered": ordered,
        "ship_to": "FRA1",
        "vendor_code": "ACME1",
        "asin": f"B00000000{key}",
        "acknowledged": ordered,
    }
    return LineFacts(**(told | more))


def goods(key: int = 1, **more: Any) -> ProductFacts:
    return ProductFacts(**({"id": key, "sku": f"SKU-{key}"} | more))


def tree(*cartons: Sequence[tuple[int, int]], loose: Sequence[tuple[int, int]] = (), **facts_of: Any) -> Tree:
    """Cartons C1, C2, …, each with its contents (line, eaches), and what is not placed. ``facts_of`` are C1's."""
    boxes = [Box(n, f"C{n}", n, **(facts_of if n == 1 else {})) for n in range(1, len(cartons) + 1)]
    found = Tree.of((), boxes, ())
    for box, contents in zip(boxes, cartons, strict=True):
        for line, eaches in contents:
            found.put(Sort(line), eaches, Place(carton=box.id))
    for line, eaches in loose:
        found.put(Sort(line), eaches, NOWHERE)
    return found


def order(profile: Profile, number: str = "4ABCDEFG", *eaches: int, **more: Any) -> Order:
    """An acknowledged order with a line for each number of eaches (10 of one by default), products as in ``of``."""
    products: Sequence[Product | None] = more.pop("of", ())
    told: dict[str, Any] = {
        "state": OrderState.ACKNOWLEDGED,
        "state_at": clock.now(),
        "amazon_state": "Acknowledged",
        "vendor_code": "ACME1",
        "ship_to": "FRA1",
        "currency": "EUR",
        "ordered_at": clock.now(),
        "due_at": clock.now() + timedelta(hours=24),
        "first_seen_at": clock.now(),
        "answered_at": clock.now(),
        "raw_hash": number,
        "eaches": sum(eaches or (10,)),
        "delivery_start": clock.now() + timedelta(days=4),
        "delivery_end": clock.now() + timedelta(days=7),
    }
    made = Order.objects.create(profile=profile, number=number, **(told | more))
    for place, amount in enumerate(eaches or (10,), 1):
        product = products[place - 1] if len(products) >= place else None
        line(made, place, amount, product)
    return made


def line(of: Order, place: int, eaches: int, product: Product | None = None) -> Line:
    return Line.objects.create(
        order=of,
        shelf=0,
        position=place,
        number=str(place),
        asin=product.asin if product else f"B00000000{place}",
        vendor_product=product.sku if product else "",
        amount=eaches,
        unit="Eaches",
        eaches=eaches,
        net_cost=Decimal("4.20"),
        currency="EUR",
        product=product,
    )


def answered(of: Order, accepted: Mapping[str, int] | None = None, outcome: str = "verified") -> Acknowledgement:
    """Our answer to an order: what it accepts by line (all by default), the rest rejected."""
    made = Acknowledgement.objects.create(
        order=of,
        revision=of.acknowledgements.count() + 1,
        by="test",
        decided_at=clock.now(),
        order_version=of.version,
        outcome=outcome,
    )
    for one in of.lines.all():
        given = one.eaches if accepted is None else accepted.get(one.number, 0)
        parts = (("Accepted", given, ""), ("Rejected", one.eaches - given, "TemporarilyUnavailable"))
        for code, eaches, reason in parts:
            if eaches:
                Answer.objects.create(
                    acknowledgement=made, line=one, code=code, eaches=eaches, reason=reason, net_cost=one.net_cost
                )
    return made


def picked(of: Order, eaches: Mapping[str, Any], *, lots: Mapping[str, Any] | None = None, **more: Any) -> PickResult:
    """A pick list of all lines, and its result: pieces by line, lot by lot (eaches, lot, expiry) where ``lots`` say."""
    held = {name: more.pop(name) for name in ("state", "pick_list_state") if name in more}
    made = PickList.objects.create(
        order=of,
        revision=of.pick_lists.count() + 1,
        number=f"{of.number}-1",
        state=held.get("pick_list_state", "picked"),
        order_version=of.version,
        checked_version=of.version,
        released_by="test",
    )
    state = held.get("state", "taken")
    result = PickResult.objects.create(pick_list=made, reference="R-1", way="api", by="test", state=state)
    for one in of.lines.all():
        row = PickLine.objects.create(pick_list=made, line=one, position=one.position, asked=one.eaches)
        parts = (lots or {}).get(one.number) or [(eaches.get(one.number, 0), "", None)]
        for count, lot, expiry in parts:
            Picked.objects.create(result=result, pick_line=row, eaches=count, lot=lot, expiry=expiry, **more)
    return result


def packing(profile: Profile, reference: str = "S-1", *orders: str) -> Packing:
    """A packing of these orders, nothing placed yet."""
    return begin(ROOT, profile, reference, orders)


def do(of: Packing, kind: str, **asked: Any) -> Packing:
    """One step, whatever the version is by now; the packing as it is then."""
    of.refresh_from_db()
    return edit.step(ROOT, of, of.version, {"kind": kind, **asked}).packing


def only_content(of: Packing) -> int:
    """The key of the one content there is."""
    return int(of.contents.get().pk)


def shown(of: Packing) -> dict[str, list[tuple[str, int]]]:
    """What lies where: the box's key (a dash for not placed) → line and eaches."""
    read = kept.read(of)
    numbers = dict(Line.objects.filter(contents__packing=of).values_list("pk", "number"))
    found: dict[str, list[tuple[str, int]]] = {}
    boxes = [(box.key, Place(pallet=box.id)) for box in read.pallets.values()]
    boxes += [(box.key, Place(carton=box.id)) for box in read.cartons.values()]
    for key, place in [*boxes, ("-", NOWHERE)]:
        inside = sorted((numbers[item.sort.line], item.eaches) for item in read.within(place))
        if inside or key != "-":
            found[key] = inside
    return found


def content(number: str = "4ABCDEFG", quantity: int = 10, **more: Any) -> GivenContent:
    """What a machine says of a content: of line 1 in carton C1, if nothing else is said."""
    told: dict[str, Any] = {"where": "contents[0]", "line": "1", "carton": "C1"}
    return GivenContent(order=number, quantity=quantity, **(told | more))


def carton(key: str = "C1", **more: Any) -> GivenBox:
    """What a machine says of a carton."""
    pallet = more.pop("pallet", "")
    return GivenBox(CARTON, key, f"cartons[{key}]", more, pallet)


def pallet(key: str = "P1", **more: Any) -> GivenBox:
    return GivenBox(PALLET, key, f"pallets[{key}]", more)


def applied(of: Tree, kind: str, lines: Mapping[int, LineFacts], **asked: Any) -> Tree:
    """The tree after one step."""
    return moves.apply(of, {"kind": kind, **asked}, lines, LIMITS)[0]


def item_of(of: Tree, line_key: int, place: Place = NOWHERE) -> Item:
    return next(item for item in of.within(place) if item.sort.line == line_key)
