"""No secret anywhere it may be read: logs at every level, exceptions, exchanges, audit, every table of the database.

Pages and answers of the API are looked through where they are tested, with the same ``assert_no_secret``.
"""

from __future__ import annotations

import base64
import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from werkzeug.serving import make_server

from plug import SIMULATOR, connect, facts
from purveyor.amazon.errors import AmazonError
from purveyor.amazon.operations.orders import get_purchase_orders, submit_acknowledgement
from purveyor.amazon.record import Exchange
from purveyor.audit.models import Entry
from purveyor.common import clock
from purveyor.common.errors import PurveyorError
from purveyor.people.who import Who
from purveyor.profiles import clients
from purveyor.profiles.clients import client_for, note_trouble
from purveyor.profiles.domain import add_profile, change_profile, store_secret
from purveyor.profiles.domain.keys import rotate_keys
from purveyor.profiles.models import Profile, SharedToken
from purveyor.profiles.schemas import profile_row
from purveyor.simulator.accounts import Account
from purveyor.simulator.app import create_app
from purveyor.simulator.world import World
from secrecy import any_form, assert_no_secret, database_text, known, told

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]

ROOT = Who.cli()
MARKED = {
    "client_secret": "amzn1.oa2-cs.v1.MARKED-client-secret-of-the-scanning-test",
    "refresh_token": "Atzr|MARKED-refresh-token/with+odd=characters-of-the-scanning-test",
}
# A secret of no known shape: only literal redaction can catch it.
ODD = "MARKED-odd-secret-/+&=%-of-the-scanning-test"
FAULTS = ["throttled", "server-error", "html-error", "empty-503", "refused", "reset", "lost-reply", "malformed-json"]


@dataclass
class Ear:
    """Everything that was told by whatever way."""

    world: World
    exchanges: list[Exchange] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    shown: list[str] = field(default_factory=list)

    def attempt(self, work: Callable[[], Any]) -> Any:
        """Do something that may fail, and remember how."""
        try:
            found = work()
        except PurveyorError as error:
            self.errors.append(told(error))
            self.shown.append(str(error.as_dict()))
            return error
        self.shown.append(repr(found))
        return found

    def talk(self, profile: Profile) -> Any:
        """Sign in and ask, the listener on; what was had or the error."""
        client = client_for(profile, listener=self.exchanges.append)
        self.shown.append(repr(client))
        self.shown.append(repr(client.grant))
        until = clock.now()
        try:
            self.tokens.add(client.check_login())
        except AmazonError as error:
            self.errors.append(told(error))
        return self.attempt(
            lambda: get_purchase_orders(client, created_after=until - timedelta(days=1), created_before=until)
        )

    def everything(self) -> str:
        heard = [f"{exchange!r} {asdict(exchange)}" for exchange in self.exchanges]
        return "\n".join([*heard, *self.errors, *self.shown])


@pytest.fixture
def marked(plugged: World) -> World:
    """The world with an account whose secrets are marked."""
    plugged.add_account(Account(name="Marked", **MARKED))
    return plugged


@pytest.fixture
def ear(marked: World) -> Ear:
    return Ear(marked)


@pytest.fixture(autouse=True)
def _all_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.DEBUG):
        yield


