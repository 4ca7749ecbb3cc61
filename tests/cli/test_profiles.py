"""``purveyor profile`` and ``purveyor sync``: connect, look, change, switch, fetch."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli.conftest import Run
from plug import CLIENT_ID, CLIENT_SECRET, LOGIN_URL, REFRESH_TOKEN, SIMULATOR
from purveyor.audit.models import Entry
from purveyor.orders.models import Order
from purveyor.profiles.models import Profile, Secret
from purveyor.simulator.world import World
from purveyor.vault import sealing
from secrecy import assert_no_secret

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

SECRETS = {"client_secret": CLIENT_SECRET, "refresh_token": REFRESH_TOKEN}
FACTS = ["--marketplace", "DE", "--vendor-code", "ACME1", "--vendor-code", "ACME2", "--client-id", CLIENT_ID]
SIMULATED = [*FACTS, "--endpoint", SIMULATOR, "--login-url", LOGIN_URL, "--secrets-stdin"]


def test_add_at_this_machine_is_a_simulator_without_saying_so(run: Run) -> None:
    done = run("profile", "add", "acme", *SIMULATED, "--visibility", "5", "--json", stdin=SECRETS)
    assert (done.status, done.err) == (0, "")
    wanted = {
        "name": "acme",
        "marketplace": "DE",
        "vendor_codes": ["ACME1", "ACME2"],
        "environment": "simulator",
        "endpoint": SIMULATOR,
        "login_url": LOGIN_URL,
        "visibility_seconds": 5,
        "sending": True,
        "importing": True,
    }
    assert {key: done.json[key] for key in wanted} == wanted
    assert_no_secret(done.out)


def test_add_at_amazon_starts_with_sending_off(run: Run) -> None:
    done = run("profile", "add", "acme", *FACTS, "--secrets-stdin", "--json", stdin=SECRETS)
    assert (done.json["environment"], done.json["sending"], done.json["visibility_seconds"]) == (
        "production",
        False,
        1800,
    )


def test_add_elsewhere_needs_the_operators_leave(run: Run) -> None:
    where = ["--endpoint", "https://hub.example.com", "--login-url", "https://hub.example.com/token"]
    done = run("profile", "add", "acme", *FACTS, *where, "--secrets-stdin", "--json", stdin=SECRETS)
    assert (done.status, "PURVEYOR_CUSTOM_ENDPOINTS" in done.out, Profile.objects.count()) == (1, True, 0)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("not json", "the secrets on standard input are not JSON (line 1)"),
        ("[]", "the secrets must be one JSON object of texts"),
        ({"client_secret": 1}, "the secrets must be one JSON object of texts"),
        ({"client_secret": CLIENT_SECRET}, "missing among the secrets: refresh_token"),
        (SECRETS | {"passwd": "x"}, "unknown names among the secrets: passwd"),
    ],
)
def test_add_with_secrets_that_cannot_be_read(run: Run, given: Any, message: str) -> None:
    done = run("profile", "add", "acme", *SIMULATED, "--json", stdin=given)
    assert (done.status, done.json["error"]["message"][: len(message)]) == (1, message)
    assert_no_secret(done.out + done.err)
    assert Profile.objects.count() == 0


def test_add_never_repeats_a_secret_that_is_wrong(run: Run) -> None:
    swapped = {"client_secret": REFRESH_TOKEN, "refresh_token": CLIENT_SECRET}
    done = run("profile", "add", "acme", *SIMULATED, "--json", stdin=swapped)
    assert (done.status, {p["where"] for p in done.json["error"]["problems"]}) == (
        1,
        {"client_secret", "refresh_token"},
    )
    assert_no_secret(done.out + done.err)


BLOCK = f'Refresh token: {REFRESH_TOKEN}\nclient_secret = "{CLIENT_SECRET}"\nVendor code: ACME1\n{CLIENT_ID}\n'


def test_add_takes_all_four_values_out_of_one_text(run: Run) -> None:
    where = ["--marketplace", "DE", "--endpoint", SIMULATOR, "--login-url", LOGIN_URL]
    done = run("profile", "add", "acme", *where, "--block-stdin", "--json", stdin=BLOCK)
    assert (done.status, done.json["vendor_codes"], done.json["client_id"]) == (0, ["ACME1"], CLIENT_ID)
    assert {row.kind: sealing.unseal(row.sealed).decode() for row in Secret.objects.all()} == {
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
    }
    assert_no_secret(done.out + done.err)


def test_add_lets_an_option_go_before_the_text(run: Run) -> None:
    where = ["--marketplace", "DE", "--endpoint", SIMULATOR, "--login-url", LOGIN_URL]
    done = run("profile", "add", "acme", *where, "--vendor-code", "ACME9", "--block-stdin", "--json", stdin=BLOCK)
    assert (done.status, done.json["vendor_codes"]) == (0, ["ACME9"])


@pytest.mark.parametrize(
    ("block", "where"),
    [
        ("something else", {"block", "vendor_codes", "client_id", "client_secret", "refresh_token"}),
        (BLOCK.replace("Vendor code: ACME1", ""), {"vendor_codes"}),
        (BLOCK + "\n" + REFRESH_TOKEN.replace("Atzr|", "Atzr|other"), {"block", "refresh_token"}),
    ],
)
def test_add_of_a_text_that_lacks_something_says_what_and_no_value(run: Run, block: str, where: set[str]) -> None:
    done = run("profile", "add", "acme", "--marketplace", "DE", "--block-stdin", "--json", stdin=block)
    assert (done.status, {p["where"] for p in done.json["error"]["problems"]}) == (1, where)
    assert_no_secret(done.out + done.err)
    assert Profile.objects.count() == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--secrets-stdin", "--block-stdin"], "--secrets-stdin or --block-stdin"),
        (["--secrets-stdin", "--vendor-code", "ACME1"], "--client-id"),
        (["--secrets-stdin", "--client-id", CLIENT_ID], "--vendor-code"),
    ],
)
def test_add_wants_one_way_and_its_options(run: Run, options: list[str], said: str) -> None:
    done = run("profile", "add", "acme", "--marketplace", "DE", *options, stdin=SECRETS)
    assert (done.status, said in done.err, Profile.objects.count()) == (2, True, 0)


def test_add_wants_the_secrets_on_standard_input(run: Run) -> None:
    done = run("profile", "add", "acme", *SIMULATED[:-1], "--json", stdin=SECRETS)
    assert (done.status, "--secrets-stdin" in done.json["error"]["message"]) == (2, True)


def test_add_twice_is_refused(run: Run) -> None:
    run("profile", "add", "acme", *SIMULATED, stdin=SECRETS)
    done = run("profile", "add", "ACME", *SIMULATED, "--json", stdin=SECRETS)
    assert (done.status, [p["where"] for p in done.json["error"]["problems"]]) == (1, ["name"])


def test_list_and_show(run: Run, profile: Profile) -> None:
    assert [row["name"] for row in run("profile", "list", "--json").json["profiles"]] == ["acme-de"]
    assert run("profile", "list").out.splitlines()[1].split()[:3] == ["acme-de", "DE", "simulator"]
    shown = run("profile", "show", "ACME-DE", "--json")
    assert (shown.status, shown.json["name"], shown.json["trouble"]) == (0, "acme-de", {})
    assert [s["kind"] for s in shown.json["secrets"]] == ["client_secret", "refresh_token"]
    assert_no_secret(shown.out + run("profile", "show", "acme-de").out)


def test_list_asks_as_often_for_three_as_for_one(run: Run, profile: Profile, django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as once:
        run("profile", "list", "--json")
    for name in ("b", "c"):
        run("profile", "add", name, *SIMULATED, stdin=SECRETS)
    with django_assert_num_queries(len(once)):
        assert len(run("profile", "list", "--json").json["profiles"]) == 3


def test_unknown_profile_is_not_found_and_says_where_they_are(run: Run) -> None:
    for arguments in (["profile", "show", "none"], ["sync", "none"], ["profile", "send", "none", "on"]):
        done = run(*arguments, "--json")
        assert (done.status, done.json["error"]["code"]) == (1, "not-found")
        assert done.json["error"]["hint"] == "purveyor profile list shows them."


def test_check_tells_every_step_and_fails_with_the_first(run: Run, profile: Profile, plugged: World) -> None:
    done = run("profile", "check", "acme-de", "--json")
    assert (done.status, done.json["ok"]) == (0, True)
    assert [check["name"] for check in done.json["checks"]] == [
        *("secrets", "network", "clock", "login", "orders", "order", "status", "transactions")
    ]
    plugged.faults.always("missing-role")
    done = run("profile", "check", "acme-de", "--json")
    assert (done.status, done.json["ok"], done.json["checks"][4]["ok"]) == (1, False, False)
    shown = run("profile", "check", "acme-de")
    assert (shown.status, "FAILED  orders" in shown.out, "Amazon's request id: " in shown.out) == (1, True, True)
    assert "  1. The role, or the application, was taken away in Vendor Central." in shown.out
    assert_no_secret(done.out + shown.out, world=plugged)


def test_secret_stores_a_rotated_one_beside_the_old(run: Run, profile: Profile, plugged: World) -> None:
    fresh = plugged.rotate_secret()
    done = run("profile", "secret", "acme-de", "--stdin", "--json", stdin={"client_secret": fresh})
    assert (done.status, done.json) == (0, {"name": "acme-de", "stored": ["client_secret"], "trial": "works"})
    assert Secret.objects.filter(kind="client_secret").count() == 2
    assert_no_secret(done.out, more=[fresh])
    assert run("profile", "secret", "acme-de", "--json", stdin={}).status == 2


def test_change_of_the_address_wants_both_secrets_again(run: Run, profile: Profile) -> None:
    done = run("profile", "change", "acme-de", "--login-url", f"{SIMULATOR}/other", "--json")
    assert (done.status, done.json["login_url"], done.json["secrets"]) == (0, f"{SIMULATOR}/other", [])
    asked = ["--login-url", LOGIN_URL, "--secrets-stdin", "--json"]
    done = run("profile", "change", "acme-de", *asked, stdin={"client_secret": CLIENT_SECRET})
    assert (done.status, [p["where"] for p in done.json["error"]["problems"]]) == (1, ["refresh_token"])
    assert run("profile", "change", "acme-de", *asked, stdin=SECRETS).json["login_url"] == LOGIN_URL
    assert run("profile", "change", "acme-de", "--json").status == 2


def test_send_and_import_are_switched_and_audited(run: Run, profile: Profile) -> None:
    done = run("profile", "send", "acme-de", "off", "--because", "holiday", "--json")
    assert done.json == {"name": "acme-de", "sending": False}
    assert run("profile", "import", "acme-de", "off", "--json").json == {"name": "acme-de", "importing": False}
    profile.refresh_from_db()
    assert (profile.sending, profile.importing) == (False, False)
    entry = Entry.objects.get(action="profile.sending_switched")
    assert (entry.because, entry.by.split(":")[0]) == ("holiday", "cli")
    assert run("profile", "send", "acme-de", "maybe", "--json").status == 2
    assert run("profile", "send", "acme-de", "on").out == "Sending is on for acme-de.\n"


def test_remove_only_what_never_had_an_order(run: Run, profile: Profile, plugged: World) -> None:
    plugged.place(lines=1)
    run("sync", "acme-de")
    assert (run("profile", "remove", "acme-de", "--json").status, Profile.objects.count()) == (1, 1)
    run("profile", "add", "idle", *SIMULATED, stdin=SECRETS)
    assert run("profile", "remove", "idle", "--json").json == {"name": "idle", "removed": True}


def test_sync_counts_per_sweep(run: Run, profile: Profile, plugged: World) -> None:
    number = plugged.place(lines=2)
    done = run("sync", "acme-de", "--json")
    assert done.status == 0
    assert set(done.json["sweeps"]) == {"new", "changed", "status"}
    assert done.json["sweeps"]["new"] == {"seen": 1, "stored": 1, "changed": 0, "unchanged": 0, "aside": 0}
    assert Order.objects.get().number == number
    assert json.loads(done.out) == done.json, "progress belongs on standard error"
    again = run("sync", "acme-de", "--sweep", "new", "--json")
    assert (set(again.json["sweeps"]), again.json["sweeps"]["new"]["stored"]) == ({"new"}, 0)


@pytest.mark.django_db(transaction=True)
def test_sync_since_is_a_backfill(run: Run, profile: Profile, plugged: World) -> None:
    plugged.place_many(3, lines=1)
    done = run("sync", "acme-de", "--since", "2026-02-01", "--sweep", "new", "--json")
    assert (done.status, done.json["sweeps"]["new"]["stored"]) == (0, 3)
    assert set(Order.objects.values_list("backfilled", flat=True)) == {True}


def test_sync_for_people(run: Run, profile: Profile) -> None:
    assert run("sync", "acme-de", "--sweep", "status").out.splitlines()[0].split() == [
        *("SWEEP", "SEEN", "STORED", "CHANGED", "UNCHANGED", "ASIDE")
    ]


@pytest.mark.parametrize("options", [["--sweep", "newest"], ["--since", "yesterday"], ["--sweep", ","]])
def test_sync_wrong_usage(run: Run, profile: Profile, options: list[str]) -> None:
    assert run("sync", "acme-de", *options, "--json").status == 2


def test_sync_that_amazon_refuses_tells_its_words_and_id(run: Run, profile: Profile, plugged: World) -> None:
    plugged.revoke()
    done = run("sync", "acme-de", "--json")
    error = done.json["error"]
    assert (done.status, error["code"], error["remedy"]) == (1, "login-invalid-grant", "mend the settings")
    assert "request_id" in error
    assert_no_secret(done.out + done.err, world=plugged)
    assert run("profile", "show", "acme-de", "--json").json["trouble"]["code"] == "login-invalid-grant"
