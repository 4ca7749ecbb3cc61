"""The demo, before it starts anything."""

from __future__ import annotations

import shlex
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from purveyor.channels.models import Channel
from purveyor.channels.sftp.keys import read_public
from purveyor.channels.sftp.partners import standing
from purveyor.cli.demo import OFFER_HOURS, _port, _stand_in
from purveyor.cli.demo_products import fill
from purveyor.cli.demo_sftp import open_door
from purveyor.cli.up import free
from purveyor.common import clock
from purveyor.common.errors import Misconfigured
from purveyor.products.domain.match import match_many
from purveyor.products.models import Product
from purveyor.products.queries import costs_on
from purveyor.profiles.models import Profile
from purveyor.simulator.catalogue import catalogue


@pytest.mark.integration
@pytest.mark.django_db
def test_catalogue_knows_most_of_what_the_buyer_orders(held_clock: object) -> None:
    sold = catalogue(1, "DE")
    assert fill(1, "DE", "cli:test") == fill(1, "DE", "cli:test") == Product.objects.count() == 113
    pairs = [(one.asin, one.sku) for one in sold]
    found = match_many(pairs)
    assert (len(found), {one.by for one in found.values()}) == (113, {"asin", "ean"})
    costs = costs_on([one.product_id for one in found.values()], "DE", date(2026, 3, 2))
    same = [one for one in sold if (p := found.get((one.asin, one.sku))) and costs[p.product_id].amount == one.cost]
    assert len(same) == 107


@pytest.mark.unit
def test_an_invitation_waits_as_a_file(tmp_path: Path, held_clock: datetime) -> None:
    _account, told = _stand_in(tmp_path / "world", 1)
    path = Path(told["invitation"])
    assert (path.parent, path.read_bytes()[:2]) == (tmp_path, b"PK")
    assert _stand_in(tmp_path / "world", 1)[1]["invitation"] == str(path)
    clock.turn(timedelta(hours=OFFER_HOURS))
    another = Path(_stand_in(tmp_path / "world", 1)[1]["invitation"])
    assert (another != path, another.exists(), path.exists()) == (True, True, True)


@pytest.mark.integration
@pytest.mark.django_db
def test_a_partner_signs_in_by_the_line_that_is_printed(profile: Profile, tmp_path: Path) -> None:
    profile.name = "demo"
    profile.save(update_fields=["name"])
    line = open_door(tmp_path, 2222, "demo")
    assert open_door(tmp_path, 2222, "demo") == line
    words = shlex.split(line)
    assert (words[0], words[1:3], words[-1]) == ("sftp", ["-P", "2222"], "wms@127.0.0.1")
    key, known = Path(words[4]), Path(words[6].partition("=")[2])
    assert (key.stat().st_mode & 0o777, known.read_text().split()[0]) == (0o600, "[127.0.0.1]:2222")
    partner = standing(["wms"])["wms"]
    made = serialization.load_ssh_private_key(key.read_bytes(), None).public_key()
    form = (serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    assert partner.keys == {read_public(made.public_bytes(*form).decode()).blob}
    assert [one.outgoing for one in Channel.objects.order_by("outgoing")] == [False, True]


@pytest.mark.unit
def test_hub_and_stand_in_never_share_a_port() -> None:
    port = next(p for p in range(20_000, 21_000) if free("127.0.0.1", p))
    assert _port(port, 8000) == port
    with pytest.raises(Misconfigured, match=f"port {port} is taken; choose another"):
        _port(port, 8100, taken=port)
    assert _port(None, port, taken=port) > port
