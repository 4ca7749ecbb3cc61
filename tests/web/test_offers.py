"""Bulk-buy offers on their pages: the list, one of them, what is done about it, its answers in grid and plain form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from cast import Cast, make_user
from offers import making
from purveyor.offers.models import Answer, Offer
from purveyor.people.models import User

from .conftest import Browser

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def found(cast: Cast) -> Offer:
    """An offer that just came in; one of its rows names a product nobody knows."""
    return making.offer(cast.profile, making.UNKNOWN)


@pytest.fixture
def carl(cast: Cast) -> User:
    return make_user("carl", "commerce", cast.profile)


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content[:500]
    return str(answer.content.decode())


def test_approving_over_answers_refuses_what_its_author_has_not_seen(
    browser: Browser, found: Offer, carl: User
) -> None:
    """Saying yes to all goes over those that stood on the page; to what is undecided, over none."""
    client, seen = browser(carl), str(making.fresh(found).version)
    save(client, found, {"row": 5, "delivery": 1, "version": 0, "quantity": "80"})
    assert do(client, found, "approve", stage="commerce", which="all", version=seen).status_code == 409
    assert list(Answer.objects.filter(stage__offer=found).values_list("quantity", flat=True)) == [80]
    assert do(client, found, "approve", stage="commerce", which="undecided", version=seen).status_code == 302
    assert do(client, found, "approve", stage="commerce", which="all", version="3").status_code == 302
    assert sorted(Answer.objects.filter(stage__offer=found).values_list("quantity", flat=True)) == [50, 100, 200]


def test_page_speaks_german(browser: Browser, found: Offer, carl: User) -> None:
    User.objects.filter(pk=carl.pk).update(language="de")
    text = page(browser(carl), f"/offers/{found.pk}/")
    assert ">Ansehen<" in text
    assert "Aussehen" not in text
    assert "6. Apr 2026 – 10. Apr 2026" in text


def test_list_shows_an_offer_with_its_stage(anna: Client, found: Offer) -> None:
    text = page(anna, "/offers/")
    for word in ("BB-1", "Easter", "Commerce", "1 without product", "1,085.00"):
        assert word in text, word


def test_page_says_what_is_to_be_done(anna: Client, found: Offer) -> None:
    text = page(anna, f"/offers/{found.pk}/")
    for word in ("Commerce answers now: 3 cells are undecided.", "Answer for Commerce", "Give it up", "B0NOBODY01"):
        assert word in text, word


def do(client: Client, of: Offer, verb: str, **data: str) -> Any:
    return client.post(f"/offers/{of.pk}/do/{verb}/", data)


def test_offer_goes_through_its_stages_on_its_page(browser: Browser, cast: Cast, found: Offer, carl: User) -> None:
    commerce = browser(carl)
    people = {"manufacturing": make_user("mia", "manufacturing", cast.profile), "warehouse": cast.warehouse}
    assert do(commerce, found, "hand-on").status_code == 422
    assert do(commerce, found, "approve", stage="commerce").status_code == 302
    assert do(commerce, found, "hand-on", version=str(making.fresh(found).version)).status_code == 302
    for key, user in people.items():
        theirs = browser(user)
        assert do(theirs, found, "approve", stage=key).status_code == 302
        assert do(theirs, found, "hand-on").status_code == 302
    answer = do(commerce, found, "complete")
    assert (answer.status_code, "1 row waits for its product" in answer.content.decode()) == (422, True)
    assert do(commerce, found, "complete", leave_unmapped="1").status_code == 302
    assert making.fresh(found).state == "completed"
    assert "Orders that come from it" in page(commerce, f"/offers/{found.pk}/")


def test_reason_typed_stays_when_it_is_refused(browser: Browser, cast: Cast, found: Offer, carl: User) -> None:
    answer = do(browser(carl), found, "send-back", stage="warehouse", reason="so many forks")
    assert (answer.status_code, "so many forks" in answer.content.decode()) == (422, False)
    making.through(found, "commerce")
    theirs = browser(make_user("mia", "manufacturing", cast.profile))
    answer = do(theirs, found, "send-back", stage="warehouse", reason="so many forks")
    assert (answer.status_code, "so many forks" in answer.content.decode()) == (422, True)


def test_stale_page_hands_nothing_on(browser: Browser, found: Offer, carl: User) -> None:
    client, seen = browser(carl), str(found.version)
    do(client, found, "approve", stage="commerce")
    answer = do(client, found, "hand-on", version=seen)
    assert (answer.status_code, making.states(found)) == (409, ["open", "waiting", "waiting"])
    assert "Somebody changed offer BB-1" in answer.content.decode()


def test_facts_are_corrected_and_blamed_at_their_fields(anna: Client, found: Offer) -> None:
    path = f"/offers/{found.pk}/facts/"
    assert 'value="2026-03-12T17:00"' in page(anna, path)
    told = {"number": "BB-2", "program": "bulk buy", "unsold": "keep", "zone": "Europe/Berlin", "version": "1"}
    wrong = anna.post(path, told | {"deliveries.1.first_day": "2026-04-10", "deliveries.1.last_day": "2026-04-01"})
    assert (wrong.status_code, "The last day is before the first." in wrong.content.decode()) == (422, True)
    right = anna.post(path, told | {"expires_at": "2026-03-13T12:00", "deliveries.1.name": "First"})
    now = making.fresh(found)
    assert (right.status_code, now.number, now.unsold, f"{now.expires_at:%H:%M}") == (302, "BB-2", "keep", "11:00")


# the grid


def save(client: Client, of: Offer, *cells: dict[str, Any], stage: str = "commerce") -> Any:
    return client.post(f"/offers/{of.pk}/grid/answers/", {"answers": json.dumps({"stage": stage, "cells": cells})})


def test_board_tells_every_cell(browser: Browser, found: Offer, carl: User) -> None:
    told = browser(carl).get(f"/offers/{found.pk}/grid/board.json").json()
    assert [one["name"] for one in told["deliveries"]] == ["April", "May"]
    assert told["rows"][0] == [
        5,
        "B000000001",
        "SPOON-1",
        "Spoon",
        1,
        [
            [0, 100, "4.50", [1, 100, "4.50"], None, None, 1, {}],
            [0, 50, "4.50", [1, 50, "4.50"], None, None, 1, {}],
        ],
    ]
    assert told["rows"][1][5][1] is None
    assert told["totals"][0] == {"key": "commerce", "eaches": 350, "value": "1075.00", "decided": 0, "cells": 3}


def test_board_is_closed_to_who_may_only_look(anna: Client, browser: Browser, cast: Cast, found: Offer) -> None:
    told = browser(cast.warehouse).get(f"/offers/{found.pk}/grid/board.json?stage=commerce").json()
    assert [cell[6] for row in told["rows"] for cell in row[5] if cell] == [0, 0, 0, 0]


def test_grid_saves_what_was_typed_and_says_what_is_wrong(browser: Browser, found: Offer, carl: User) -> None:
    good = {"row": 5, "delivery": 1, "version": 0, "quantity": "80", "price": "4,25", "comment": "in April"}
    much = {"row": 5, "delivery": 2, "version": 0, "quantity": "51"}
    odd = {"row": 6, "delivery": 1, "version": 0, "quantity": "many"}
    told = save(browser(carl), found, good, much, odd).json()
    assert dict(told["cells"])["5/1"][4] == [1, 80, "4.25", "in April"]
    assert {one["cell"]: one["message"] for one in told["problems"]} == {
        "5/2": "51 pieces are not between 0 and the 50 asked for.",
        "6/1": "“many” is not a whole number of pieces.",
    }
    assert told["totals"][0]["decided"] == 1
    assert Answer.objects.count() == 1


def test_grid_tells_both_sides_of_a_clash(browser: Browser, cast: Cast, found: Offer, carl: User) -> None:
    clara = make_user("clara", "commerce", cast.profile)
    save(browser(carl), found, {"row": 5, "delivery": 1, "version": 0, "quantity": "80"})
    told = save(browser(clara), found, {"row": 5, "delivery": 1, "version": 0, "quantity": "60"}).json()
    theirs = {"yes": True, "quantity": 80, "price": None, "comment": ""}
    assert told["clashes"] == [{"cell": "5/1", "now": theirs, "by": "carl"}]
    assert dict(told["cells"])["5/1"][:1] == [1]
    assert Answer.objects.get().quantity == 80
    again = save(browser(clara), found, {"row": 5, "delivery": 1, "version": 1, "quantity": "60"}).json()
    assert (again["clashes"], Answer.objects.get().quantity) == ([], 60)


def test_grid_is_refused_as_a_whole_where_it_is_not_the_turn(browser: Browser, cast: Cast, found: Offer) -> None:
    answer = save(browser(cast.warehouse), found, {"row": 5, "delivery": 1, "version": 0}, stage="warehouse")
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        422,
        "It is not yet the turn of stage Warehouse of offer BB-1.",
    )


CELL = '{"stage": "commerce", "cells": [{"row": %s, "delivery": 1, "version": 0, "quantity": 1, "verdict": %s}]}'
ODD = [CELL % ("Infinity", "true"), CELL % ("5.9", "true"), CELL % ("5", '"no"'), '{"stage": "\\ud800", "cells": []}']


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"stage": "commerce", "cells": [{"row": "x"}]}', '{"cells": 1}', *ODD]
)
def test_grid_refuses_what_no_grid_sends(browser: Browser, found: Offer, carl: User, body: str) -> None:
    answer = browser(carl).post(f"/offers/{found.pk}/grid/answers/", {"answers": body})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "refused")


def test_grid_takes_a_thousand_cells_at_once_and_no_more(browser: Browser, found: Offer, carl: User) -> None:
    cells = [{"row": 5, "delivery": 1, "version": 0}] * 1001
    assert save(browser(carl), found, *cells).status_code == 422


# the plain form


def fields(text: str) -> dict[str, str]:
    """The hidden fields of the form, as it was shown."""
    import html
    import re

    pattern = r'<input type="hidden" name="([\w-]+)" value="([^"]*)"'
    return {name: html.unescape(value) for name, value in re.findall(pattern, text)}


def test_plain_form_saves_what_changed_and_nothing_else(browser: Browser, found: Offer, carl: User) -> None:
    client, path = browser(carl), f"/offers/{found.pk}/grid/"
    shown = fields(page(client, f"{path}?plain=1"))
    typed = {"quantity-5-1": "80", "verdict-6-1": "no", "comment-6-1": "sold out"}
    assert client.post(path, shown | typed).status_code == 302
    said = Answer.objects.order_by("cell__row__number").values_list("verdict", "quantity", "comment")
    assert list(said) == [(True, 80, ""), (False, 0, "sold out")]
    again = fields(page(client, f"{path}?plain=1"))
    told = {"verdict-5-1": "", "quantity-5-1": "", "verdict-6-1": "no", "quantity-6-1": "0", "comment-6-1": "sold out"}
    assert client.post(path, again | told).status_code == 302
    assert list(Answer.objects.values_list("verdict", flat=True)) == [False]


def test_plain_form_keeps_what_it_could_not_take(browser: Browser, found: Offer, carl: User) -> None:
    client, path = browser(carl), f"/offers/{found.pk}/grid/"
    shown = fields(page(client, f"{path}?plain=1"))
    answer = client.post(path, shown | {"quantity-5-1": "801", "quantity-6-1": "10"})
    text = answer.content.decode()
    assert (answer.status_code, 'value="801"' in text) == (422, True)
    assert "801 pieces are not between 0 and the 100 asked for." in text
    assert Answer.objects.get().quantity == 10


def test_plain_form_tells_a_clash_and_keeps_both(browser: Browser, found: Offer, carl: User) -> None:
    client, path = browser(carl), f"/offers/{found.pk}/grid/"
    shown = fields(page(client, f"{path}?plain=1"))
    making.say(making.ROOT, found, "commerce", making.given(quantity=33))
    answer = client.post(path, shown | {"quantity-5-1": "44"})
    text = answer.content.decode()
    assert (answer.status_code, 'value="44"' in text, "answered meanwhile: 33" in text) == (422, True, True)
    again = fields(text) | {"quantity-5-1": "44", "verdict-5-1": "yes"}
    assert client.post(path, again).status_code == 302
    assert Answer.objects.get().quantity == 44


def test_earlier_stage_that_changes_is_marked_with_both_values(browser: Browser, cast: Cast, found: Offer) -> None:
    making.through(found, "commerce")
    mia = make_user("mia", "manufacturing", cast.profile)
    making.say(making.people(cast.profile)["manufacturing"], found, "manufacturing", making.given(quantity=90))
    from purveyor.offers.domain.stages import revoke

    revoke(making.ROOT, found, "commerce", "too many")
    making.say(making.ROOT, found, "commerce", making.given(quantity=70))
    making.through(found, "commerce")
    client = browser(mia)
    told = client.get(f"/offers/{found.pk}/grid/board.json").json()
    assert told["rows"][0][5][0][3:6] == [[1, 70, "4.50"], [1, 90, None, ""], [1, 100, "4.50"]]
    assert "before 100 × 4.50" in page(client, f"/offers/{found.pk}/grid/?plain=1")


def test_cell_shows_everything_that_was_said_of_it(anna: Client, found: Offer) -> None:
    making.say(making.ROOT, found, "commerce", making.given(quantity=80, comment="as many as there are"))
    making.say(making.ROOT, found, "commerce", making.given(clear=True))
    text = page(anna, f"/offers/{found.pk}/cells/5/1/")
    for word in ("as many as there are", "taken back", "Spoon"):
        assert word in text, word


def test_row_is_mapped_on_its_page(anna: Client, found: Offer) -> None:
    path = f"/offers/{found.pk}/rows/9/"
    assert "Which product is it?" in page(anna, path)
    assert anna.post(path, {"sku": "nothing such"}).status_code == 422
    assert anna.post(path, {"sku": "FORK-1"}).status_code == 302
    assert found.rows.get(number=9).product.sku == "FORK-1"
    assert "This row is known by now." in page(anna, path)


def test_deputy_is_appointed_and_dismissed(browser: Browser, cast: Cast, found: Offer, carl: User) -> None:
    client = browser(cast.warehouse)
    told = {"profile": cast.profile.name, "key": "warehouse", "absent": "warehouse", "deputy": "carl"}
    told |= {"begins_at": "2026-03-02T08:00", "ends_at": "2026-03-09T18:00"}
    assert client.post("/offers/deputies/", told | {"ends_at": "2026-03-01T08:00"}).status_code == 422
    assert client.post("/offers/deputies/", told).status_code == 302
    text = page(client, "/offers/deputies/")
    assert "in force" in text
    making.through(found, "commerce", "manufacturing")
    assert do(browser(carl), found, "approve", stage="warehouse").status_code == 302
    from purveyor.offers.models import Deputy

    assert client.post(f"/offers/deputies/{Deputy.objects.get().pk}/remove/").status_code == 302
    assert do(browser(carl), found, "hand-on").status_code == 403


@pytest.mark.parametrize("path", ["/offers/", "/offers/deputies/"])
def test_list_asks_the_same_of_one_and_of_three(anna: Client, cast: Cast, path: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    making.offer(cast.profile)
    with CaptureQueriesContext(connection) as one:
        page(anna, path)
    for number in ("BB-2", "BB-3"):
        making.offer(cast.profile, number=number)
    with CaptureQueriesContext(connection) as three:
        page(anna, path)
    assert len(three) == len(one)
