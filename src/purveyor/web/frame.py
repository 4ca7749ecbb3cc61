"""What stands around every page: the rail with its counts, the profile in view, the look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

import purveyor
from purveyor.alerts import queries as alerts
from purveyor.alerts.domain import routes, webhooks
from purveyor.alerts.states import AlertState
from purveyor.centers import queries as centers
from purveyor.channels import setup as channels
from purveyor.offers import queries as offers
from purveyor.offers import rules as offer_rules
from purveyor.offers.mine import waiting_for
from purveyor.orders.models import Order
from purveyor.orders.states import WAITING
from purveyor.outbox.models import Document
from purveyor.outbox.states import DocumentState
from purveyor.people.who import Who
from purveyor.profiles.models import Environment, Profile
from purveyor.warehouse import packing_queries as packings
from purveyor.warehouse import rules as warehouse_rules
from purveyor.warehouse.models import PickList
from purveyor.warehouse.states import PickListState
from purveyor.web.zones import zone_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

SCOPE_COOKIE = "purveyor_profile"
LOOK_COOKIE = "purveyor_look"
WANT_A_PERSON = (DocumentState.FAILED, DocumentState.ASKED)
COUNT_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the rail. ``counted`` says in words what the count counts."""

    section: str
    word: str
    href: str
    icon: str
    count: int = 0
    tone: str = ""
    counted: str = ""


@dataclass
class Frame:
    """The frame of one request."""

    who: Who
    request: HttpRequest
    version: str = field(default=purveyor.__version__)

    @cached_property
    def profiles(self) -> Sequence[Profile]:
        """The profiles the person may see, by name."""
        return list(self.who.profiles())

    @cached_property
    def scope(self) -> str:
        """The name of the one profile in view; empty for all."""
        wanted = self.request.COOKIES.get(SCOPE_COOKIE, "")
        return wanted if any(p.name == wanted for p in self.profiles) else ""

    @cached_property
    def pretended(self) -> str:
        """The names of the profiles in view that do not talk to Amazon itself."""
        other = (Environment.SIMULATOR, Environment.CUSTOM)
        names = [p.name for p in self.profiles if p.environment in other and self.scope in ("", p.name)]
        return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")

    @cached_property
    def place(self) -> str:
        """The marketplace by whose clock stands what belongs to no order: that of the profiles in view, if they share
        a clock; empty, which is UTC, if they do not."""
        places = [p.marketplace for p in self.profiles if self.scope in ("", p.name)]
        return places[0] if len({zone_of(place).key for place in places}) == 1 else ""

    @property
    def may_audit(self) -> bool:
        """Whether links to the audit lead anywhere."""
        return self.who.may_somewhere("audit.view")

    @property
    def other_look(self) -> str:
        """What the switch of the look leads to."""
        return "light" if self.request.COOKIES.get(LOOK_COOKIE) == "dark" else "dark"

    def within(self, permission: str) -> QuerySet[Profile]:
        """The profiles in view on which the person holds a permission."""
        found = self.who.profiles(permission)
        return found.filter(name=self.scope) if self.scope else found

    @cached_property
    def work(self) -> list[Item]:
        """The rail's upper part: the work."""
        items = [Item("today", _("Today"), reverse("today"), "today")]
        if self.who.may_somewhere("orders.view"):
            count = self._new_orders()
            items.append(Item("orders", _("Orders"), reverse("orders"), "orders", count, "count-todo", _("to answer")))
        if self.who.may_somewhere(offer_rules.VIEW):
            words = (_("Offers"), reverse("offers"), "offers")
            items.append(Item("offers", *words, self._my_offers(), "count-todo", _("to answer")))
        if self.who.may_somewhere(warehouse_rules.VIEW):
            words = (_("Warehouse"), reverse("warehouse"), "warehouse")
            items.append(Item("warehouse", *words, self._to_pick(), "count-todo", _("to pick")))
            words = (_("Packings"), reverse("packings"), "packings")
            items.append(Item("packings", *words, self._packings(), "count-todo", _("do not add up")))
        if self.who.may_somewhere("documents.view"):
            count = self._stuck_documents()
            words = (_("Documents"), reverse("documents"), "documents")
            items.append(Item("documents", *words, count, "count-loud", _("need a person")))
        if self.who.may_somewhere("products.view"):
            items.append(Item("products", _("Products"), reverse("products"), "products"))
        if self.who.may_somewhere(alerts.VIEW):
            words = (_("Alerts"), reverse("alerts"), "alert")
            items.append(Item("alerts", *words, self._open_alerts(), "count-todo", _("open")))
        if self.who.may_somewhere("orders.view"):
            items.append(Item("charts", _("Charts"), reverse("charts"), "charts"))
        if self.who.may_somewhere("profiles.view"):
            items.append(Item("profiles", _("Profiles"), reverse("profiles"), "profiles"))
        return items

    @cached_property
    def setting_up(self) -> list[Item]:
        """The rail's lower part: where goods go, who may come in, what was done."""
        items = []
        if self.who.may_somewhere(centers.VIEW):
            items.append(Item("centers", _("Centers"), reverse("centers"), "centers"))
        if self.who.may_somewhere("people.manage"):
            items.append(Item("people", _("People"), reverse("people"), "people"))
        if self.who.may_somewhere(routes.ROUTE):
            items.append(Item("routes", _("Who is told"), reverse("routes"), "alert"))
        if self.who.may_somewhere(channels.SEE):
            items.append(Item("channels", _("Channels"), reverse("channels"), "sync"))
        if self.who.may_somewhere(webhooks.MANAGE):
            items.append(Item("webhooks", _("Webhooks"), reverse("webhooks"), "send"))
        if self.may_audit:
            items.append(Item("history", _("Audit"), reverse("audit"), "history"))
        return items

    def _my_offers(self) -> int:
        """Offers that wait for a stage of the person's."""
        rows = offers.visible_to(self.who)
        rows = rows.filter(profile__name=self.scope) if self.scope else rows
        return waiting_for(rows, self.who)[:COUNT_AT_MOST].count()

    def _packings(self) -> int:
        """Packings against which something stands."""
        found = packings.standing(packings.visible_to(self.who)).select_related(None)
        return (found.filter(profile__name=self.scope) if self.scope else found)[:COUNT_AT_MOST].count()

    def _to_pick(self) -> int:
        rows = PickList.objects.filter(state=PickListState.RELEASED)
        rows = rows.filter(order__profile__in=self.within(warehouse_rules.VIEW))
        return rows[:COUNT_AT_MOST].count()

    def _new_orders(self) -> int:
        found = Order.objects.filter(state__in=WAITING, profile__in=self.within("orders.view"))
        return found[:COUNT_AT_MOST].count()

    def _open_alerts(self) -> int:
        found = alerts.visible_to(self.who).filter(state=AlertState.OPEN).select_related(None)
        return (found.filter(profile__name=self.scope) if self.scope else found)[:COUNT_AT_MOST].count()

    def _stuck_documents(self) -> int:
        found = Document.objects.filter(state__in=WANT_A_PERSON, profile__in=self.within("documents.view"))
        return found[:COUNT_AT_MOST].count()
