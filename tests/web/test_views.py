"""Views and columns of lists: kept, shared with who may see the list, opened with; and the columns a person chose."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from cast import Cast, make_user
from purveyor.audit.models import Entry
from purveyor.base.phrase import Phrase
from purveyor.common.errors import Denied, NotFound, Refused
from purveyor.orders.models import Order
from purveyor.people.domain import views
from purveyor.people.models import Choice, Grant, View

from .conftest import Browser
from .test_orders import numbers

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]


def heads(client: Client, path: str) -> list[str]:
    """The words in a table's head."""
    page = client.get(path).content.decode()
    cells = re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", page.partition("<tbody>")[0], re.DOTALL)
    words = [re.sub(r"<[^>]+>|[↑↓]", "", cell).strip() for cell in cells]
    return [word for word in words if word and not word.startswith("Select")]


def test_usual_columns_are_shown_until_others_are_chosen(anna: Client, order: Order) -> None:
    usual = ["Order", "State", "Answer due", "Window", "To", "Lines", "Pieces", "Value", "Order date"]
    assert heads(anna, "/orders/") == usual
    answer = anna.post("/lists/orders/columns/", {"column": ["to", "vendor"], "back": "/orders/?state=new&columns=due"})
    assert answer.headers["Location"] == "/orders/?state=new&columns=number%2Cto%2Cvendor"
    assert heads(anna, "/orders/") == ["Order", "To", "Vendor code"]
    assert heads(anna, "/orders/?columns=due,to") == ["Order", "Answer due", "To"]
    anna.post("/lists/orders/columns/", {"column": ["to"], "do": "usual"})
    assert heads(anna, "/orders/") == usual


def test_columns_are_one_persons_own(cast: Cast, browser: Browser, order: Order) -> None:
    browser(cast.vendor_manager).post("/lists/orders/columns/", {"column": ["to"]})
    assert heads(browser(cast.warehouse), "/orders/")[1] == "State"


def test_column_that_is_none_is_refused(anna: Client) -> None:
    assert anna.get("/orders/?columns=price").status_code == 422
    assert anna.post("/lists/orders/columns/", {"column": ["price"]}).status_code == 422
    assert Choice.objects.count() == 0


def test_column_kept_by_another_version_holds_no_page_up(anna: Client, cast: Cast, order: Order) -> None:
    Choice.objects.create(user=cast.vendor_manager, listing="orders", columns=["gone", "to"])
    assert heads(anna, "/orders/") == ["Order", "To"]


@pytest.mark.parametrize(
    ("path", "columns", "expected"),
    [
        ("/documents/", "state", ["Document", "State"]),
        ("/alerts/", "closed", ["What", "Closed at"]),
        ("/audit/", "who", ["When", "What", "Who"]),
    ],
)
def test_every_list_shows_the_columns_asked_for(
    path: str, columns: str, expected: list[str], root: Client, cast: Cast, order: Order
) -> None:
    from deliver import work
    from purveyor.alerts.raise_ import raise_alert
    from purveyor.orders.domain.acknowledge import acknowledge

    acknowledge(cast.who("vendor_manager"), order.pk)
    work()
    raise_alert("cause", kind="profile.trouble", severity="bad", message=Phrase("Bad."))
    assert heads(root, f"{path}?columns={columns}") == expected


def save(client: Client, **more: str) -> str:
    told = {"name": "Mine", "query": "state=new&sort=due&page=3", "columns": "number,due", "back": "/orders/"}
    return client.post("/lists/orders/views/save/", told | more).headers["Location"]


def test_view_keeps_filters_sort_and_columns(anna: Client, cast: Cast, place: Place) -> None:
    mine, other = place(), place()
    Order.objects.filter(pk=other.pk).update(state="closed")
    address = save(anna)
    view = View.objects.get()
    assert (view.owner, view.name, view.query, view.columns, view.shared) == (
        cast.vendor_manager,
        "Mine",
        "state=new&sort=due",
        ["number", "due"],
        False,
    )
    assert address == f"/orders/?state=new&sort=due&columns=number%2Cdue&view={view.pk}"
    assert numbers(anna, address) == [mine.number]
    assert heads(anna, address) == ["Order", "Answer due"]
    assert Entry.objects.filter(action="view.saved", by="user:vendor-manager", object_name="Mine").count() == 1


def test_view_of_a_name_is_replaced_by_the_next_of_that_name(anna: Client) -> None:
    save(anna)
    save(anna, query="state=closed")
    assert list(View.objects.values_list("query", flat=True)) == ["state=closed"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "  "}, "Give the view a name"),
        ({"name": "x" * 61}, "Give the view a name"),
        ({"name": "\u200b\u202e"}, "Give the view a name"),
        ({"query": "state=sideways"}, "is not understood here"),
        ({"query": f"q={'x' * 1001}"}, "too long to be kept"),
        ({"columns": "price"}, "There is no column price"),
    ],
)
def test_view_that_makes_no_sense_is_refused(anna: Client, change: dict[str, str], said: str) -> None:
    assert save(anna, **change) == "/orders/"
    assert said in anna.get("/orders/").content.decode()
    assert View.objects.count() == 0


