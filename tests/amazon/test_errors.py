"""The tree of what can go wrong: each kind with its proof, its remedy, and no secret."""

from __future__ import annotations

import re

import pytest

from purveyor.amazon import errors
from purveyor.amazon.errors import AmazonError, Forbidden, LoginError, Said
from purveyor.common.errors import PurveyorError, Remedy

pytestmark = pytest.mark.unit


def _tree(kind: type[AmazonError]) -> list[type[AmazonError]]:
    return [kind, *(below for one in kind.__subclasses__() for below in _tree(one))]


KINDS = _tree(AmazonError)


def test_the_drawing_shows_exactly_the_tree() -> None:
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")

    assert sorted(drawn) == sorted(kind.__name__ for kind in KINDS)


def test_every_kind_has_a_code_of_its_own_and_a_hint() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert [kind.__name__ for kind in KINDS if not kind.usual_hint] == ["AmazonError"]
    assert all(issubclass(kind, PurveyorError) for kind in KINDS)


@pytest.mark.parametrize(
    ("status", "name", "arrived"),
    [
        (302, "Redirected", None),
        (400, "BadRequest", False),
        (401, "Forbidden", False),
        (403, "Forbidden", False),
        (404, "NotFoundAtAmazon", False),
        (408, "ServerError", None),
        (413, "TooLarge", False),
        (415, "UnsupportedMedia", False),
        (422, "BadRequest", False),
        (429, "Throttled", False),
        (500, "ServerError", None),
        (503, "ServerError", None),
        (102, "ServerError", None),
    ],
)
def test_kind_of_a_status_and_what_it_proves(status: int, name: str, arrived: bool | None) -> None:
    kind = errors.kind_of(status)

    assert (kind.__name__, errors.arrived(kind("x"))) == (name, arrived)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (errors.NotConnected, False),
        (errors.ReplyLost, None),
        (errors.Unreadable, None),
        (errors.LoginUnavailable, False),
        (errors.InvalidGrant, False),
    ],
)
def test_arrived_tells_proof_from_ignorance(kind: type[AmazonError], expected: bool | None) -> None:
    assert errors.arrived(kind("x")) is expected


def test_arrived_knows_nothing_of_other_errors() -> None:
    assert errors.arrived(ValueError("x")) is None


@pytest.mark.parametrize(
    ("status", "code", "name"),
    [
        (401, "invalid_client", "InvalidClient"),
        (400, "invalid_grant", "InvalidGrant"),
        (400, "unauthorized_client", "UnauthorizedClient"),
        (403, "access_denied", "AccessDenied"),
        (400, "invalid_scope", "InvalidScope"),
        (400, "invalid_request", "InvalidLoginRequest"),
        (400, "unsupported_grant_type", "UnsupportedGrant"),
        (500, "server_error", "LoginUnavailable"),
        (400, "temporarily_unavailable", "LoginUnavailable"),
        (400, "", "InvalidLoginRequest"),
        (401, "", "UnauthorizedClient"),
        (403, "something new", "AccessDenied"),
        (404, "", "LoginMisdirected"),
        (301, "", "LoginMisdirected"),
        (429, "", "LoginUnavailable"),
        (502, "", "LoginUnavailable"),
        (418, "", "LoginError"),
    ],
)
def test_login_kind_of_a_refusal(status: int, code: str, name: str) -> None:
    assert errors.login_kind_of(status, code).__name__ == name


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("InvalidClient", Remedy.MEND_SETTINGS),
        ("InvalidGrant", Remedy.MEND_SETTINGS),
        ("UnauthorizedClient", Remedy.MEND_SETTINGS),
        ("AccessDenied", Remedy.ASK_AMAZON),
        ("InvalidScope", Remedy.TELL_DEVELOPER),
        ("InvalidLoginRequest", Remedy.TELL_DEVELOPER),
        ("UnsupportedGrant", Remedy.TELL_DEVELOPER),
        ("LoginMisdirected", Remedy.MEND_SETTINGS),
        ("LoginUnavailable", Remedy.WAIT),
        ("Throttled", Remedy.WAIT),
        ("ReplyLost", Remedy.WAIT),
        ("BadRequest", Remedy.MEND_DATA),
        ("Forbidden", Remedy.MEND_SETTINGS),
        ("UnsupportedMedia", Remedy.TELL_DEVELOPER),
    ],
)
def test_remedy_of_each_kind(name: str, remedy: Remedy) -> None:
    assert next(kind for kind in KINDS if kind.__name__ == name)("x").remedy == remedy


@pytest.mark.parametrize(
    ("message", "details", "fault", "trouble"),
    [
        ("Access to requested resource is denied.", "The access token you provided has expired.", "expired", True),
        ("Access denied", "Access token is missing in the request header.", "missing", True),
        ("Access denied", "The access token is revoked, malformed or invalid.", "revoked", True),
        ("Access to the resource is forbidden", "", "", False),
        ("Forbidden", "Your role does not allow this.", "", False),
        ("", "", "", True),
    ],
)
def test_forbidden_tells_token_from_role(message: str, details: str, fault: str, trouble: bool) -> None:
    error = Forbidden("x", said=[Said("Unauthorized", message, details)])

    assert (error.token_fault, error.token_trouble) == (fault, trouble)
    assert error.hint.startswith("Authorise" if trouble else "Give the application the role")


def test_forbidden_without_a_word_gets_the_benefit_of_the_doubt() -> None:
    assert Forbidden("x").token_trouble is True


def test_as_dict_and_text_carry_operation_status_and_request_id() -> None:
    error = errors.BadRequest(
        "bad", operation="getPurchaseOrders", status=400, request_id="req-9", said=[Said("InvalidInput", "bad", "")]
    )

    assert error.as_dict() == {
        "code": "amazon-bad-request",
        "message": "bad",
        "remedy": "mend the data",
        "hint": "Mend what Amazon names, then send again.",
        "request_id": "req-9",
        "operation": "getPurchaseOrders",
        "status": 400,
        "said": ["InvalidInput: bad"],
    }
    assert str(error) == "getPurchaseOrders: bad (status 400, request id req-9)"
    assert str(errors.ReplyLost("lost")) == "lost"


def test_error_keeps_no_secret_and_only_the_start_of_the_body() -> None:
    error = LoginError(
        "no: Atzr|fake1 plainsecret",
        body=b'{"client_secret":"fake2"} plainsecret' + b"x" * 5000,
        said=[Said("c", "plainsecret", "Atza|fake3")],
        secrets=["plainsecret"],
    )

    shown = f"{error} {error.body} {error.as_dict()} {vars(error)}"
    assert [word for word in ("fake1", "fake2", "fake3", "plainsecret") if word in shown] == []
    assert len(error.body) == errors.LONGEST_BODY


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"errors":[{"code":"A","message":"m","details":null}]}', (Said("A", "m", ""),)),
        (b'{"errors":[{"code":"A"},{"message":5}, 7]}', (Said("A"), Said())),
        (b'{"message":"Too many"}', (Said("", "Too many", ""),)),
        (b'{"errors":{}}', ()),
        (b'{"errors":null}', ()),
        (b"[]", ()),
        (b"<html>", ()),
        (b"", ()),
        (b"\xff", ()),
        (b"[" * 100_000, ()),
    ],
)
def test_said_in_reads_amazons_words_or_nothing(body: bytes, expected: tuple[Said, ...]) -> None:
    assert errors.said_in(body) == expected
