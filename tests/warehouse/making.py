"""Orders ready for the warehouse, their pick lists, and pick results as files, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from channels import making as files
from purveyor.channels.models import Upload
from purveyor.common import clock
from purveyor.common.gs1 import check_digit
from purveyor.orders.models import Line, Order
from purveyor.people.who import Who
from purveyor.products.models import Product
from purveyor.profiles.models import Profile
from purveyor.warehouse.domain import picks
from purveyor.warehouse.domain.release import release
from purveyor.warehouse.models import PickList, PickResult

ME = Who.cli()
HEAD = "po;sku;quantity"


def ean(number: int) -> str:
    body = f"40991{number:07d}"
    return body + check_digit(body)


def product(number: int = 1, **more: Any) -> Product:
    """A product with an EAN of its own; ASIN, SKU and location count with it."""
    told = {"asin": f"B0TEST{number:04d}", "gtin": f"0{ean(number)}", "location": f"A-{number:02d}", "case_pack": 4}
    return Product.objects.get_or_create(sku=f"SKU-{number}", defaults=told | more)[0]


def order(
    profile: Profile, number: str = "4ABCDEFG", eaches: Sequence[int] = (10, 6), *, first: int = 1, **more: Any
) -> Order:
    """A new order whose line n wants product n, counted from ``first``."""
    now = clock.now()
    told: dict[str, Any] = {
        "state_at": now,
        "amazon_state": "New",
        "vendor_code": "ACME1",
        "ship_to": "BER8",
        "ordered_at": now,
        "due_at": now + timedelta(hours=24),
        "first_seen_at": now,
        "delivery_end": now + timedelta(days=7),
        "eaches": sum(eaches),
        "line_count": len(eaches),
        "raw_hash": number,
        "looked_version": 1,
    }
    made = Order.objects.create(profile=profile, number=number, **(told | more))
    wanted = (product(number) for number in range(first, first + len(eaches)))
    pairs = enumerate(zip(eaches, wanted, strict=True), 1)
    Line.objects.bulk_create(line(made, place, count, product=one, asin=one.asin) for place, (count, one) in pairs)
    return made


def line(of: Order, place: int, eaches: int, **more: Any) -> Line:
    told: dict[str, Any] = {"number": str(place), "position": place, "shelf": 0, "amount": eaches, "eaches": eaches}
    told |= {"unit": "Eaches", "asin": f"B0TEST{place:04d}", "net_cost": Decimal("4.20"), "currency": "EUR"}
    if "product" not in more:
        more["product"] = product(place)
    return Line(order=of, **(told | more))


def released(profile: Profile, number: str = "4ABCDEFG", eaches: Sequence[int] = (10, 6), **more: Any) -> PickList:
    return release(ME, order(profile, number, eaches, **more).pk)


def took(profile: Profile, *rows: str, head: str = HEAD, **more: Any) -> Upload:
    """A pick file with these rows, brought and taken."""
    found = files.bring(files.lines(head, *rows), "pick", profile=profile, **more)
    from purveyor.channels import load

    return load.work_off(load.take(files.ME, found))


def dry(profile: Profile, *rows: str, head: str = HEAD) -> Upload:
    """The same as a dry run."""
    from purveyor.channels import load

    return load.work_off(load.check(files.ME, files.bring(files.lines(head, *rows), "pick", profile=profile)))


def picked(pick_list: PickList) -> dict[str, tuple[int, int, str]]:
    """Of each line by its number: eaches that count, eaches too many, why it is short."""
    sums = picks.sums([pick_list]).get(pick_list.pk, {})
    found = {}
    for one in pick_list.lines.select_related("line").order_by("line__position"):
        came = picks.sum_of(one, sums)
        found[one.line.number] = came.picked, came.excess, came.short
    return found


def results(pick_list: PickList) -> list[tuple[str, str]]:
    """References and states of the results of a list, as they came."""
    return list(PickResult.objects.filter(pick_list=pick_list).order_by("pk").values_list("reference", "state"))


def state(pick_list: PickList) -> str:
    return str(PickList.objects.get(pk=pick_list.pk).state)