def test_own_view_is_nobody_elses(cast: Cast, browser: Browser) -> None:
    save(browser(cast.vendor_manager))
    view = View.objects.get()
    other = browser(cast.warehouse)
    assert "Mine" not in other.get("/orders/").content.decode()
    assert other.post(f"/views/{view.pk}/", {"do": "delete"}).status_code == 404
    assert View.objects.count() == 1


def test_shared_view_is_there_for_who_may_see_the_list_and_for_its_owner_to_change(
    cast: Cast, browser: Browser
) -> None:
    save(browser(cast.vendor_manager), shared="on")
    view = View.objects.get()
    other = browser(cast.warehouse)
    assert "Mine" in other.get("/orders/").content.decode()
    for do in ("delete", "take-back", "rename"):
        other.post(f"/views/{view.pk}/", {"do": do, "name": "Theirs"})
    view.refresh_from_db()
    assert (view.name, view.shared) == ("Mine", True)
    nobody = make_user("nobody")
    assert browser(nobody).get("/lists/orders/views/").status_code == 403


def test_shared_view_of_a_profile_is_there_only_for_who_may_see_that_profile(cast: Cast, browser: Browser) -> None:
    Grant.objects.create(user=cast.vendor_manager, role="commerce", profile=cast.other)
    client = browser(cast.vendor_manager)
    client.post("/scope/", {"profile": cast.profile.name})
    save(client, shared="on")
    view = View.objects.get()
    assert (view.profile, views.query_of(view)["profile"]) == (cast.profile, [cast.profile.name])
    assert [v.name for v in views.kept(cast.who("warehouse"), "orders").views] == ["Mine"]
    assert views.kept(cast.who("stranger"), "orders").views == []
    with pytest.raises(NotFound):
        views.find(cast.who("stranger"), view.pk)


def test_default_view_opens_the_list_and_the_plain_list_stays_within_reach(anna: Client, place: Place) -> None:
    place()
    address = save(anna)
    view = View.objects.get()
    anna.post(f"/views/{view.pk}/", {"do": "default"})
    assert anna.get("/orders/").headers["Location"] == address
    assert anna.get("/orders/?view=0").status_code == 200
    assert 'href="/orders/?view=0"' in anna.get(address).content.decode()
    anna.post(f"/views/{view.pk}/", {"do": "no-default"})
    assert anna.get("/orders/").status_code == 200


def test_default_that_is_shared_no_longer_opens_nothing(cast: Cast, browser: Browser) -> None:
    save(browser(cast.vendor_manager), shared="on")
    view = View.objects.get()
    views.make_default(cast.who("warehouse"), "orders", view.pk)
    views.change(cast.who("vendor_manager"), view.pk, shared=False)
    assert browser(cast.warehouse).get("/orders/").status_code == 200


def test_view_is_renamed_shared_and_deleted_and_each_is_written_down(anna: Client) -> None:
    save(anna)
    save(anna, name="Second")
    view = View.objects.get(name="Mine")
    anna.post(f"/views/{view.pk}/", {"do": "rename", "name": "Second"})
    assert "There is a view of this name already" in anna.get("/lists/orders/views/").content.decode()
    anna.post(f"/views/{view.pk}/", {"do": "rename", "name": "Urgent"})
    anna.post(f"/views/{view.pk}/", {"do": "share"})
    view.refresh_from_db()
    assert (view.name, view.shared) == ("Urgent", True)
    anna.post(f"/views/{view.pk}/", {"do": "delete"})
    assert list(View.objects.values_list("name", flat=True)) == ["Second"]
    done = Entry.objects.filter(object_id=str(view.pk), object_kind="people.view").order_by("pk")
    assert list(done.values_list("action", flat=True)) == [
        "view.saved",
        "view.changed",
        "view.changed",
        "view.deleted",
    ]


def test_views_belong_to_persons(cast: Cast) -> None:
    from purveyor.people.who import Who

    with pytest.raises(Refused):
        views.save(Who.cli(), "orders", "Mine", {})
    with pytest.raises(Denied):
        views.save(cast.who("warehouse"), "orders", "Mine", {}, owner=cast.vendor_manager)
    with pytest.raises(Denied):
        views.save(cast.who("warehouse"), "audit", "Mine", {})
    with pytest.raises(NotFound):
        views.save(cast.who("warehouse"), "nothing", "Mine", {})
    assert View.objects.count() == 0


def test_default_of_another_list_is_refused(cast: Cast) -> None:
    view = views.save(cast.who("warehouse"), "documents", "Mine", {})
    with pytest.raises(Refused):
        views.make_default(cast.who("warehouse"), "orders", view.pk)
    assert Choice.objects.count() == 0
