"""Every refusal under /api/ is a problem document (RFC 9457), whoever refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from api.conftest import ROOT, Caller, said
from cast import Cast
from purveyor.amazon import errors as amazon
from purveyor.api import problems
from purveyor.api.problems import of_error, of_validation, status_of
from purveyor.common.errors import Conflict, Denied, Misconfigured, NotFound, Problem, PurveyorError, Refused, Remedy
from purveyor.people.domain.refused import SignInRefused, Throttled
from purveyor.profiles.domain.trouble import SecretsMissing
from purveyor.profiles.models import Profile
from purveyor.web.middleware import LONGEST_ADDRESS

unit = pytest.mark.unit
integration = pytest.mark.integration


@unit
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("x"), 422),
        (SignInRefused("x"), 422),
        (Throttled(9), 429),
        (Conflict("x"), 409),
        (NotFound("x"), 404),
        (Denied("x"), 403),
        (Misconfigured("x"), 503),
        (amazon.ServerError("x"), 502),
        (amazon.Throttled("x"), 502),
        (amazon.InvalidGrant("x"), 502),
        (PurveyorError("x"), 500),
        (PurveyorError("x", remedy=Remedy.MEND_DATA), 422),
        (PurveyorError("x", remedy=Remedy.WAIT), 503),
    ],
)
def test_each_kind_of_error_has_its_status_and_the_one_shape(error: PurveyorError, status: int) -> None:
    answer = of_error(error)
    assert said(answer) == (status, error.code)
    told = json.loads(answer.content)
    assert (told["detail"], told["remedy"]) == (error.message, str(error.remedy))


@unit
def test_a_profile_without_secrets_is_a_matter_of_settings() -> None:
    assert status_of(SecretsMissing("x")) == 503


@unit
def test_problems_hint_and_wait_are_told() -> None:
    answer = of_error(Refused("No.", [Problem("Too much.", "lines[1]", "AC-02")], hint="Less."))
    told = json.loads(answer.content)
    assert (told["problems"], told["hint"]) == (
        [{"message": "Too much.", "where": "lines[1]", "check": "AC-02"}],
        "Less.",
    )
    assert told["error"]["problems"] == told["problems"]
    assert of_error(Throttled(9)).headers["Retry-After"] == "9"


@unit
def test_amazons_words_status_and_request_id_stand_beside_ours() -> None:
    error = amazon.BadRequest("x", status=400, request_id="abc-1", said=[amazon.Said("InvalidInput", "no")])
    told = json.loads(of_error(error).content)
    assert (told["status"], told["amazon_status"], told["request_id"]) == (502, 400, "abc-1")
    assert told["said"] == ["InvalidInput: no"]


@unit
def test_validation_names_places_and_never_repeats_a_value() -> None:
    told = json.loads(
        of_validation([{"loc": ("body", "body", "lines", 0, "x"), "msg": "bad", "input": "s3cret"}]).content
    )
    assert (told["problems"], "s3cret" in json.dumps(told)) == (
        [{"message": "bad", "where": "lines.0.x", "check": ""}],
        False,
    )


@integration
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/nowhere", None, (404, "not-found")),
        ("POST", "/nowhere", {}, (404, "not-found")),
        ("PUT", "/orders", {}, (405, "method-not-allowed")),
        ("POST", "/orders/acknowledge", "{", (400, "bad-request")),
        ("POST", "/orders/acknowledge", "[]", (422, "invalid")),
        ("POST", "/orders/acknowledge", {"nope": 1}, (422, "invalid")),
        ("GET", "/orders?cursor=nonsense", None, (422, "bad-cursor")),
        ("GET", "/orders?limit=many", None, (422, "invalid")),
        ("GET", "/documents/99999999999999999999999", None, (404, "not-found")),
        ("GET", "/documents/words", None, (404, "not-found")),
    ],
)
def test_whoever_refuses_it_is_a_problem(root: Caller, method: str, path: str, body: Any, expected: Any) -> None:
    assert said(root.ask(method, path, body)) == expected


@integration
@pytest.mark.django_db
def test_a_wrong_method_tells_the_right_ones(root: Caller) -> None:
    assert root.ask("PUT", "/orders").headers["Allow"] == "GET"


@integration
@pytest.mark.django_db
def test_a_wrong_host_and_an_address_outside_v1_are_problems() -> None:
    assert said(Client().get(f"{ROOT}/orders", headers={"host": "evil.example"})) == (400, "unknown-host")
    assert said(Client().get("/api/v9/orders")) == (404, "not-found")
    assert said(Client().get("/api/")) == (404, "not-found")


@integration
@pytest.mark.django_db
@pytest.mark.parametrize("key", [{}, {"idempotency_key": "k"}])
def test_a_request_that_is_too_long_is_a_problem(root: Caller, settings: Any, key: dict[str, str]) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = root.post("/orders/acknowledge", {"numbers": ["x" * 200]}, **key)
    assert said(answer)[0] in (400, 413)


@integration
@pytest.mark.django_db
def test_what_nobody_foresaw_is_told_without_its_words(root: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from purveyor.outbox import overview

    def broken(caller: Any) -> Any:
        raise ZeroDivisionError("the inside")

    monkeypatch.setattr(overview, "_orders", broken)
    answer = root.get("/today")
    assert said(answer) == (500, "internal")
    assert "the inside" not in answer.content.decode()


@unit
def test_only_the_api_and_only_what_is_no_answer_of_ours_is_told_anew() -> None:
    page = HttpResponse("<h1>no</h1>", status=404)
    ours = HttpResponse("{}", status=404, content_type="application/json")
    for path, answer, same in (("/orders/", page, True), ("/api/x", ours, True), ("/api/x", page, False)):
        found = problems.middleware(lambda request, answer=answer: answer)(RequestFactory().get(path))
        assert (found is answer) == same


@integration
@pytest.mark.django_db
@pytest.mark.parametrize("text", ["%00", "a%00b"])
def test_characters_no_database_keeps_are_refused(root: Caller, text: str) -> None:
    for path in (f"/orders?q={text}", f"/orders?state={text}", f"/orders/{text}/x", f"/audit?by={text}"):
        assert said(root.get(path)) == (400, "bad-request")


@integration
@pytest.mark.django_db
def test_address_beyond_all_measure_goes_no_further(root: Caller) -> None:
    assert root.get(f"/products?q={'x' * (LONGEST_ADDRESS - 100)}").status_code == 200
    assert said(root.get(f"/products?q={'x' * LONGEST_ADDRESS}")) == (400, "bad-request")


@integration
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/orders?limit=x", "limit"),
        ("/orders?waiting=perhaps", "waiting"),
        ("/orders?profil=acme-de", "profil"),
        ("/documents/hold?x=1", "x"),
        ("/people/me?profile=acme-de", "profile"),
    ],
)
def test_wrong_parameter_is_refused_by_its_name(root: Caller, path: str, where: str) -> None:
    answer = root.get(path)
    assert said(answer)[0] == 422
    assert [p["where"] for p in json.loads(answer.content)["problems"]] == [where]


@integration
@pytest.mark.django_db
def test_unknown_parameter_is_told_which_there_are(root: Caller) -> None:
    told = json.loads(root.get("/runs?profil=x").content)
    assert told["detail"] == "There is no parameter profil; there are: cursor, limit."
    assert root.get("/runs?limit=1").status_code == 200


@integration
@pytest.mark.django_db
def test_unknown_parameter_changes_nothing(root: Caller, profile: Profile) -> None:
    assert said(root.post(f"/profiles/{profile.name}/sending?on=false", {"on": False}))[0] == 422
    profile.refresh_from_db()
    assert profile.sending


@integration
@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/orders", "/documents", "/asides"])
def test_profile_there_is_not_is_told_and_another_ones_alike(
    anna: Caller, cast: Cast, profile: Profile, path: str
) -> None:
    assert anna.get(f"{path}?profile={profile.name.upper()}").status_code == 200
    for name in ("nope", cast.other.name):
        answer = anna.get(f"{path}?profile={name}")
        assert said(answer) == (404, "not-found")
        assert json.loads(answer.content)["detail"] == f"There is no profile {name}."
