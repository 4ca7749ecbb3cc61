"""``Idempotency-Key``: once, replayed, refused, forgotten; and the race with its twin."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from api.conftest import Caller, Make, said
from cast import Cast
from offers.making import offer
from purveyor.api import idempotency
from purveyor.api.models import Replay
from purveyor.api.tasks import forget_replays
from purveyor.common import canon, clock
from purveyor.offers.models import Said
from purveyor.orders.models import Acknowledgement, Order
from purveyor.people.models import Token, User
from purveyor.profiles.models import Profile
from secrecy import database_text

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

Place = Callable[..., Order]
KEY = {"idempotency_key": "order-4711"}
TOKEN = {"name": "made", "scopes": ["orders.view"], "user": "finance", "profile": "acme-de"}


def test_the_same_key_gives_the_same_answer_and_the_work_is_done_once(anna: Caller, place: Place) -> None:
    path = f"/orders/acme-de/{place().number}/acknowledgement"
    first, second = anna.post(path, {}, **KEY), anna.post(path, {}, **KEY)
    assert (first.status_code, second.status_code, second.content) == (201, 201, first.content)
    assert (first.headers.get("Idempotent-Replay"), second.headers["Idempotent-Replay"]) == (None, "true")
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert Acknowledgement.objects.count() == 1


def test_what_is_put_is_done_once_too(root: Caller, profile: Profile) -> None:
    cell = {"row": 5, "delivery": 1, "quantity": 60, "price": "4.25", "version": 0}
    path, body = f"/offers/{offer(profile).pk}/answers", {"stage": "commerce", "answers": [cell]}
    first, second = (root.ask("PUT", path, body, **KEY) for _each in range(2))
    assert (first.status_code, second.content, second.headers["Idempotent-Replay"]) == (200, first.content, "true")
    assert said(root.ask("PUT", path, body | {"because": "x"}, **KEY)) == (422, "idempotency-key-reused")
    assert Said.objects.count() == 1


def test_a_refusal_that_stays_is_replayed_too(anna: Caller, place: Place) -> None:
    path = f"/orders/acme-de/{place().number}/acknowledgement"
    first, second = (anna.post(path, {"lines": []}, **KEY) for _each in range(2))
    assert (said(first), said(second), second.content) == ((422, "refused"), (422, "refused"), first.content)
    assert second.headers["Idempotent-Replay"] == "true"


def test_another_body_or_path_under_the_same_key_is_refused(anna: Caller, place: Place) -> None:
    order, other = place(), place()
    anna.post(f"/orders/acme-de/{order.number}/acknowledgement", {}, **KEY)
    for number, body in ((order.number, {"because": "x"}), (other.number, {})):
        answer = anna.post(f"/orders/acme-de/{number}/acknowledgement", body, **KEY)
        assert said(answer) == (422, "idempotency-key-reused")
    assert Acknowledgement.objects.count() == 1


def test_long_file_is_taken_with_a_key_and_a_long_body_is_refused_by_its_length(root: Caller) -> None:
    longest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert longest is not None
    told = {"Authorization": f"Bearer {root.token}", "Idempotency-Key": "file-1"}
    for size, kept in ((10, 1), (longest, 0)):
        Replay.objects.all().delete()
        content = SimpleUploadedFile("list.csv", b"SKU;Title\n" + b"A-1;x\n" * (size // 6))
        answer = root.client.post("/api/v1/files/bring/products", {"file": content}, headers=told)
        assert (answer.status_code, Replay.objects.count()) == (201, kept)
    assert said(root.post("/products", {"sku": "x" * longest}, **KEY)) == (413, "too-large")


def test_another_caller_has_keys_of_their_own(anna: Caller, root: Caller, place: Place) -> None:
    path = f"/orders/acme-de/{place().number}/acknowledgement"
    anna.post(path, {}, **KEY)
    assert said(root.post(path, {}, **KEY)) == (409, "conflict")


def test_reading_takes_no_key(anna: Caller) -> None:
    assert anna.get("/orders", **KEY).status_code == 200
    assert Replay.objects.count() == 0


@pytest.mark.parametrize("status", [401, 403, 409, 429, 500, 502, 503])
def test_answers_to_be_tried_again_are_forgotten(db: None, status: int) -> None:
    once = idempotency.middleware(lambda request: HttpResponse("x", status=status))
    for _each in range(2):
        assert once(_request()).status_code == status
    assert Replay.objects.count() == 0


@pytest.mark.parametrize("status", [200, 201, 204, 400, 404, 422])
def test_answers_that_stay_are_kept(db: None, status: int) -> None:
    asked: list[HttpRequest] = []

    def work(request: HttpRequest) -> HttpResponse:
        asked.append(request)
        return HttpResponse("x", status=status)

    once = idempotency.middleware(work)
    assert [once(_request()).status_code for _each in range(3)] == [status] * 3
    assert len(asked) == 1


def test_a_request_that_breaks_frees_its_key(db: None) -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        idempotency.middleware(broken)(_request())
    assert Replay.objects.count() == 0


def test_a_second_one_while_the_first_runs_waits(db: None) -> None:
    inner: list[HttpResponse] = []

    def slow(request: HttpRequest) -> HttpResponse:
        if not inner:
            inner.append(once(_request()))
        return HttpResponse("done")

    once = idempotency.middleware(slow)
    assert once(_request()).content == b"done"
    assert said(inner[0]) == (409, "still-running")
    assert once(_request()).headers["Idempotent-Replay"] == "true"


def test_a_key_whose_request_died_is_free_after_its_time(db: None, held_clock: Any) -> None:
    Replay.objects.create(caller=_caller(), key="k", request_hash="gone", at=clock.now())
    once = idempotency.middleware(lambda request: HttpResponse("done"))
    clock.turn(idempotency.RUNS_AT_MOST - timedelta(seconds=1))
    assert once(_request()).status_code == 422
    clock.turn(timedelta(seconds=1))
    assert once(_request()).content == b"done"


def test_a_key_is_free_again_after_a_day(db: None, held_clock: Any) -> None:
    answers = iter(["first", "second"])
    once = idempotency.middleware(lambda request: HttpResponse(next(answers)))
    once(_request())
    clock.turn(idempotency.KEEP - timedelta(seconds=1))
    forget_replays()
    assert once(_request()).content == b"first"
    clock.turn(timedelta(seconds=1))
    assert once(_request()).content == b"second"
    clock.turn(idempotency.KEEP)
    forget_replays()
    assert Replay.objects.count() == 0


@pytest.mark.parametrize("path", ["/nothing-here", "/people/tokens", "/profiles/acme-de/sync"])
@pytest.mark.parametrize("token", ["", "x", "pvy_76543210_" + "x" * 43])
def test_nothing_is_kept_for_strangers(token: str, path: str) -> None:
    answer = Caller(token).post(path, {}, **KEY)
    assert (answer.status_code in (401, 404), Replay.objects.count()) == (True, 0)


def test_nothing_is_replayed_to_a_token_revoked_since(root: Caller, cast: Cast) -> None:
    assert root.post("/people/tokens", TOKEN, **KEY).status_code == 201
    Token.objects.exclude(name="made").update(revoked_at=clock.now())
    assert said(root.post("/people/tokens", TOKEN, **KEY)) == (401, "not-signed-in")


def test_a_key_has_its_length(anna: Caller) -> None:
    answer = anna.post("/orders/acknowledge", {}, idempotency_key="k" * 201)
    assert said(answer) == (400, "idempotency-key-too-long")
    assert anna.post("/orders/acknowledge", {}, idempotency_key="k" * 200).status_code == 200


def test_a_token_shown_once_is_shown_again_to_who_made_it_and_kept_sealed(root: Caller, cast: Cast) -> None:
    first, second = (root.post("/people/tokens", TOKEN, **KEY) for _each in range(2))
    plain = json.loads(first.content)["token"]
    assert (first.status_code, json.loads(second.content)["token"], Token.objects.filter(name="made").count()) == (
        201,
        plain,
        1,
    )
    assert (plain in database_text(), plain.split("_", 2)[2] in database_text()) == (False, False)


def test_what_is_sealed_opens_for_the_caller_and_the_key_alone(root: Caller, cast: Cast) -> None:
    from cryptography.fernet import InvalidToken

    root.post("/people/tokens", TOKEN, **KEY)
    body = bytes(Replay.objects.get().body)
    for token, key in (("Bearer other", "order-4711"), (f"Bearer {root.token}", "other")):
        with pytest.raises(InvalidToken):
            idempotency._seal(token, key).decrypt(body)
    assert b"pvy_" in idempotency._seal(f"Bearer {root.token}", "order-4711").decrypt(body)


class Race:
    """Two requests under one key at the same moment; the work waits until both had their chance to begin."""

    def __init__(self, guarded: bool) -> None:
        self.worked: list[str] = []
        self.begin = threading.Barrier(2, timeout=10)
        self.answers: list[int] = []
        self.handle = idempotency.middleware(self.work) if guarded else self.work

    def work(self, request: HttpRequest) -> HttpResponse:
        self.worked.append("done")
        return HttpResponse("done")

    def one(self) -> None:
        try:
            self.begin.wait()
            self.answers.append(self.handle(_request()).status_code)
        finally:
            connection.close()

    def run(self) -> None:
        runners = [threading.Thread(target=self.one) for _each in range(2)]
        for runner in runners:
            runner.start()
        for runner in runners:
            runner.join(timeout=30)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_works() -> None:
    race = Race(guarded=True)
    race.run()
    assert (race.worked, len(race.answers)) == (["done"], 2)
    assert set(race.answers) <= {200, 409}


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_guard_both_work() -> None:
    race = Race(guarded=False)
    race.run()
    assert race.worked == ["done", "done"]


BEARER = f"pvy_01234567_{'x' * 43}"


@pytest.fixture(autouse=True)
def _a_machine(db: None) -> None:
    """Whose token the made-up requests bear."""
    user = User.objects.create(username="machine", password="!")
    ends = clock.now() + timedelta(days=9000)
    Token.objects.create(
        user=user, name="erp", prefix="01234567", hash=canon.sha256(b"x" * 43), scopes=[], expires_at=ends
    )


def _request() -> HttpRequest:
    headers = {"authorization": f"Bearer {BEARER}", "idempotency-key": "k"}
    return RequestFactory().post("/api/v1/orders/acknowledge", "{}", "application/json", headers=headers)


def _caller() -> str:
    return canon.sha256(f"Bearer {BEARER}".encode())


def test_keys_do_not_cross_profiles(caller: Make, cast: Cast, profile: Profile) -> None:
    """Two tokens of one person are two callers."""
    first, second = caller(cast.vendor_manager), caller(cast.vendor_manager)
    assert [one.post("/orders/acknowledge", {}, **KEY).headers.get("Idempotent-Replay") for one in (first, second)] == [
        None,
        None,
    ]
