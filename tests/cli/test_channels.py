"""``channel``: from its making to its end, and what comes by it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cli.conftest import Run
from purveyor.channels.models import Channel
from purveyor.common import clock
from purveyor.profiles.models import Profile

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]


def test_channel_from_its_making_to_its_end(run: Run, held_clock: datetime, profile: Profile, tmp_path: Path) -> None:
    assert run("channel", "list").out.startswith("No channel yet")
    wrong = run("channel", "add", "in", "--kind", "products", "--option", "folder=/etc", "--json")
    assert (wrong.status, wrong.json["error"]["problems"][0]["where"]) == (1, "folder")
    told = ["--kind", "products", "--profile", profile.name, "--option", f"folder={tmp_path.name}"]
    assert run("channel", "add", "in", *told, "--json").json["state"] == "on"
    at = Path(Channel.objects.get().options["folder"])
    assert run("channel", "test", "in", "--json").json["ok"] is True
    changed = run("channel", "change", "in", "--whole", "--quiet", "1", "--name", "wms", "--json").json
    assert (changed["name"], changed["whole"], changed["quiet"], changed["version"]) == ("wms", True, 1, 2)
    (at / "list.csv").write_text("SKU;Case pack\r\nA-1;six\r\n")
    run("channel", "look", "wms")
    clock.turn(timedelta(seconds=2))
    (row,) = run("channel", "look", "wms", "--json").json["arrivals"]
    assert (row["state"], row["refused_rows"], row["kept_as"]) == ("refused", 0, "error/list.csv")
    number = str(row["id"])
    dry = run("channel", "again", number, "--dry-run", "--json").json
    assert (dry["dry_run"], dry["refused_rows"]) == (True, 1)
    assert run("channel", "again", number, "--json").json["state"] == "kept"
    run("channel", "look", "wms")
    assert "error/list.csv" in run("channel", "show", "wms").out
    assert run("channel", "off", "wms", "--json").json["state"] == "off"
    assert run("channel", "look", "wms").status == 1
    assert run("channel", "on", "wms", "--json").json["state"] == "on"
    assert run("channel", "add", "x", *told, "--secrets-stdin", stdin="no json").status == 1
    assert run("channel", "remove", "wms", "--json").json == {"name": "wms", "removed": True}
    assert (at / "error" / "list.csv").exists()


def test_a_files_manner_is_said_at_the_command_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "old.txt"
    file.write_bytes("A-1~1,5\r\n".encode("cp850"))
    told = ["--encoding", "cp850", "--separator", "~", "--headless", "--decimal-mark", ",", "--unit", "weight_grams=kg"]
    told += ["--constant", "title=Tea", "--column", "sku=1", "--column", "weight_grams=2"]
    done = run("file", "import", "products", str(file), *told, "--save-mapping", "old", "--json")
    assert (done.status, done.json["taken"], done.json["units"]) == (0, 1, {"weight_grams": "kg"})
    (saved,) = run("file", "mappings", "--json").json["mappings"]
    assert (saved["encoding"], saved["separator"], saved["constants"]) == ("cp850", "~", {"title": "Tea"})
    wrong = run("file", "import", "products", str(file), "--unit", "weight_grams=stone", "--json")
    assert wrong.json["error"]["problems"][0]["where"] == "weight_grams"
