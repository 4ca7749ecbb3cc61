"""The pages of the documentation that are made from code, so that they cannot rot.

python -m purveyor.cli.docs states   > docs/developer/states.md
python -m purveyor.cli.docs commands > docs/admin/commands.md
python -m purveyor.cli.docs errors   > docs/developer/errors.md
python -m purveyor.cli.docs alerts   > docs/admin/alerts.md
python -m purveyor.cli.docs events   > docs/developer/events.md
python -m purveyor.cli.docs files    > docs/admin/files.md
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import TYPE_CHECKING

import click

import purveyor
from purveyor.common.errors import PurveyorError

if TYPE_CHECKING:
    from purveyor.base.filekinds import Kind

_EVERYWHERE = {"--help", "--json"}


def states() -> str:
    """docs/developer/states.md: every state machine with its arrows."""
    from purveyor.alerts.states import ALERT, DELIVERY, NOTICE
    from purveyor.channels.states import UPLOAD
    from purveyor.jobs.states import RUN
    from purveyor.offers.states import OFFER, STAGE
    from purveyor.orders.states import DECISION, FINDING, ORDER, REQUEST
    from purveyor.outbox.states import DOCUMENT
    from purveyor.warehouse.states import PACKING, PICK_LIST, PICK_RESULT

    head = _head(
        "States",
        "states",
        "Every change of state goes through `base.transition.move`, along one of these arrows and no other way, and\n"
        "the audit tells it. Deliveries and notices alone change many at a time and untold: telling each would be one\n"
        "more event to deliver. The letters are those of the drawings and of the tests.",
    )
    of_orders = (ORDER, FINDING, DECISION, REQUEST, OFFER, STAGE, DOCUMENT, PICK_LIST, PICK_RESULT, PACKING)
    machines = (*of_orders, RUN, ALERT, DELIVERY, NOTICE, UPLOAD)
    return "\n".join([head, *(machine.draw() for machine in machines)])


def commands() -> str:
    """docs/admin/commands.md: every command with its arguments and options."""
    from purveyor.cli.main import cli

    head = _head(
        "Commands",
        "commands",
        "Every command takes `--json` and then prints one JSON document on standard output; progress and logs go to\n"
        'standard error. It ends with 0 (done), 1 (refused or failed, `{"error": {"code", "message", "remedy",\n'
        '"request_id"}}`) or 2 (wrong usage). Secrets and passwords are read from standard input, never from the\n'
        "arguments.",
    )
    return head + "\n" + "\n".join(_command(path, found) for path, found in _tree(cli, "purveyor"))


def _tree(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from _tree(found, f"{path} {name}")
        elif found is not None:
            yield f"{path} {name}", found


def _command(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    lines = [f"## {path}", "", _paragraphs(command.help or ""), "", f"`{usage}`", ""]
    options = [p for p in command.get_params(context) if isinstance(p, click.Option) and not _EVERYWHERE & set(p.opts)]
    rows = [record for option in options if (record := option.get_help_record(context))]
    if rows:
        lines += ["| option | meaning |", "| --- | --- |"]
        lines += [f"| `{_cell(flags)}` | {_cell(words)} |" for flags, words in rows]
        lines.append("")
    return "\n".join(lines)


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def errors() -> str:
    """docs/developer/errors.md: every kind of error with its code, remedy and meaning, and the codes given in place."""
    from purveyor.api.problems import status_of

    lines = [
        _head(
            "Errors",
            "errors",
            "Every door shows an error in the same shape: a code that stays, a sentence, the remedy, and Amazon's\n"
            "request id where Amazon had a part.",
        ),
        "| code | kind | remedy | REST | meaning | what helps |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for kind in sorted(_kinds(), key=lambda k: (k.code, k.__name__)):
        meaning, helps = _cell((kind.__doc__ or "").strip().split("\n\n")[0]), getattr(kind, "usual_hint", "")
        status = status_of(kind.__new__(kind)).value
        lines.append(f"| `{kind.code}` | {kind.__name__} | {kind.remedy} | {status} | {meaning} | {helps} |")
    lines += ["", "## Codes given in place", "", "| code | given by |", "| --- | --- |"]
    known = {kind.code for kind in _kinds()}
    given = {(code, where) for code, where in _given() if code not in known}
    lines += [f"| `{code}` | `{where}` |" for code, where in sorted(given)]
    return "\n".join(lines) + "\n"


def alerts() -> str:
    """docs/admin/alerts.md: every kind of alert, when it is raised and what ends it."""
    from purveyor.alerts.kinds import KINDS

    lines = [
        _head(
            "Alerts",
            "alerts",
            "An alert says what a person has to know though no page of its own shows it. There is one per cause while\n"
            "it stands; other words and another severity go into it. One that a person took is open again when it\n"
            "becomes worse. The page *Alerts*, `purveyor alert list` and `GET /api/v1/alerts` list them.",
        ),
        "| kind | raised when | ends when | by hand |",
        "| --- | --- | --- | --- |",
    ]
    for kind in sorted(KINDS.values(), key=lambda one: one.name):
        hand = "yes" if kind.by_hand else ""
        lines.append(f"| `{kind.name}` | {_cell(str(kind.sentence))} | {_cell(str(kind.ends))} | {hand} |")
    return "\n".join(lines) + "\n"


def events() -> str:
    """docs/developer/events.md: every type of event, its version, and what it carries."""
    from purveyor.audit.actions import ACTIONS

    lines = [
        _head(
            "Events",
            "events",
            "Every entry of the audit is an event for the webhooks that take it; [webhooks.md](webhooks.md) says how\n"
            "they come. All have the same shape: `id`, `type`, `version`, `at`, `profile`, `object` (`kind`, `id`,\n"
            "`name`), `by`, `old`, `new`, `because`. `GET /api/v1/events/schemas` and `purveyor webhook schemas` give\n"
            "the JSON schema of each type. A version rises when a field goes or changes its meaning; fields may be\n"
            "added without one.",
        ),
        "| type | version | what happened | fields of `old` and `new` |",
        "| --- | --- | --- | --- |",
    ]
    for name, action in sorted(ACTIONS.items()):
        sentence = _cell(str(action.sentence).replace("%(", "{").replace(")s", "}"))
        fields = "any" if action.fields is None else ", ".join(f"`{one}`" for one in action.fields) or "none"
        lines.append(f"| `{name}` | {action.version} | {sentence} | {fields} |")
    return "\n".join(lines) + "\n"


def _kinds() -> list[type[PurveyorError]]:
    """Every kind of error there is in the product."""
    for module in _modules():
        import_module(module)

    def below(kind: type[PurveyorError]) -> Iterator[type[PurveyorError]]:
        yield kind
        for one in kind.__subclasses__():
            yield from below(one)

    return [kind for kind in dict.fromkeys(below(PurveyorError)) if kind.__module__.startswith("purveyor.")]


def _modules() -> Iterator[str]:
    for found in walk_packages(purveyor.__path__, "purveyor."):
        apart = (".migrations", ".__main__", ".wsgi", ".engines.distributed", ".docs")
        if not any(part in found.name for part in apart):
            yield found.name


def _given() -> Iterator[tuple[str, str]]:
    """The codes that calls name in the source: ``Refused(..., code="…")``, ``problem("…", …)``."""
    root = Path(purveyor.__file__).parent
    for file in sorted(root.rglob("*.py")):
        module = ".".join(file.relative_to(root).with_suffix("").parts)
        if module.startswith("simulator"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (code := _code(node)):
                yield code, module


def _code(call: ast.Call) -> str:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    found = next((k.value for k in call.keywords if k.arg == "code"), None)
    if found is None and name == "problem" and call.args:
        found = call.args[0]
    said = found.value if isinstance(found, ast.Constant) else ""
    return said if isinstance(said, str) and " " not in said else ""


def _head(title: str, name: str, text: str) -> str:
    return f"# {title}\n\n<!-- Made by: python -m purveyor.cli.docs {name} -->\n\n{text}\n"


def files() -> str:
    """docs/admin/files.md: every kind of file with its columns and the heads they are found by."""
    from purveyor.base import filekinds

    head = _head(
        "Files",
        "files",
        "What a file of each kind may hold. The columns may stand in any order, beside others that nobody needs, and\n"
        "go by any of their heads, in English or German, however they are spaced or capitalised; a saved mapping\n"
        "names others. *Needed* columns are filled in every row. `purveyor file import KIND FILE --dry-run` says what\n"
        "would be taken.",
    )
    return "\n".join([head, *(_file(kind) for kind in filekinds.kinds() if kind.columns)])


def _file(kind: Kind) -> str:
    lines = [f"## {kind.label} (`{kind.name}`)", "", str(kind.sentence), ""]
    lines += ["| column | what it is | needed | also found as |", "| --- | --- | --- | --- |"]
    one_of = {name for group in kind.one_of for name in group}
    for column in kind.columns:
        needed = "yes" if column.needed else "one of these" if column.name in one_of else ""
        heads = ", ".join(head for head in column.heads if head != str(column.label))
        lines.append(f"| `{column.name}` | {column.label} | {needed} | {heads} |")
    return "\n".join([*lines, ""])


PAGES: dict[str, Callable[[], str]] = {
    "states": states,
    "commands": commands,
    "errors": errors,
    "alerts": alerts,
    "events": events,
    "files": files,
}


def _start() -> ModuleType:
    from purveyor.cli.door import boot

    boot()
    return purveyor


def main() -> None:
    """Write the page named on the command line to standard output, in English."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in PAGES:
        sys.exit(f"usage: python -m purveyor.cli.docs {'|'.join(PAGES)}")
    if name in ("errors", "alerts", "events", "files"):
        _start()
    sys.stdout.write(PAGES[name]())


if __name__ == "__main__":
    main()
