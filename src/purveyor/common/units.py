"""Eaches and cases. All sums run in eaches; the unit as ordered is remembered for every reply (OPERATIONS §1.8)."""

from __future__ import annotations

from dataclasses import dataclass

EACHES = "Eaches"
CASES = "Cases"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in Amazon's unit. ``unit_size`` is eaches per case; 1 for eaches."""

    amount: int
    unit: str = EACHES
    unit_size: int = 1

    @property
    def eaches(self) -> int:
        """The amount in single pieces."""
        return self.amount * (self.unit_size if self.unit == CASES else 1)

    def of_eaches(self, eaches: int) -> Quantity:
        """That many eaches in this quantity's own unit.

        Raises ValueError when cases are asked for and the eaches do not fill whole ones.
        """
        if self.unit != CASES:
            return Quantity(eaches, self.unit, self.unit_size)
        if eaches % self.unit_size:
            raise ValueError(f"{eaches} is not a multiple of the case of {self.unit_size}")
        return Quantity(eaches // self.unit_size, self.unit, self.unit_size)