def silent(ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing of it stands anywhere."""
    more = {*MARKED.values(), ODD, *ear.tokens}
    records = "\n".join(f"{r.getMessage()} {r.__dict__}" for r in caplog.records)
    assert_no_secret(caplog.text + records, world=ear.world, more=more)
    assert_no_secret(ear.everything(), world=ear.world, more=more)
    assert_no_secret("\n".join(str(e.content()) for e in Entry.objects.all()), world=ear.world, more=more)
    assert_no_secret(database_text(), world=ear.world, more=more, sealed=True)


def mine(ear: Ear) -> Profile:
    return connect(ear.world.account_named("Marked"), name="marked")


def test_secrets_of_a_good_connection_are_nowhere(ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    profile = mine(ear)
    ear.talk(profile)
    ear.shown += [repr(profile), str(profile_row(profile)), repr(list(profile.secrets.values("kind", "slot")))]
    assert (len(ear.tokens), len(ear.exchanges), SharedToken.objects.count()) == (1, 2, 1)
    silent(ear, caplog)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["token", "getPurchaseOrders"])
def test_secrets_of_a_failing_call_are_nowhere(
    ear: Ear, caplog: pytest.LogCaptureFixture, fault: str, operation: str
) -> None:
    profile = mine(ear)
    ear.world.faults.always(fault, operation)
    ear.talk(profile)
    assert ear.errors != []
    silent(ear, caplog)


@pytest.mark.parametrize("fault", ["expired-token", "revoked", "missing-role"])
def test_secrets_of_a_refused_token_are_nowhere(ear: Ear, caplog: pytest.LogCaptureFixture, fault: str) -> None:
    profile = mine(ear)
    ear.talk(profile)
    ear.world.faults.always(fault, "getPurchaseOrders")
    error = ear.talk(profile)
    note_trouble(profile, error)
    assert Profile.objects.get().trouble["code"] == "amazon-forbidden"
    silent(ear, caplog)


def test_secrets_of_a_failing_login_are_nowhere(ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    profile = mine(ear)
    ear.world.revoke("Marked")
    error = ear.talk(profile)
    note_trouble(profile, error)
    store_secret(ROOT, profile, client_secret=ODD)
    ear.talk(profile)
    assert [e.status for e in ear.exchanges][:2] == [400, 400]
    silent(ear, caplog)


def test_secrets_of_an_odd_shape_are_nowhere(ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    account = ear.world.add_account(Account(name="Odd", client_secret=ODD))
    profile = connect(account, name="odd")
    ear.talk(profile)
    assert len(ear.tokens) == 1
    silent(ear, caplog)


def test_secrets_that_are_refused_are_nowhere(ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    secret, token = MARKED["client_secret"], MARKED["refresh_token"]
    swapped = {"client_id": token, "client_secret": ODD + " \t", "refresh_token": secret}
    ear.attempt(lambda: add_profile(ROOT, **facts(**swapped)))
    ear.attempt(lambda: add_profile(ROOT, **facts(name=token, vendor_codes=[secret])))
    ear.attempt(lambda: add_profile(ROOT, **facts(endpoint=f"http://x:{ODD}@127.0.0.1:9", marketplace=ODD)))
    profile = mine(ear)
    ear.attempt(lambda: store_secret(ROOT, profile, client_secret=token))
    ear.attempt(lambda: change_profile(ROOT, profile, client_id=secret))
    assert len(ear.errors) == 5
    silent(ear, caplog)


def test_secrets_of_a_rotation_are_nowhere(ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    profile = mine(ear)
    ear.talk(profile)
    old = known()
    rotate_keys(ROOT)
    store_secret(ROOT, profile, client_secret=ear.world.rotate_secret("Marked"))
    ear.talk(profile)
    assert set(known()) != set(old)
    assert_no_secret(database_text(), more=old, sealed=True)
    silent(ear, caplog)


def test_secrets_of_a_submission_are_nowhere(ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    client = client_for(mine(ear), listener=ear.exchanges.append)
    ear.attempt(lambda: submit_acknowledgement(client, b'{"acknowledgements": []}'))
    assert ear.exchanges[-1].operation == "submitAcknowledgement"
    silent(ear, caplog)


def test_secrets_over_a_socket_are_nowhere(ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    """The HTTP library logs too."""
    server = make_server("127.0.0.1", 0, create_app(ear.world), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        account = ear.world.account_named("Marked")
        profile = connect(account, name="socket", endpoint=address, login_url=f"{address}/auth/o2/token")
        ear.talk(profile)
        assert len(ear.tokens) == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        clients.close()
    silent(ear, caplog)


# ── the look itself ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("secret", [*MARKED.values(), ODD])
def test_look_finds_every_form_of_a_secret(secret: str) -> None:
    forms = [secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)]
    forms.append(secret.encode().hex())
    forms += [base64.b64encode(b"x" * shift + secret.encode()).decode() for shift in range(3)]
    assert [form for form in forms if not any_form(secret, f"before {form} after")] == []
    assert any_form(secret, "nothing here") is False


def test_look_fails_on_a_secret_without_repeating_it(held_clock: datetime) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_no_secret(f"token {MARKED['refresh_token']}")
    assert MARKED["refresh_token"] not in str(caught.value)


def test_look_reads_every_table(ear: Ear) -> None:
    profile = mine(ear)
    Profile.objects.filter(pk=profile.pk).update(trouble={"message": ODD})
    assert any_form(ODD, database_text())
    assert SIMULATOR in database_text()
