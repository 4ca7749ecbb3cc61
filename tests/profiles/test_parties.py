"""The vendor's own parties: read, checked, stored by role, and asked for while they are missing."""

from __future__ import annotations

from typing import Any

import pytest

from cast import Cast, make_cast
from purveyor.audit.models import Entry
from purveyor.common.errors import Denied, Refused
from purveyor.people.who import Who
from purveyor.profiles.domain import set_parties
from purveyor.profiles.domain.parties import FIELDS, missing_roles, parties_of, party_row
from purveyor.profiles.models import Party, Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

ROOT = Who.cli()
ACME = {"party_id": "ACME1", "name": "Acme GmbH", "address_line1": "Weg 1", "country_code": "DE"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def mine(cast: Cast) -> Profile:
    return cast.profile


def held(profile: Profile) -> dict[str, dict[str, str]]:
    return {role: party_row(party) for role, party in parties_of(profile).items()}


def refused(profile: Profile, parties: dict[str, Any]) -> set[str]:
    before = (held(profile), Entry.objects.count())
    with pytest.raises(Refused) as caught:
        set_parties(ROOT, profile, parties)
    assert (held(profile), Entry.objects.count()) == before
    return {problem.where for problem in caught.value.problems}


def test_fields_are_amazons_own() -> None:
    from purveyor.amazon.messages.orders import Address

    address = set(Address.__struct_fields__)
    assert set(FIELDS) == address | {"party_id", "vat_number"}


def test_parties_are_stored_tidied_and_read_back(mine: Profile) -> None:
    given = ACME | {"name": "  Acme\u200b GmbH ", "country_code": " de", "vat_number": "de 123.456-789", "city": ""}
    found = set_parties(ROOT, mine, {"selling": given, "ship_from": ACME | {"party_id": "LAGER"}})
    assert list(found) == ["selling", "ship_from"]
    assert held(mine) == {
        "selling": ACME | {"vat_number": "DE123456789"},
        "ship_from": ACME | {"party_id": "LAGER"},
    }


def test_a_role_not_named_stays_and_an_empty_one_goes(mine: Profile) -> None:
    set_parties(ROOT, mine, {"selling": ACME, "remit_to": ACME, "bill_to": ACME})
    set_parties(ROOT, mine, {"remit_to": None, "bill_to": dict.fromkeys(FIELDS, " ")})
    assert held(mine) == {"selling": ACME}


def test_what_is_read_can_be_stored_again(mine: Profile) -> None:
    set_parties(ROOT, mine, {"selling": ACME})
    count = Entry.objects.count()
    set_parties(ROOT, mine, held(mine))
    assert (held(mine), Entry.objects.count()) == ({"selling": ACME}, count)


def test_changes_are_told_with_what_was(mine: Profile) -> None:
    set_parties(ROOT, mine, {"selling": ACME, "remit_to": ACME})
    set_parties(ROOT, mine, {"selling": ACME | {"city": "Bonn"}, "remit_to": ACME})
    told = Entry.objects.filter(action="profile.parties_set").latest("pk")
    assert (told.by, told.old, told.new) == (
        ROOT.name,
        {"selling": ACME},
        {"selling": ACME | {"city": "Bonn"}},
    )


@pytest.mark.parametrize(
    ("parties", "where"),
    [
        ({"buying": ACME}, {"buying"}),
        ({"selling": {"party_id": "A"}}, {"selling.name", "selling.address_line1", "selling.country_code"}),
        ({"selling": ACME | {"street": "Weg"}}, {"selling.street"}),
        ({"selling": ACME | {"country_code": "Germany"}}, {"selling.country_code"}),
        ({"selling": ACME | {"country_code": "D1"}}, {"selling.country_code"}),
        ({"selling": ACME | {"vat_number": "12?"}}, {"selling.vat_number"}),
        ({"selling": ACME | {"vat_number": "D" * 40}}, {"selling.vat_number"}),
        ({"selling": ACME | {"name": "A" * 201}}, {"selling.name"}),
        ({"selling": ACME, "ship_from": {"name": "Lager"}},
         {"ship_from.party_id", "ship_from.address_line1", "ship_from.country_code"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_stored(
    mine: Profile, parties: dict[str, Any], where: set[str]
) -> None:
    assert refused(mine, parties) == where


@pytest.mark.parametrize(
    "vat", ["DE123456789", "ATU12345678", "GB999999973", "FRXX999999999", "ESX9999999R", "CHE123456789", "12345678"]
)
def test_vat_numbers_of_many_countries_are_taken(mine: Profile, vat: str) -> None:
    set_parties(ROOT, mine, {"selling": ACME | {"vat_number": vat}})
    assert Party.objects.get().vat_number == vat


def test_the_united_kingdom_by_its_other_name(mine: Profile) -> None:
    set_parties(ROOT, mine, {"selling": ACME | {"country_code": "uk"}})
    assert Party.objects.get().country_code == "GB"


def test_roles_that_are_missing_are_known(mine: Profile) -> None:
    assert missing_roles(mine) == ["selling", "ship_from", "remit_to"]
    set_parties(ROOT, mine, {"selling": ACME, "remit_to": ACME})
    assert missing_roles(mine) == ["ship_from"]


@pytest.mark.parametrize("who", ["stranger", "vendor_manager", "warehouse", "finance", "auditor"])
def test_storing_needs_the_permission(cast: Cast, who: str) -> None:
    with pytest.raises(Denied):
        set_parties(cast.who(who), cast.profile, {"selling": ACME})
    assert Party.objects.count() == 0
