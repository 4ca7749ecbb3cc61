"""What pasted values look like."""

from __future__ import annotations

import pytest

from plug import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from purveyor.profiles import shapes

pytestmark = pytest.mark.unit

OLD_SECRET = "0123456789abcdef" * 4
FIELDS = ("client_id", "client_secret", "refresh_token")
GOOD = dict(zip(FIELDS, (CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN), strict=True))


@pytest.mark.parametrize("field", FIELDS)
def test_shape_good_value_has_no_problem(field: str) -> None:
    assert shapes.problem_of(field, GOOD[field]) is None


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("other", FIELDS)
def test_shape_swapped_fields_are_said(field: str, other: str) -> None:
    found = shapes.problem_of(field, GOOD[other])
    assert (found.check if found else None) == (None if field == other else "swapped")


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [*GOOD.values(), OLD_SECRET, "Atza|short-lived", "AKIA0123456789ABCDEF", "x" * 3000])
def test_shape_problem_never_repeats_the_value(field: str, value: str) -> None:
    found = shapes.problem_of(field, value)
    assert value not in (found.message if found else "")


def test_shape_swap_names_what_it_is_and_what_is_wanted() -> None:
    found = shapes.problem_of("client_secret", REFRESH_TOKEN)
    assert found is not None
    assert found.message == "This is the refresh token, not the client secret. The two fields are swapped."
    assert found.where == "client_secret"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Atza|of-an-hour", "This is an access token, good for an hour, not the refresh token."),
        ("amzn1.sp.solution.0000", "This is the application id, not the refresh token."),
        ("AKIA0123456789ABCDEF", "This is an AWS key, which is not needed, not the refresh token."),
        ("something else", "A refresh token begins with Atzr|"),
        ("Atzr|x", "This looks cut off or has characters that do not belong in it. Copy it again."),
        ("Atzr|" + "y" * 2044, "This looks cut off or has characters that do not belong in it. Copy it again."),
        ("", "This is missing."),
    ],
)
def test_shape_refresh_token_problems(value: str, said: str) -> None:
    found = shapes.problem_of("refresh_token", value)
    assert found is not None
    assert found.message == said


def test_shape_refresh_token_of_the_longest_length_is_good() -> None:
    assert shapes.problem_of("refresh_token", "Atzr|" + "y" * 2043) is None


@pytest.mark.parametrize("value", [CLIENT_ID[:-30], CLIENT_ID + "-", "amzn1.application-oa2-client."])
def test_shape_client_id_cut_off_is_said(value: str) -> None:
    found = shapes.problem_of("client_id", value)
    assert found is not None
    assert found.message.startswith("This looks cut off")


def test_shape_client_id_of_another_beginning_is_said() -> None:
    found = shapes.problem_of("client_id", "amzn1.account.ABCDEFGH")
    assert found is not None
    assert found.message == "A client id begins with amzn1.application-oa2-client."


@pytest.mark.parametrize("value", [CLIENT_SECRET, OLD_SECRET, OLD_SECRET.upper()])
def test_shape_known_secrets_are_taken_without_a_doubt(value: str) -> None:
    assert (shapes.problem_of("client_secret", value), shapes.doubt_about_secret(value)) == (None, None)


def test_shape_unknown_secret_is_taken_with_a_doubt() -> None:
    assert shapes.problem_of("client_secret", "a-shape-of-tomorrow") is None
    doubt = shapes.doubt_about_secret("a-shape-of-tomorrow")
    assert doubt is not None
    assert "connection check" in doubt


@pytest.mark.parametrize("value", ["short", "with a blank in it", "x" * 513, "schlüssel-mit-umlaut"])
def test_shape_impossible_secrets_are_refused(value: str) -> None:
    found = shapes.problem_of("client_secret", value)
    assert found is not None
    assert found.message == "A client secret has 8 to 512 characters without blanks."


def test_vendor_codes_are_tidied_and_each_counted_once() -> None:
    assert shapes.vendor_codes([" acme1 ", "ACME1;ACME2", "abc\u200b"]) == (["ACME1", "ACME2", "ABC"], [])


@pytest.mark.parametrize("given", [["AB"], ["ABCDEFGHIJK"], ["ACM€1"], ["ACME1", "A-1"]])
def test_vendor_codes_of_a_strange_shape_are_refused(given: list[str]) -> None:
    _codes, problems = shapes.vendor_codes(given)
    assert [problem.where for problem in problems] == ["vendor_codes"]


@pytest.mark.parametrize("given", [["ABC"], ["ABCDEFGHIJ"]])
def test_vendor_codes_of_three_to_ten_are_taken(given: list[str]) -> None:
    assert shapes.vendor_codes(given) == (given, [])


@pytest.mark.parametrize("given", [[], [" ", ";"]])
def test_vendor_codes_need_one(given: list[str]) -> None:
    codes, problems = shapes.vendor_codes(given)
    assert (codes, [problem.message for problem in problems]) == ([], ["Name at least one vendor code."])
