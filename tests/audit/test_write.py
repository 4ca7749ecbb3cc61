from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from cast import make_profile, make_user
from purveyor.audit.actions import UnknownAction
from purveyor.audit.models import AppendOnly, Entry
from purveyor.audit.write import record
from purveyor.common.errors import Refused

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def test_record_keeps_who_what_and_when(held_clock: datetime) -> None:
    profile = make_profile("acme-de")
    record(
        "profile.sending_switched",
        by="user:anna",
        obj=profile,
        old={"sending": False},
        new={"sending": True},
        because="we are ready",
    )
    entry = Entry.objects.get()
    assert entry.content() == {
        "at": held_clock,
        "by": "user:anna",
        "action": "profile.sending_switched",
        "object_kind": "profiles.profile",
        "object_id": str(profile.pk),
        "object_name": "acme-de",
        "profile": "acme-de",
        "old": {"sending": False},
        "new": {"sending": True},
        "because": "we are ready",
    }
    assert (entry.position, entry.link) == (None, "")


def test_record_takes_the_given_name_before_the_objects_own() -> None:
    entry = record("user.changed", by="user:anna", obj=make_user("anna"), name="Anna A.", profile="other-uk")
    assert (entry.object_name, entry.profile) == ("Anna A.", "other-uk")


def test_record_hash_survives_the_database() -> None:
    values = {"cost": Decimal("1.50"), "on": date(2026, 3, 2), "at": datetime(2026, 3, 2, tzinfo=UTC), "many": 10**18}
    made = record("order.changed", by="user:anna", name="PO \u00fc\u20ac\U0001f600", new=values | {"text": "a\x00b"})
    entry = Entry.objects.get()
    assert entry.fingerprint() == entry.hash == made.hash
    assert entry.new == {
        "cost": "1.50",
        "on": "2026-03-02",
        "at": "2026-03-02T00:00:00Z",
        "many": 10**18,
        "text": "a\ufffdb",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("by", "user:bob"),
        ("action", "order.changed"),
        ("object_kind", "x"),
        ("object_id", "9"),
        ("object_name", "x"),
        ("profile", "x"),
        ("old", {"a": 1}),
        ("new", {"a": 1}),
        ("because", "x"),
        ("at", datetime(2020, 1, 1, tzinfo=UTC)),
    ],
)
def test_hash_covers_every_field_told(field: str, value: object) -> None:
    entry = record("order.received", by="user:anna")
    setattr(entry, field, value)
    assert entry.fingerprint() != entry.hash


def test_hash_does_not_depend_on_the_key(held_clock: datetime) -> None:
    first, second = (record("order.received", by="user:anna") for _ in range(2))
    assert first.pk != second.pk
    assert first.hash == second.hash


def test_record_unknown_action_is_an_error() -> None:
    with pytest.raises(UnknownAction, match=r"order\.eaten"):
        record("order.eaten", by="user:anna")
    assert Entry.objects.count() == 0


def test_record_without_who_is_an_error() -> None:
    with pytest.raises(ValueError, match="says who"):
        record("order.received", by="")


@pytest.mark.parametrize("side", ["old", "new"])
def test_record_refuses_fields_the_schema_lacks(side: str) -> None:
    with pytest.raises(ValueError, match=f"{side} holds colour"):
        record("grant.given", by="user:anna", **{side: {"role": "x", "colour": "red"}})


@pytest.mark.parametrize(
    "told",
    [
        {"new": {"client_secret": "something"}},
        {"old": {"deep": [{"note": "Atzr|not-a-real-one"}]}},
        {"because": "I pasted Atza|not-a-real-one"},
        {"name": "pvy_0a1b2c3d_" + "x" * 43},
    ],
)
def test_record_refuses_secrets_and_repeats_none(told: dict[str, object]) -> None:
    with pytest.raises(Refused) as caught:
        record("profile.changed", by="user:anna", **told)  # type: ignore[arg-type]  # wrong on purpose
    assert "not-a-real-one" not in str(caught.value.as_dict())
    assert Entry.objects.count() == 0


def test_record_is_rolled_back_with_its_caller() -> None:
    with transaction.atomic():
        record("order.received", by="user:anna")
        transaction.set_rollback(True)
    assert Entry.objects.count() == 0


def test_entry_cannot_be_changed_or_removed() -> None:
    entry = record("order.received", by="user:anna")
    entry.by = "user:bob"
    for change in (
        entry.save,
        entry.delete,
        lambda: Entry.objects.update(by="user:bob"),
        lambda: Entry.objects.filter(pk=entry.pk).delete(),
        lambda: Entry.objects.bulk_update([entry], ["by"]),
    ):
        with pytest.raises(AppendOnly):
            change()
    assert Entry.objects.get().by == "user:anna"
