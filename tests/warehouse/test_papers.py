"""Pick lists on paper: read back, in the reader's language, noted once, for those who may."""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp
from django.utils import translation

from cast import make_cast, make_profile
from purveyor.audit.models import Entry
from purveyor.common.errors import Denied, Refused
from purveyor.people.who import Who
from purveyor.profiles.models import Profile
from purveyor.warehouse import papers
from purveyor.warehouse.domain.codes import Code, read
from purveyor.warehouse.domain.hold import hold
from purveyor.warehouse.models import PickList

from .making import ME, ean, product, released

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def profile() -> Profile:
    return make_profile()


def opened(lists: list[PickList], who: Who = ME) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(papers.print_lists(who, lists))


def text_of(paper: pypdfium2.PdfDocument) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in paper)


def test_paper_says_what_is_to_be_picked_and_its_symbols_name_list_and_lines(profile: Profile) -> None:
    product(1, title="Wooden spoon", prep="poly bag")
    one = released(profile, eaches=(10, 6))
    paper = opened([one])
    wanted = ["4ABCDEFG-1", "BER8", "acme-de", "SKU-1", ean(1), "A-01", "Wooden spoon", "poly bag", "2 cases of 4 + 2"]
    said = text_of(paper)
    assert [word for word in wanted if word not in said] == []
    symbols = [found.text for found in zxingcpp.read_barcodes(paper[0].render(scale=203 / 72).to_pil())]
    assert symbols == ["4ABCDEFG-1", "4ABCDEFG-1/1", "4ABCDEFG-1/2"]
    assert [read(symbol) for symbol in symbols] == [Code("4ABCDEFG-1", line) for line in ("", "1", "2")]
    assert [round(side / 72 * 25.4) for side in paper[0].get_size()] == [210, 297]


def test_paper_speaks_the_readers_language_and_warns_of_a_hold(profile: Profile) -> None:
    one = released(profile)
    hold(ME, one.pk, "wait")
    one.refresh_from_db()
    with translation.override("de"):
        said = text_of(opened([one]))
    assert ("Pickliste" in said, "Angehalten" in said, "Seite 1 von 1" in said) == (True, True, True)


def test_american_paper_has_letter_size() -> None:
    paper = opened([released(make_profile("acme-us", marketplace="US"))])
    assert [round(side / 72 * 25.4) for side in paper[0].get_size()] == [216, 279]


def test_printing_is_noted_once_and_many_lists_make_one_paper(profile: Profile) -> None:
    one, two = released(profile, "4AAAAAAA"), released(profile, "4BBBBBBB")
    assert len(opened([one, two])) == 2
    first = PickList.objects.get(pk=one.pk).printed_at
    opened([one])
    assert (first is not None, PickList.objects.get(pk=one.pk).printed_at) == (True, first)
    assert Entry.objects.filter(action="picklist.printed").count() == 2


def test_whoever_neither_picks_nor_releases_prints_nothing(profile: Profile) -> None:
    cast = make_cast(profile)
    one = released(profile)
    with pytest.raises(Denied, match="permission to pick or to release"):
        papers.print_lists(cast.who("auditor"), [one])
    one.refresh_from_db()
    assert one.printed_at is None
    assert len(opened([one], cast.who("warehouse"))) == 1


@pytest.mark.parametrize("count", [0, papers.MOST + 1])
def test_none_and_too_many_are_refused(profile: Profile, count: int) -> None:
    one = released(profile)
    with pytest.raises(Refused, match="between 1 and 200"):
        papers.print_lists(ME, [one] * count)


@pytest.mark.parametrize(
    ("eaches", "case", "said"),
    [
        (12, 4, "3 cases of 4"),
        (4, 4, "1 case of 4"),
        (13, 4, "3 cases of 4 + 1"),
        (3, 4, ""),
        (9, None, ""),
        (9, 1, ""),
    ],
)
def test_quantity_is_told_in_cases_too(eaches: int, case: int | None, said: str) -> None:
    assert papers.cases(eaches, case) == said


@pytest.mark.parametrize("scanned", ["4006381333931", "SKU 1", "4ABC-/1", "", "-", "4ABC-1/"])
def test_what_is_no_symbol_of_a_list_is_none(scanned: str) -> None:
    assert read(scanned) is None


def test_symbol_is_read_however_the_scanner_sends_it() -> None:
    assert read(" 4abc-12/3\r") == Code("4ABC-12", "3")
    assert str(Code("4ABC-12", "3")) == "4ABC-12/3"
