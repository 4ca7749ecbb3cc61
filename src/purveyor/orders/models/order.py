"""The purchase order and its lines, as last seen at Amazon."""

from __future__ import annotations

from django.db import models
from django.utils.functional import cached_property

from purveyor.centers.domain.resolve import Zone, zone_of
from purveyor.common.units import Quantity
from purveyor.orders.states import ORDER, OrderState


class Order(models.Model):
    """One purchase order. State changes go through ``base.transition.move``, Amazon's words through ``domain.receive``.

    ``type`` is ours (``bulk``, ``weekly``, ``undefined``) and ``offer`` the bulk-buy offer it comes from, as decided
    last (``Typed``); ``amazon_type`` is Amazon's.
    ``total`` is the sum of net cost × eaches over the lines with a cost per each. ``answered_at`` is the time of our
    first acknowledgement Amazon took: the 48-hour rule counts from there (FACTS §5.1). ``elsewhere`` keeps what Amazon
    shows when somebody answered outside of this hub. ``holds`` counts the open holds (``domain.hold``),
    ``looked_version`` is the newest version the checks have looked at (``domain.arrival``), ``to_look`` says that
    something it waits for has happened (``domain.wake``). Foreign keys that a unique constraint begins with have no
    index of their own, here and in every table an import writes to: each index costs import speed.
    """

    machine = ORDER

    profile = models.ForeignKey("profiles.Profile", models.PROTECT, related_name="orders", db_index=False)
    number = models.CharField(max_length=40)
    state = models.CharField(max_length=20, default=OrderState.NEW)
    state_at = models.DateTimeField()
    type = models.CharField(max_length=12, default="undefined")

    amazon_state = models.CharField(max_length=40, blank=True)
    amazon_state_at = models.DateTimeField(null=True)
    amazon_type = models.CharField(max_length=40, blank=True)
    amazon_status = models.CharField(max_length=40, blank=True, default="")
    vendor_code = models.CharField(max_length=20, blank=True)
    ship_to = models.CharField(max_length=20, blank=True)
    parties = models.JSONField(default=dict)
    payment_method = models.CharField(max_length=40, blank=True)
    deal_code = models.CharField(max_length=80, blank=True)
    import_details = models.JSONField(null=True)
    ordered_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    ship_start = models.DateTimeField(null=True)
    ship_end = models.DateTimeField(null=True)
    delivery_start = models.DateTimeField(null=True)
    delivery_end = models.DateTimeField(null=True)
    window_end = models.DateTimeField(null=True)

    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=16, decimal_places=4, default=0)
    line_count = models.PositiveIntegerField(default=0)
    eaches = models.BigIntegerField(default=0)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    elsewhere = models.JSONField(default=dict)
    flags = models.JSONField(default=list)

    version = models.PositiveIntegerField(default=1)
    raw_hash = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64, blank=True)
    status_version = models.PositiveIntegerField(default=0)
    status_hash = models.CharField(max_length=64, blank=True, default="")
    status_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField()
    backfilled = models.BooleanField(default=False)
    assigned_to = models.ForeignKey(
        "people.User", models.SET_NULL, null=True, blank=True, related_name="orders", db_index=False
    )
    offer = models.ForeignKey(
        "offers.Offer", models.SET_NULL, null=True, blank=True, related_name="orders", db_index=False
    )
    holds = models.PositiveSmallIntegerField(default=0, db_default=0)
    looked_version = models.PositiveIntegerField(default=0, db_default=0)
    to_look = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["-ordered_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["profile", "number"], name="order_number_once")]
        indexes = [
            models.Index(fields=["number"], name="order_number", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["state", "due_at"], name="order_state_due"),
            models.Index(fields=["state", "-ordered_at", "-id"], name="order_state_newest"),
            models.Index(fields=["-ordered_at", "-id"], name="order_newest"),
            models.Index(fields=["profile", "-ordered_at", "-id"], name="order_profile_newest"),
            models.Index(fields=["profile", "state", "-ordered_at"], name="order_profile_state"),
            models.Index(fields=["window_end"], name="order_window_end"),
            models.Index(fields=["ship_to"], name="order_ship_to"),
            # Of the few that are assigned only, so that an import has nothing to write to it.
            models.Index(
                fields=["assigned_to", "-ordered_at"],
                name="order_assigned",
                condition=models.Q(assigned_to__isnull=False),
            ),
            # Those on hold, the soonest due first, for Today.
            models.Index(fields=["due_at"], name="order_held", condition=models.Q(holds__gt=0)),
            # As few, and as cheap for an import.
            models.Index(fields=["id"], name="order_to_look", condition=models.Q(to_look=True)),
            models.Index(fields=["offer", "-ordered_at"], name="order_offer", condition=models.Q(offer__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number

    @cached_property
    def zone(self) -> Zone:
        """The time zone its windows are shown in: its center's. Lists look up all at once (``queries.zoned``)."""
        return zone_of(self.ship_to, self.profile.marketplace)

    @property
    def came_late(self) -> bool:
        """Whether Amazon's time was over before the order was first seen: nobody here was late."""
        return self.due_at <= self.first_seen_at


class Line(models.Model):
    """One line. ``eaches`` sums; ``amount``, ``unit`` and ``unit_size`` are the quantity as ordered (OPERATIONS §1.8).

    ``net_cost`` is per each, or per ``cost_unit`` for goods priced by weight. ``accepted``, ``rejected`` and
    ``received`` are Amazon's own counts in eaches from the status read-back (backordered counts as accepted, FACTS §8);
    null until Amazon said any. A line whose ``eaches`` are 0 was cancelled; ``gone`` means a later version lacks it.

    ``shelf`` groups the lines of every 256 orders in the order of their arrival. The indexes for searching begin with
    it, so that an import writes to a few pages of them and not to one page for each product (five times faster at a
    million lines); a search looks at each shelf, the newest first. What each line begins with is the database's own
    default, so that an import need not name it. No constraint of the database looks up the order of each: a line is
    only ever written beside its order, in one transaction, and on PostgreSQL the look took a fifth of an import.
    ``product`` is what the line was matched to (``domain.arrival``); it has no index, for the same reason.
    """

    SHELF = 256

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_index=False, db_constraint=False)
    shelf = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=20)
    asin = models.CharField(max_length=20, blank=True)
    vendor_product = models.CharField(max_length=80, blank=True)
    amount = models.BigIntegerField()
    unit = models.CharField(max_length=20)
    unit_size = models.PositiveIntegerField(default=1)
    eaches = models.BigIntegerField()
    backorder_allowed = models.BooleanField(default=False)
    net_cost = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    list_price = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True)
    cost_unit = models.CharField(max_length=12, blank=True, default="")
    product = models.ForeignKey("products.Product", models.SET_NULL, null=True, related_name="lines", db_index=False)
    gone = models.BooleanField(default=False, db_default=False)

    confirmation = models.CharField(max_length=40, blank=True, default="", db_default="")
    accepted = models.BigIntegerField(null=True)
    rejected = models.BigIntegerField(null=True)
    acknowledged_on = models.CharField(max_length=40, blank=True, default="", db_default="")
    receipt = models.CharField(max_length=40, blank=True, default="", db_default="")
    received = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["order", "position"]
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="line_number_once")]
        indexes = [
            models.Index(fields=["shelf", "asin"], name="line_asin"),
            models.Index(fields=["shelf", "vendor_product"], name="line_vendor_product"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.number}"

    @property
    def quantity(self) -> Quantity:
        """The quantity as ordered, in Amazon's unit."""
        return Quantity(self.amount, self.unit, self.unit_size)

    @property
    def cancelled(self) -> bool:
        """Amazon cancelled it: nothing is to be answered or shipped (FACTS §5.1)."""
        return self.gone or self.eaches == 0
