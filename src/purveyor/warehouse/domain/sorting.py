"""In which order the lines of a pick list are walked. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from purveyor.orders.models import Line
from purveyor.warehouse.settings import BY_SKU


def walked(lines: Iterable[Line], sort: str) -> list[Line]:
    """By location, lines without one last, or by SKU (``settings.SORTS``); Amazon's own order settles ties."""

    def key(line: Line) -> tuple[bool, str, str, int]:
        product = line.product
        place = product.location if product is not None and sort != BY_SKU else ""
        return (not place, place, product.sku if product is not None else "", line.position)

    return sorted(lines, key=key)
