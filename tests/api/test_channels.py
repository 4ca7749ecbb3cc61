"""``/channels`` over REST: the same verbs, the same words, never a secret."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from purveyor.channels.models import Channel
from purveyor.common import clock

from .conftest import Caller

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]


def told(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return json.loads(answer.content) if answer.content else None


def test_channel_is_made_tested_changed_and_brings_files(root: Caller, held_clock: datetime, tmp_path: Path) -> None:
    body = {"name": "in", "kind": "products", "options": {"folder": tmp_path.name}}
    assert told(root.get("/channels/ways"))["ways"][0]["name"] == "folder"
    assert told(root.post("/channels/test", body))["ok"] is False
    refused = told(root.post("/channels", body | {"options": {"folder": "/etc"}, "quiet": -1}), 422)
    assert sorted(one["where"] for one in refused["error"]["problems"]) == ["folder", "quiet"]
    made = told(root.post("/channels", body), 201)
    assert (made["state"], made["version"], made["secrets"]) == ("on", 1, [])
    assert told(root.post("/channels/in/test"))["ok"] is True
    assert told(root.ask("PATCH", "/channels/in", {"quiet": 0, "version": 1}))["quiet"] == 0
    told(root.ask("PATCH", "/channels/in", {"quiet": 5, "version": 1}), 409)
    at = Path(Channel.objects.get().options["folder"])
    (at / "list.csv").write_text("SKU;Case pack\r\nA-1;6\r\n")
    told(root.post("/channels/in/look"))
    clock.turn(timedelta(seconds=1))
    told(root.post("/channels/in/look"))
    (row,) = told(root.get("/channels/in/arrivals"))["arrivals"]
    assert (row["state"], row["taken"], row["kept_as"]) == ("done", 1, "done/list.csv")
    assert told(root.get(f"/files/{row['file']}"))["taken"] == 1
    assert told(root.post(f"/channels/in/arrivals/{row['id']}/check"))["effects"] == {"unchanged": 1}
    assert told(root.post(f"/channels/in/arrivals/{row['id']}/again"))["state"] == "kept"
    assert told(root.get("/channels/in/departures")) == {"departures": [], "next": ""}
    told(root.ask("DELETE", "/channels/in"), 409)
    told(root.post("/channels/in/look"))
    told(root.ask("DELETE", "/channels/in"), 204)
    assert told(root.get("/channels")) == {"channels": []}
