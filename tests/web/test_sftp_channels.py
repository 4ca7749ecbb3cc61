"""Setting up a channel to another's SFTP server, and one of a partner, on the pages."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from django.test import Client

from channels.sftp.foreign import HOST_KEY, PASSWORD, line_of, server
from channels.sftp.hosting import KEY
from purveyor.channels.models import Channel
from purveyor.channels.sftp.keys import fingerprint

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


def field(page: str, name: str) -> str:
    """What stands in a text area."""
    found = re.search(rf'<textarea name="{name}"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    return html.unescape(found.group(1)) if found else "none"


def test_the_host_key_is_met_shown_and_taken_over_and_the_secret_never_comes_back(root: Client, tmp_path: Path) -> None:
    private = KEY.export_private_key().decode()
    with server(tmp_path / "wms") as at:
        told = {"name": "wms", "kind": "products", "profile": "", "quiet": "2", "way-host": "127.0.0.1"}
        told |= {
            "way-port": str(at.port),
            "way-user": "hub",
            "way-secret": private,
            "way-folder": "",
            "way-host_key": "",
        }
        page = root.post("/channels/add/sftp/", told | {"do": "test"}).content.decode()
        assert (fingerprint(HOST_KEY.public_data) in page, at.said) == (True, [])
        assert (field(page, "way-host_key"), field(page, "way-secret")) == (line_of(HOST_KEY), "")
        assert (private[60:100] in page, Channel.objects.count()) == (False, 0)
        told["way-host_key"] = field(page, "way-host_key")
        assert root.post("/channels/add/sftp/", told).status_code == 302
        channel = Channel.objects.get()
        assert channel.options["host_key"] == line_of(HOST_KEY)
        shown = root.post(f"/channels/{channel.pk}/test/").content.decode()
        assert fingerprint(HOST_KEY.public_data) in root.get(f"/channels/{channel.pk}/").content.decode()
        assert (at.said, "Both worked." in shown, PASSWORD in shown, private[60:100] in shown) == (
            ["hub"],
            True,
            False,
            False,
        )


def test_a_partner_is_set_up_and_its_page_shows_who_may_come_in(root: Client, tmp_path: Path) -> None:
    told = {"name": "acme", "kind": "products", "profile": "", "quiet": "0", "way-user": "Acme", "way-keys": "nonsense"}
    told |= {"way-largest": "64", "way-files": "1000"}
    answer = root.post("/channels/add/partner/", told)
    page = html.unescape(answer.content.decode())
    assert (answer.status_code, Channel.objects.count()) == (422, 0)
    assert ("A user has 2 to 32 small letters" in page, "Line 1: This is no public key." in page) == (True, True)
    user = "w" + "".join(c for c in tmp_path.name if c.isalnum())[-20:].lower()
    good = told | {"way-user": user, "way-keys": line_of(KEY)}
    where = root.post("/channels/add/partner/", good).headers["Location"]
    shown = html.unescape(root.get(where).content.decode())
    assert (line_of(KEY) in shown, fingerprint(KEY.public_data) in shown) == (True, True)
    tested = root.post(f"{where}test/").content.decode()
    assert (fingerprint(KEY.public_data) in html.unescape(tested), "It is switched off." in tested) == (True, True)
