"""The pages of packings: the list, the plain forms of one, and the editor's door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from cast import Cast
from purveyor.warehouse.domain.pack import put
from purveyor.warehouse.domain.weigh import weigh
from purveyor.warehouse.models import Acceptance, Packing
from warehouse.boxes import FAR, ROOT, answered, carton, content, line, only_content, order, packing, pallet, shown

from .conftest import Browser

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def made(cast: Cast) -> Packing:
    answered(order(cast.profile))
    return packing(cast.profile, "S-1", "4ABCDEFG")


def sent(client: Client, of: Packing, verb: str, **data: Any) -> HttpResponse:
    """What a form of the page as it is now sends."""
    version = data.pop("version", None) or Packing.objects.get(pk=of.pk).version
    return client.post(f"/packings/{of.pk}/do/{verb}/", {"version": version, **data})


def stepped(client: Client, of: Packing, kind: str, **data: Any) -> None:
    answer = sent(client, of, "step", kind=kind, **data)
    assert answer.status_code == 302, answer.content.decode()


def test_everything_is_done_by_plain_forms(cast: Cast, browser: Browser, made: Packing) -> None:
    client = browser(cast.warehouse)
    key = made.contents.get().line_id
    assert "10 pieces are not placed yet." in client.get(f"/packings/{made.pk}/").content.decode()
    stepped(client, made, "add", box="pallet", count="1")
    stepped(client, made, "add", box="carton", count="2", pallet="P1")
    stepped(client, made, "place", line=key, eaches="6", to="C1")
    stepped(client, made, "place", line=key, eaches="", to="P1")
    assert shown(made) == {"P1": [("1", 4)], "C1": [("1", 6)], "C2": []}
    stepped(client, made, "move_content", content=made.contents.get(pallet__key="P1").pk, eaches="", to="C2")
    stepped(client, made, "split", content=made.contents.get(carton__key="C1").pk, eaches="2")
    stepped(
        client, made, "set_content", content=made.contents.get(carton__key="C3").pk, eaches="", lot="L1", expiry=FAR
    )
    facts = {"weight_grams": "1.250", "tare_grams": "", "length_mm": "300", "width_mm": "", "height_mm": "", "sscc": ""}
    stepped(client, made, "set_box", box="carton", key="C2", **facts)
    stepped(client, made, "move_carton", carton="C2", pallet="")
    assert shown(made) == {"P1": [], "C1": [("1", 4)], "C2": [("1", 4)], "C3": [("1", 2)]}
    box = made.cartons.get(key="C2")
    assert (box.weight_grams, box.length_mm, box.pallet) == (1250, 300, None)
    assert str(made.contents.get(lot="L1").expiry) == str(FAR)
    sent(client, made, "undo")
    assert made.cartons.get(key="C2").pallet is not None
    stepped(client, made, "remove", box="carton", key="C2")
    stepped(client, made, "propose")
    stepped(client, made, "clear")
    stepped(client, made, "leave_out", line=key, eaches="1")
    stepped(client, made, "bring", orders="4ABCDEFG")
    assert shown(made) == {"-": [("1", 8), ("1", 2)]} or shown(made) == {"-": [("1", 2), ("1", 8)]}


def test_a_packing_is_begun_closed_opened_and_given_up_on_screen(cast: Cast, browser: Browser) -> None:
    answered(order(cast.profile))
    client = browser(cast.warehouse)
    answer = client.post("/packings/new/", {"reference": "S-9", "orders": "4ABCDEFG, 4NOBODY1"})
    assert answer.status_code == 422
    assert "There is no order 4NOBODY1." in answer.content.decode()
    assert "4ABCDEFG, 4NOBODY1</textarea>" in answer.content.decode()
    assert client.post("/packings/new/", {"reference": "S-9", "orders": "4ABCDEFG"}).status_code == 302
    found = Packing.objects.get(reference="S-9")
    refused = sent(client, found, "close")
    assert refused.status_code == 422
    assert "10 pieces are not placed yet." in refused.content.decode()
    stepped(client, found, "propose")
    assert sent(client, found, "close").status_code == 302
    found.refresh_from_db()
    assert found.state == "packed"
    assert "Open it again" in client.get(f"/packings/{found.pk}/").content.decode()
    assert sent(client, found, "reopen", because="one more").status_code == 302
    assert sent(client, found, "drop").status_code == 302
    found.refresh_from_db()
    assert found.state == "dropped"


def test_the_page_says_what_stands_against_it_and_offers_the_ways_out(cast: Cast, browser: Browser) -> None:
    made = order(cast.profile)
    answered(made)
    found = put(ROOT, cast.profile, "S-1", [carton(weight_grams=30_000)], [content(quantity=8)])
    client, again = browser(cast.warehouse), "Answer Amazon again with what is packed"
    page = client.get(f"/packings/{found.pk}/").content.decode()
    assert (again in page, again in browser(cast.administrator).get(f"/packings/{found.pk}/").content.decode()) == (
        False,
        True,
    )
    for words in (
        "Order 4ABCDEFG, line 1 (B000000001): acknowledged 10, packed 8.",
        "Put 2 pieces there",
        "Let it stand, with a reason",
        "Carton C1 weighs 30 kg; 23 kg are allowed.",
    ):
        assert words in page
    key = made.lines.get().pk
    stale = sent(client, found, "accept", line=key, because="x", acknowledged="9", picked="", packed="8")
    assert stale.status_code == 409
    none = sent(client, found, "accept", line=key, because=" ", acknowledged="10", picked="", packed="8")
    assert none.status_code == 422
    assert Acceptance.objects.count() == 0
    done = sent(client, found, "accept", line=key, because="damaged", acknowledged="10", picked="", packed="8")
    assert done.status_code == 302
    page = client.get(f"/packings/{found.pk}/").content.decode()
    assert "“damaged”" in page
    assert "Why it goes like this" in page
    assert sent(client, found, "close", because="Team lift").status_code == 302


def test_the_alert_of_a_packing_leads_to_it(cast: Cast, browser: Browser) -> None:
    answered(order(cast.profile))
    found = put(ROOT, cast.profile, "S-1", [], [content(quantity=8)])
    weigh(found.pk)
    page = browser(cast.warehouse).get("/alerts/").content.decode()
    assert f'href="/packings/{found.pk}/">Mend it' in page


def test_the_rest_and_whole_boxes_go_to_another_packing_on_screen(cast: Cast, browser: Browser) -> None:
    made = order(cast.profile)
    answered(made)
    found = put(ROOT, cast.profile, "S-1", [pallet()], [content(quantity=8), content(quantity=1, carton="C2")])
    client = browser(cast.warehouse)
    key = made.lines.get().pk
    assert sent(client, found, "move-rest", line=key, reference="S-2").status_code == 302
    assert sent(client, found, "move-out", carton="C2", reference="S-2").status_code == 302
    other = Packing.objects.get(reference="S-2")
    assert (shown(found), shown(other)) == ({"P1": [], "C1": [("1", 8)]}, {"C2": [("1", 1)], "-": [("1", 1)]})
    back = sent(client, found, "undo")
    assert back.status_code == 422
    assert "move them back instead" in back.content.decode()


def test_a_stale_or_foolish_form_changes_nothing_and_says_so(cast: Cast, browser: Browser, made: Packing) -> None:
    client = browser(cast.warehouse)
    stale = sent(client, made, "step", kind="propose", version=made.version - 1)
    assert stale.status_code == 409
    assert "Somebody changed packing S-1 in the meantime." in stale.content.decode()
    words = sent(client, made, "step", kind="move_content", content=only_content(made), eaches="many", to="C1")
    assert words.status_code == 422
    assert client.post(f"/packings/{made.pk}/do/fly/", {"version": made.version}).status_code == 404
    assert client.post(f"/packings/{made.pk}/do/step/", {"kind": "propose"}).status_code == 409
    assert shown(made) == {"-": [("1", 10)]}


def test_the_list_finds_by_reference_order_and_sscc(cast: Cast, browser: Browser, made: Packing) -> None:
    client = browser(cast.warehouse)
    order(cast.profile, "4HIJKLMN")
    put(ROOT, cast.profile, "OTHER", [], [content("4HIJKLMN", 3)])
    for query, names in (
        ("", ["OTHER", "S-1"]),
        ("?q=s-", ["S-1"]),
        ("?q=4hijklmn", ["OTHER"]),
        ("?q=003456789012345670", []),
        ("?state=packed", []),
        ("?center=fra1", ["S-1"]),
        ("?sort=reference", ["OTHER", "S-1"]),
    ):
        answer = client.get(f"/packings/{query}")
        assert [row.reference for row in answer.context["listing"].rows] == names
    assert client.get("/packings/?state=gone").status_code == 422
    row = next(row for row in client.get("/packings/").context["listing"].rows if row.reference == "OTHER")
    assert (row.pallet_count, row.carton_count, row.eaches) == (0, 1, 3)


def test_a_large_packing_is_shown_in_pages(cast: Cast, browser: Browser, made: Packing) -> None:
    client = browser(cast.warehouse)
    stepped(client, made, "add", box="carton", count="61")
    first, second = (client.get(f"/packings/{made.pk}/?page={n}").content.decode() for n in (1, 2))
    assert ("Page 1 of 2" in first, "Page 2 of 2" in second) == (True, True)
    assert ('<span class="mono">C61</span>' in first, '<span class="mono">C61</span>' in second) == (False, True)


def test_who_may_only_look_is_offered_nothing(cast: Cast, browser: Browser, made: Packing) -> None:
    page = browser(cast.auditor).get(f"/packings/{made.pk}/").content.decode()
    assert 'method="post" action="/packings/' not in page
    assert browser(cast.stranger).get(f"/packings/{made.pk}/").status_code == 404


def test_the_editor_reads_the_tree_and_gets_what_changed(cast: Cast, browser: Browser, made: Packing) -> None:
    client = browser(cast.warehouse)
    line(made.contents.get().line.order, 2, 5)
    tree = client.get(f"/packings/{made.pk}/tree.json").json()
    assert (tree["version"], tree["pallets"], tree["cartons"]) == (2, [], [])
    assert [(one["line"], one["here"], one["placed"]) for one in tree["lines"]] == [("1", 10, 0), ("2", 0, 0)]
    [loose] = tree["contents"]

    def step(**asked: Any) -> Any:
        return client.post(f"/packings/{made.pk}/steps/", {"step": json.dumps(asked)})

    added = step(version=2, kind="add", box="carton", tare_grams=300).json()
    assert (added["version"], [box["key"] for box in added["changed"]["cartons"]]) == (3, ["C1"])
    placed = step(version=3, kind="move_content", content=loose["id"], eaches=4, to={"carton": "C1"}).json()
    assert sorted((one["eaches"], one["carton"]) for one in placed["changed"]["contents"]) == [(4, "C1"), (6, None)]
    assert [box["key"] for box in placed["changed"]["cartons"]] == ["C1"]  # its weight is another
    assert [(one["line"], one["placed"], one["here"]) for one in placed["lines"]] == [("1", 4, 10)]
    assert placed["undo"] == "4 × B000000001: not placed → Carton C1"
    undone = step(version=4, kind="undo").json()
    assert len(undone["gone"]["contents"]) == 1
    removed = step(version=5, kind="remove", box="carton", key="C1").json()
    assert removed["gone"] == {"pallets": [], "cartons": ["C1"], "contents": []}
    lot = step(version=6, kind="set_content", content=loose["id"], lot="L", expiry="2027-03-02").json()
    assert [(one["lot"], one["expiry"]) for one in lot["changed"]["contents"]] == [("L", "2027-03-02")]
    moved = step(version=7, kind="move_out", content=loose["id"], reference="S-2").json()
    assert (moved["gone"]["contents"], moved["undo"]) == ([loose["id"]], None)


@pytest.mark.parametrize(
    ("sent_text", "status", "where"),
    [
        ("", 422, "step"),
        ("[]", 422, "step"),
        ('{"kind": "add", "box": "carton"}', 422, "step"),
        ('{"version": true, "kind": "add", "box": "carton"}', 422, "step"),
        ('{"version": 2, "kind": "add", "box": ["carton"]}', 422, "box"),
        ('{"version": 2, "kind": "place", "line": {}, "to": {"carton": "C1"}}', 422, "line"),
        ('{"version": 2, "kind": "move_content", "content": [1]}', 422, "content"),
        ('{"version": 2, "kind": ["add"]}', 422, "kind"),
        ('{"version": 2, "kind": "set_content", "content": 1, "expiry": "31.02.2026"}', 422, "expiry"),
        ('{"version": 2, "kind": "bring", "orders": "4ABCDEFG"}', 422, "orders"),
        ('{"version": 2, "kind": "leave_out", "line": [1]}', 422, "eaches"),
        ('{"version": 2, "kind": "move_out", "reference": "S-1", "carton": "C1"}', 422, "reference"),
    ],
)
def test_what_the_editor_cannot_send_is_refused_with_its_place(
    cast: Cast, browser: Browser, made: Packing, sent_text: str, status: int, where: str
) -> None:
    answer = browser(cast.warehouse).post(f"/packings/{made.pk}/steps/", {"step": sent_text})
    assert answer.status_code == status
    assert [one["where"] for one in answer.json()["error"]["problems"]] == [where]
    made.refresh_from_db()
    assert made.version == 2


def test_the_editor_is_told_of_a_version_that_is_over(cast: Cast, browser: Browser, made: Packing) -> None:
    client = browser(cast.warehouse)
    answer = client.post(f"/packings/{made.pk}/steps/", {"step": '{"version": 1, "kind": "propose"}'})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert list(get_messages(answer.wsgi_request)) == []


def test_the_editor_asks_whether_it_was_changed_and_by_whom(cast: Cast, browser: Browser, made: Packing) -> None:
    client = browser(cast.warehouse)
    address = f"/packings/{made.pk}/tree.json"
    assert client.get(f"{address}?since=2").json() == {"version": 2, "state": "open"}
    stepped(browser(cast.administrator), made, "add", box="carton", count="1")
    told = client.get(f"{address}?since=2").json()
    said = {
        "version": 3,
        "kind": "add",
        "what": "Carton added: C1",
        "by": "administrator",
        "mine": False,
        "undone": False,
    }
    assert (len(told["cartons"]), told["last"]) == (1, said)
    sent(client, made, "undo")
    last = client.get(address).json()["last"]
    assert (last["version"], last["undone"]) == (3, True)


def test_the_editor_stands_beside_the_plain_forms(cast: Cast, browser: Browser, made: Packing) -> None:
    """Whoever may pack gets the editor, and the forms where there is no script or where they ask for them."""
    client, page = browser(cast.warehouse), f"/packings/{made.pk}/"
    with_editor = client.get(page).content.decode()
    assert ("data-pack-boxes" in with_editor, with_editor.count("<noscript>")) == (True, 5)
    plain = client.get(f"{page}?plain=1").content.decode()
    for text in ("data-pack-boxes", "<noscript>", "pack-tree.js"):
        assert (text in plain, text in browser(cast.auditor).get(page).content.decode()) == (False, False)
    stands = client.get(f"{page}stands/").content.decode()
    assert ("10 pieces are not placed yet." in stands, "it may ship" in stands) == (True, False)
    stepped(client, made, "propose")
    stands = client.get(f"{page}stands/").content.decode()
    assert ("not placed yet" in stands, "Close: it may ship" in stands) == (False, True)
    assert "Close: it may ship" not in browser(cast.auditor).get(f"{page}stands/").content.decode()


def test_a_list_of_three_takes_as_many_questions_as_one_of_one(
    cast: Cast, browser: Browser, django_assert_max_num_queries: Any
) -> None:
    order(cast.profile)
    client, counts = browser(cast.warehouse), list[int]()
    for names in (("S-1",), ("S-2", "S-3")):
        for name in names:
            put(ROOT, cast.profile, name, [], [content(quantity=1)])
        with django_assert_max_num_queries(100) as asked:
            rows = client.get("/packings/").context["listing"].rows
        counts.append(len(asked))
    assert (len(rows), counts[0]) == (3, counts[1])
