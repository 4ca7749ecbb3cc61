"""``/exports`` and ``order export``: the same files over REST and by command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cast import Cast
from cli.conftest import Run, run  # noqa: F401  the command line writes the same
from purveyor.jobs.testing import run_due
from purveyor.orders.models import Order

from .conftest import Caller, Make

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]


def test_export_is_begun_watched_and_fetched_by_its_asker(anna: Caller, cast: Cast, caller: Make, place: Place) -> None:
    order = place()
    place()
    Order.objects.exclude(pk=order.pk).update(state="closed")
    told = {"list": "orders", "format": "json", "query": {"state": "new"}, "columns": ["pieces"]}
    made = json.loads(anna.post("/exports", told).content)
    assert (made["state"], made["file"], made["rows"]) == ("waiting", "", None)
    assert anna.get(f"/exports/{made['id']}/file").status_code == 422
    run_due(["jobs.run"])
    done = anna.read(f"/exports/{made['id']}")
    assert (done["state"], done["rows"], done["file"]) == ("done", 1, f"/api/v1/exports/{made['id']}/file")
    bearer = {"authorization": f"Bearer {anna.token}"}
    found = json.loads(b"".join(anna.client.get(done["file"], headers=bearer)))
    assert found == {"orders": [{"number": order.number, "profile": order.profile.name, "eaches": order.eaches}]}
    assert caller(cast.warehouse).get(f"/exports/{made['id']}").status_code == 404


def test_command_writes_what_the_filters_let_through(run: Run, place: Place, tmp_path: Path) -> None:  # noqa: F811
    order = place()
    place()
    Order.objects.exclude(pk=order.pk).update(state="closed")
    file = tmp_path / "orders.csv"
    told = run("order", "export", "--format", "csv", "-o", str(file), "--filter", "state=new", "--json").json
    assert told == {"file": str(file), "format": "csv", "rows": 1}
    lines = file.read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["number", order.number]
    assert run("order", "export", "-o", str(file), "--filter", "state=sideways").status == 1
