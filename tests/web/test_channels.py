"""The pages of channels: set up with a test, a sample that becomes their columns, files taken again, trouble shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cast import Cast
from channels.channelling import Watched
from channels.making import lines
from purveyor.alerts.models import Alert
from purveyor.channels.models import Channel, Upload
from purveyor.products.models import Product
from purveyor.web.alert_links import link_of

from .conftest import Browser
from .test_order import text_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.once]


def test_a_channel_is_tested_set_up_shown_a_sample_and_takes_its_files(
    cast: Cast, browser: Browser, held_clock: datetime, tmp_path: Path
) -> None:
    ines = browser(cast.administrator)
    assert "No channel yet" in text_of(ines.get("/channels/"))
    told = {"name": "wms-in", "kind": "products", "profile": cast.profile.name, "quiet": "2"}
    told |= {"way-folder": tmp_path.name}
    tested = ines.post("/channels/add/folder/", told | {"do": "test"})
    assert (tested.status_code, Channel.objects.count()) == (200, 0)
    assert "Make the folder, or store the channel" in text_of(tested)
    outside = ines.post("/channels/add/folder/", told | {"way-folder": "/etc"})
    assert (outside.status_code, Channel.objects.count()) == (422, 0)
    assert "The folder /etc lies in none that may be used" in text_of(outside)
    made = ines.post("/channels/add/folder/", told)
    channel = Channel.objects.get()
    assert made.headers["Location"] == f"/channels/{channel.pk}/"
    one = Watched(channel, Path(channel.options["folder"]))
    assert "Both worked." in text_of(ines.post(f"/channels/{channel.pk}/test/"))

    sample = SimpleUploadedFile("sample.csv", lines("Nr;Gewicht kg", "A-1;1,5"))
    shown = ines.post(f"/channels/{channel.pk}/sample/", {"file": sample})
    upload = Upload.objects.get()
    assert shown.headers["Location"] == f"/files/{upload.pk}/"
    assert "Channel wms-in reads its files by them" in text_of(ines.get(shown.headers["Location"]))
    columns = {"columns": "1", "do": "check", "column-sku": "Nr", "column-weight_grams": "Gewicht kg", "mark": ","}
    more = {"unit-weight_grams": "kg", "constant-title": "Tea", "save_as": "wms", "for_channel": "1"}
    assert ines.post(f"/files/{upload.pk}/", columns | more).status_code == 302
    assert (Channel.objects.get().saved, Product.objects.count()) == ("wms", 0)

    one.took(lines("Nr;Gewicht kg", "A-1;1,5", ";2"))
    assert Product.objects.values_list("sku", "title", "weight_grams").get() == ("A-1", "Tea", 1500)
    page = text_of(ines.get(f"/channels/{channel.pk}/"))
    assert "list.csv Refused 1 1 error/list.csv" in page
    alert = Alert.objects.get(kind="channel.refused")
    link = link_of(cast.who("administrator"), alert)
    assert link == f"/arrivals/{one.arrivals()[0].pk}/"
    page = text_of(ines.get(link))
    assert "error/list.csv" in page
    assert "Take it again" in page
    assert "Take it again" not in text_of(browser(cast.warehouse).get(link))
    checked = ines.post(f"{link}again/", {"do": "check"})
    assert "What would be taken" in text_of(ines.get(checked.headers["Location"]))
    assert ines.post(f"{link}again/", {"do": "take"}).headers["Location"] == link
    one.look()
    assert one.states() == [("list.csv", "refused")]


def test_a_channel_is_changed_switched_and_removed(
    cast: Cast, browser: Browser, root: Client, held_clock: datetime, tmp_path: Path
) -> None:
    told = {"name": "out", "kind": "pick-list", "profile": "", "form": "csv", "way-folder": tmp_path.name}
    root.post("/channels/add/folder/?out=1", told)
    channel = Channel.objects.get()
    at = f"/channels/{channel.pk}/"
    assert "No file yet" in text_of(root.get(at))
    assert 'value="out"' in root.get(f"{at}change/").content.decode()
    assert root.post(f"{at}change/", told | {"name": "wms-out", "version": "1"}).headers["Location"] == at
    late = root.post(f"{at}change/", told | {"name": "late", "version": "1"})
    assert (late.status_code, Channel.objects.get().name) == (422, "wms-out")
    assert "Somebody else changed this channel." in text_of(late)
    root.post(f"{at}switch/", {"on": "no"})
    assert "It is switched off." in text_of(root.get(at))
    assert "Switch it on first" in text_of(root.post(f"{at}look/", follow=True))
    assert browser(cast.warehouse).get(at).status_code == 404
    root.post(f"{at}remove/")
    assert Channel.objects.count() == 0
