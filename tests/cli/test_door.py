"""Every command: one JSON document, one shape of error, three ways to end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import click
import pytest

from purveyor.cli import door, status
from purveyor.cli.door import Command, Failed, Root
from purveyor.cli.main import COMMANDS, cli
from purveyor.common.errors import NotFound, Problem, Refused

pytestmark = pytest.mark.unit


def tree(answer: Any, **more: Any) -> Root:
    """A tree with one command ``do`` that answers or raises."""

    def do() -> Any:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    class Tree(Root):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            return Command(name="do", callback=do, django=False, **more) if cmd_name == "do" else None

    return Tree(name="tree", lazy={"do": ""})


def ends(root: Root, *arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        root.main(list(arguments))
    assert isinstance(caught.value.code, int)
    return caught.value.code


def test_answer_is_shown_or_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    answer = {"name": "a", "at": datetime(2026, 3, 2, 9, tzinfo=UTC), "cost": Decimal("4.20"), "day": date(2026, 3, 2)}
    root = tree(answer, show=lambda a: f"It is {a['name']}.")
    assert ends(root, "do") == status.DONE
    assert capsys.readouterr().out == "It is a.\n"
    assert ends(root, "do", "--json") == status.DONE
    told = json.loads(capsys.readouterr().out)
    assert told == {"name": "a", "at": "2026-03-02T09:00:00Z", "cost": "4.20", "day": "2026-03-02"}


def test_answer_without_show_is_told_fact_by_fact(capsys: pytest.CaptureFixture[str]) -> None:
    ends(tree({"name": "a", "is_on": True, "none": None, "codes": ["x", "y"], "inner": {"a": 1}}), "do")
    assert capsys.readouterr().out == "name   a\nis on  yes\nnone\ncodes  x, y\n"


def test_not_ok_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(tree({"ok": False}), "do", "--json") == status.FAILED
    assert json.loads(capsys.readouterr().out) == {"ok": False}
    assert ends(tree({"ok": True}), "do") == status.DONE


def test_refusal_names_every_problem(capsys: pytest.CaptureFixture[str]) -> None:
    error = Refused("No.", [Problem("Too much.", "lines[1]", "AC-02"), Problem("Bad.")], hint="Try less.")
    assert ends(tree(error), "do") == status.FAILED
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "No.\n  lines[1]: Too much. [AC-02]\n  Bad.\n  Try less.\n")


def test_refusal_as_json_stands_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    error = Refused("No.", [Problem("Too much.", "lines[1]", "AC-02")])
    assert ends(tree(error), "do", "--json") == status.FAILED
    shown = capsys.readouterr()
    assert shown.err == ""
    assert json.loads(shown.out) == {
        "error": {
            "code": "refused",
            "message": "No.",
            "remedy": "mend the data",
            "request_id": "",
            "problems": [{"message": "Too much.", "where": "lines[1]", "check": "AC-02"}],
        }
    }


def test_partly_failed_shows_the_whole_answer_beside_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(tree(Failed("1 of 2.", {"done": [1]})), "do", "--json") == status.FAILED
    told = json.loads(capsys.readouterr().out)
    assert (told["done"], told["error"]["code"], told["error"]["message"]) == ([1], "partly-refused", "1 of 2.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "No such command 'nothing'."),
        (["do", "--what"], "No such option '--what'."),
        (["do", "more"], "Got unexpected extra argument (more)"),
    ],
)
def test_wrong_usage_is_2(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    assert ends(tree({}), *arguments) == status.USAGE
    shown = capsys.readouterr()
    assert (shown.out, message in shown.err) == ("", True)
    assert ends(tree({}), *arguments, "--json") == status.USAGE
    shown = capsys.readouterr()
    assert (json.loads(shown.out)["error"]["code"], shown.err) == ("usage", "")
    assert json.loads(shown.out)["error"]["message"].startswith(message.split("(", maxsplit=1)[0])


def test_no_command_at_all_shows_the_help_and_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(cli) == status.USAGE
    assert "Usage: " in capsys.readouterr().err


def test_help_and_version_are_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert [ends(cli, option) for option in ("--help", "-h", "--version")] == [status.DONE] * 3
    assert capsys.readouterr().err == ""


def test_unforeseen_failure_shows_its_kind_and_nothing_of_its_words(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert ends(tree(ZeroDivisionError("at the till")), "do", "--json") == status.FAILED
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["code"], error["remedy"]) == ("internal", "tell the developer")
    assert ("ZeroDivisionError" in error["message"], "till" in error["message"]) == (True, False)
    assert [record.exc_info is not None for record in caplog.records] == [True]


def test_stopped_by_hand_is_a_failure_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for error in (KeyboardInterrupt(), click.Abort()):
        assert ends(tree(error), "do") == status.FAILED
        assert capsys.readouterr().err.strip() == "Stopped."


def test_a_status_of_its_own_stays() -> None:
    assert [ends(tree(SystemExit(given)), "do") for given in (0, 3, "words")] == [0, 3, status.FAILED]


def test_reader_gone_is_a_silent_failure(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(sys, "stdout", sys.stdout)  # put back afterwards
    assert ends(tree(BrokenPipeError()), "do") == status.FAILED
    assert capsys.readouterr().err == ""


def test_table_aligns_and_says_when_it_is_empty() -> None:
    rows = [{"a": "x", "b": None}, {"a": "longer", "b": {"message": "why"}}]
    assert door.table(rows, ["a", "b"], "None.") == "A       B\nx\nlonger  why"
    assert door.table([], ["a"], "None.") == "None."


def test_errors_of_amazon_show_the_request_id(capsys: pytest.CaptureFixture[str]) -> None:
    from purveyor.amazon.errors import ServerError

    ends(tree(ServerError("Amazon is ill.", request_id="abc-1", status=503, operation="getPurchaseOrders")), "do")
    assert "Amazon's request id: abc-1" in capsys.readouterr().err
    ends(tree(NotFound("None.")), "do")
    assert "request id" not in capsys.readouterr().err


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(click.Context(group)):
        found = group.get_command(click.Context(group), name)
        if isinstance(found, click.Group):
            yield from commands(found, f"{path}{name} ")
        elif found is not None:
            yield f"{path}{name}", found


def test_every_command_speaks_json_and_says_what_it_is_for() -> None:
    found = dict(commands(cli))
    assert len(found) > 40
    assert [name for name, one in found.items() if not isinstance(one, Command)] == []
    assert [name for name, one in found.items() if not (one.help or "").strip()] == []
    options = {(name, p.opts[0]): p for name, one in found.items() for p in one.params if isinstance(p, click.Option)}
    assert [key for key, option in options.items() if not option.help] == []
    assert {name for name, _flag in options} == set(found)


def test_no_command_takes_a_secret_as_an_argument() -> None:
    words = ("password", "secret", "token", "key")
    found = [
        (name, p.opts)
        for name, one in commands(cli)
        for p in one.params
        if any(word in opt for word in words for opt in p.opts) and not p.is_flag  # type: ignore[attr-defined]  # options alone are looked at
    ]
    assert found == []


def test_every_order_and_outbox_command_that_names_one_takes_a_profile() -> None:
    without = ("outbox hold", "outbox release")
    found = {
        name: any("--profile" in p.opts for p in one.params)
        for name, one in commands(cli)
        if name.startswith(("order ", "outbox ")) and name not in without
    }
    assert set(found.values()) == {True}


def test_every_name_of_the_tree_leads_somewhere() -> None:
    assert [name for name in COMMANDS if cli.get_command(click.Context(cli), name) is None] == []
