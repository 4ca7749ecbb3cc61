"""Pasted values: whatever came along is taken off exactly, and what is not recognised is left as it is."""

from __future__ import annotations

import json
import string
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plug import CLIENT_ID as AN_ID
from plug import CLIENT_SECRET as A_SECRET
from plug import REFRESH_TOKEN as A_TOKEN
from purveyor.common.lenient import identifier
from purveyor.profiles import pasting, shapes
from purveyor.profiles.pasting import Parts, Tidied, is_block, kind_of, take_apart, tidy
from purveyor.profiles.shapes import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, VENDOR_CODES

pytestmark = pytest.mark.unit

HEX = "0123456789abcdef"
LETTERS = string.ascii_letters + string.digits
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202a\u00a0\u202f\x00"
BLANKS = " \t\n\r\u00a0\u2003\u3000"
AROUND = ["", '"', "'", "`", "“", "„", "«", "(", "[", "<", '["', "{'"]
ENDS = ["", '"', "'", "`", "”", "“", "»", ")", "]", ">", '",', "';", ",", ";"]
LABELS: dict[str, list[str]] = {
    CLIENT_ID: ["Client ID", "client_id", "LWA client identifier", "Client-Kennung", "CLIENT ID (LWA)"],
    CLIENT_SECRET: ["Client secret", "client_secret", "LWA_CLIENT_SECRET", "Clientgeheimnis", "Secret"],
    REFRESH_TOKEN: ["Refresh token", "refresh_token", "SP-API refresh token", "Refresh Token (DE)"],
    VENDOR_CODES: ["Vendor code", "vendor_codes", "Vendor Codes", "Lieferantencode"],
}
SEPARATORS = [": ", ":", " = ", "=", " : ", " -> ", ":\t"]


def texts(alphabet: str, shortest: int, longest: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=shortest, max_size=longest)


client_ids = texts(LETTERS, 8, 60).map(lambda t: f"amzn1.application-oa2-client.{t}")
secrets = st.one_of(texts(HEX, 64, 64), texts(LETTERS, 32, 80).map(lambda t: f"amzn1.oa2-cs.v1.{t}"))
tokens = texts(LETTERS + "|-_", 8, 400).map(lambda t: f"Atzr|{t}")
codes = st.lists(
    texts(string.ascii_uppercase + string.digits, 5, 5).filter(
        lambda t: any(c.isalpha() for c in t) and t not in pasting._WORDS
    ),
    min_size=1,
    max_size=3,
    unique=True,
)
VALUES = {CLIENT_ID: client_ids, CLIENT_SECRET: secrets, REFRESH_TOKEN: tokens}


@st.composite
def sprinkled(draw: st.DrawFn, value: str, stray: str = INVISIBLE + BLANKS) -> str:
    """The value with characters in it that nobody sees."""
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(value)))
        value = value[:at] + draw(st.sampled_from(stray)) + value[at:]
    return value


@st.composite
def decorated(draw: st.DrawFn) -> tuple[str, str, str]:
    """A field, a value of it, and the value as somebody may paste it."""
    field = draw(st.sampled_from(sorted(VALUES)))
    value = draw(VALUES[field])
    label = draw(st.sampled_from(["", *LABELS[field]]))
    front = label + draw(st.sampled_from(SEPARATORS)) if label else ""
    ends = draw(st.sampled_from(AROUND)), draw(st.sampled_from(ENDS))
    edges = draw(texts(BLANKS, 0, 3)), draw(texts(BLANKS, 0, 3))
    return field, value, edges[0] + front + ends[0] + draw(sprinkled(value)) + ends[1] + edges[1]


@given(decorated())
@settings(max_examples=400)
def test_value_is_recovered_exactly_from_any_decoration(made: tuple[str, str, str]) -> None:
    field, value, pasted = made
    found = tidy(pasted)
    assert found.value == value
    assert shapes.problem_of(field, found.value) is None
    assert bool(found.taken_off) == (pasted != value)


@given(st.one_of(st.text(max_size=200), texts(string.printable, 0, 200)))
@settings(max_examples=400)
def test_what_is_not_recognised_is_not_altered_in_silence(text: str) -> None:
    found = tidy(text)
    known = any(look.fullmatch(found.value) for look in pasting._FIND.values())
    assert known or found.value == identifier(text)
    assert found.value == text or found.taken_off
    assert not found.value or found.value in identifier(text)


@given(decorated())
@settings(max_examples=100)
def test_tidying_twice_is_tidying_once(made: tuple[str, str, str]) -> None:
    once = tidy(made[2]).value
    assert tidy(once) == Tidied(once)


