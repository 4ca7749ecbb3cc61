"""Who may what, as a page and as a file."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from cast import Cast
from purveyor.people.models import Grant, User
from purveyor.people.permissions import PERMISSIONS, ROLES

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def _table(answer: object) -> list[dict[str, str]]:
    text = answer.content.decode("utf-8-sig")  # type: ignore[attr-defined]  # a whole answer, not a streamed one
    return list(csv.DictReader(io.StringIO(text)))


def test_matrix_shows_everybody_to_who_manages_people(root: Client, cast: Cast) -> None:
    page = text_of(root.get("/people/rights/"))
    for name in ("auditor", "warehouse", "stranger", "other-uk", "every profile"):
        assert name in page
    assert str(ROLES["warehouse"].sentence) in page


def test_own_row_alone_is_shown_to_everybody_else(anna: Client, cast: Cast) -> None:
    page = anna.get("/people/rights/").content.decode()
    assert page.count('<th scope="row">') == 1
    assert "vendor-manager" in page
    assert "other-uk" not in page
    assert "/people/" + str(cast.vendor_manager.pk) not in page


def test_matrix_is_narrowed_by_what_somebody_asks(root: Client, cast: Cast) -> None:
    page = root.get("/people/rights/?permission=orders.acknowledge&profile=acme-de").content.decode()
    assert page.count('<th scope="row">') == 2
    assert "warehouse" not in page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_nobody_found_says_what_to_do(root: Client, cast: Cast) -> None:
    Grant.objects.filter(user=cast.stranger).delete()
    Grant.objects.filter(user=cast.administrator).update(role="administrator")
    page = text_of(root.get("/people/rights/?permission=orders.acknowledge&profile=other-uk"))
    assert "administrator" in page
    answer = root.get("/people/rights/?profile=nowhere")
    assert answer.status_code == 404


def test_somebody_without_a_role_is_told_to_ask(browser: Browser, cast: Cast) -> None:
    page = text_of(browser(User.objects.create(username="nobody")).get("/people/rights/"))
    assert "You hold no role yet" in page


def test_file_holds_the_same_rows(root: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.auditor.pk).update(full_name="=1+1")
    rows = _table(root.get("/people/rights/export.csv?profile=acme-de"))
    assert {row["name"] for row in rows} >= {"auditor", "administrator", "warehouse"}
    auditor = next(row for row in rows if row["name"] == "auditor")
    assert {name for name in PERMISSIONS if auditor[name] == "yes"} == ROLES["auditor"].permissions
    assert auditor["full_name"] == "'=1+1"


def test_file_is_ones_own_for_who_manages_nobody(anna: Client, cast: Cast) -> None:
    assert [row["name"] for row in _table(anna.get("/people/rights/export.csv"))] == ["vendor-manager"]


def test_who_manages_one_profile_reads_no_names_of_others(browser: Browser, cast: Cast) -> None:
    chief = User.objects.create(username="chief")
    Grant.objects.create(user=chief, role="administrator", profile=cast.profile)
    for address in ("/people/", f"/people/{cast.stranger.pk}/", "/people/rights/"):
        page = browser(chief).get(address).content.decode()
        assert "other-uk" not in page, address
    assert "another profile" in text_of(browser(chief).get("/people/"))
