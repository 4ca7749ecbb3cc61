"""Tables of the bulk-buy offers: the offer with its deliveries, rows and cells, its stages and their answers, what
orders have used of it, and who stands in for whom."""

from purveyor.offers.models.answer import Answer, Deputy, Said, Stage
from purveyor.offers.models.consumption import Consumption
from purveyor.offers.models.offer import Cell, Delivery, Offer, Row

__all__ = ["Answer", "Cell", "Consumption", "Delivery", "Deputy", "Offer", "Row", "Said", "Stage"]