@given(decorated(), st.sampled_from(sorted(VALUES)))
@settings(max_examples=200)
def test_no_message_repeats_a_value(made: tuple[str, str, str], field: str) -> None:
    value = tidy(made[2]).value
    said = [shapes.problem_of(field, value), *shapes.vendor_codes([value])[1]]
    assert [problem for problem in said if problem and value in problem.message] == []
    assert value not in repr(tidy(made[2]))
    assert value not in repr(take_apart(made[2]))


@st.composite
def blocks(draw: st.DrawFn) -> tuple[Parts, str]:
    """All four values, and a text that holds them."""
    values: dict[str, Any] = {field: draw(VALUES[field]) for field in VALUES}
    found = draw(codes)
    order = draw(st.permutations([*values, VENDOR_CODES]))
    wanted = Parts(values, tuple(found))
    if draw(st.booleans()):
        names = {field: draw(st.sampled_from(LABELS[field])) for field in order}
        shown = {field: found if field == VENDOR_CODES else values[field] for field in order}
        table = {names[field]: shown[field] for field in order}
        return wanted, json.dumps(
            draw(st.sampled_from([table, {"app": table}, [table]])), indent=draw(st.sampled_from([None, 2]))
        )
    labelled, quote = draw(st.booleans()), draw(st.sampled_from(["", '"', "'"]))
    lines = []
    for field in order:
        value = ", ".join(found) if field == VENDOR_CODES else quote + values[field] + quote
        front = draw(st.sampled_from(LABELS[field])) + draw(st.sampled_from(SEPARATORS)) if labelled else ""
        lines.append(front + value)
    between = draw(st.sampled_from(["\n", "\r\n", "\n\n", "\u2028", " \n\t", ";\n", ",\n"]))
    return wanted, draw(texts(BLANKS, 0, 2)) + between.join(lines) + draw(texts(BLANKS, 0, 2))


@given(blocks())
@settings(max_examples=400)
def test_block_of_all_four_is_taken_apart_in_any_order(made: tuple[Parts, str]) -> None:
    wanted, text = made
    found = take_apart(text)
    assert (dict(found.values), found.vendor_codes, found.doubtful) == (dict(wanted.values), wanted.vendor_codes, ())
    assert is_block(text)


@given(blocks(), st.data())
@settings(max_examples=100)
def test_block_survives_characters_nobody_sees(made: tuple[Parts, str], data: st.DataObject) -> None:
    wanted, text = made
    found = take_apart(data.draw(sprinkled(text, "\u200b\u200d\ufeff\u00ad\u2060")))
    assert (dict(found.values), found.vendor_codes) == (dict(wanted.values), wanted.vendor_codes)


def test_block_with_two_client_ids_takes_neither() -> None:
    found = take_apart(f"{AN_ID}\n{AN_ID}0\n{A_SECRET}")
    assert (dict(found.values), found.doubtful) == ({CLIENT_SECRET: A_SECRET}, (CLIENT_ID,))


def test_block_of_json_takes_a_secret_of_an_unknown_shape_by_its_name() -> None:
    found = take_apart(json.dumps({"clientSecret": "a-shape-of-next-year", "note": "something else"}))
    assert dict(found.values) == {CLIENT_SECRET: "a-shape-of-next-year"}


@pytest.mark.parametrize("text", ["", "no values here", "{", "[1, 2]", "Client ID:", "[" * 5000])
def test_text_without_values_has_no_parts(text: str) -> None:
    assert take_apart(text) == Parts()
    assert not is_block(text)


@pytest.mark.parametrize("value", [AN_ID, A_SECRET, A_TOKEN])
def test_single_value_is_no_block(value: str) -> None:
    assert not is_block(value)


def test_kind_knows_a_vendor_code_where_another_value_belongs() -> None:
    assert [kind_of(v) for v in (AN_ID, A_SECRET, A_TOKEN, "ACME1", "acme1", "12345")] == [
        CLIENT_ID,
        CLIENT_SECRET,
        REFRESH_TOKEN,
        VENDOR_CODES,
        None,
        None,
    ]


def test_taken_off_names_what_went() -> None:
    assert tidy(f'Client ID: "{AN_ID}",').taken_off == ("around", "label")
    assert tidy(f" {AN_ID}\n").taken_off == ("blanks",)
    assert tidy(AN_ID).taken_off == ()


@pytest.mark.parametrize(
    "text",
    [
        "vendor codes" + " " * 20_000 + "_",
        "vendor code: ACME1" + " " * 20_000 + "-",
        "a" + " " * 10_000 + ":" + " " * 10_000 + "x",
        "=" * 1_000_000,
    ],
)
def test_long_runs_of_blanks_and_signs_are_read_in_no_time(text: str) -> None:
    began = time.process_time()
    assert pasting.take_apart(text).values == {}
    assert pasting.tidy(text).value == identifier(text)
    assert time.process_time() - began < 5
