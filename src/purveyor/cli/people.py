"""People and API tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from purveyor.cli.door import Command, read_stdin, table
from purveyor.common.errors import NotFound


@click.group()
def user() -> None:
    """People: add, list, change."""


def _show_user(answer: dict[str, Any]) -> str:
    return table([answer], ["name", "role", "profile"], "")


@user.command("add", cls=Command, show=_show_user)
@click.argument("name")
@click.option(
    "--role", required=True, help="vendor-manager, commerce, manufacturing, warehouse, finance, integrator, …"
)
@click.option("--profile", help="The profile the role is for; without it, every profile.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from standard input.")
def user_add(name: str, role: str, profile: str | None, password_stdin: bool) -> dict[str, Any]:
    """Add a person with a role. The password is read from standard input, never from the arguments."""
    from purveyor.people.domain.users import add_user
    from purveyor.people.who import Who

    password = read_stdin("the password").rstrip("\r\n")
    added = add_user(name, password, role, profile, who=Who.cli())
    return {"name": added.username, "role": role, "profile": profile}


def _show_users(answer: dict[str, Any]) -> str:
    return table(answer["users"], ["name", "active", "second_factor", "roles"], "No user yet; start the hub to set up.")


@user.command("list", cls=Command, show=_show_users)
def user_list() -> dict[str, Any]:
    """List people with their roles."""
    from purveyor.people.schemas import people, person_row, with_second_factor

    second = with_second_factor()
    return {"users": [person_row(p, second) for p in people()]}


def _show_rights(answer: dict[str, Any]) -> str:
    rows = [row | {"profile": row["profile"] or "every profile"} for row in answer["rights"]]
    return table(rows, ["name", "profile", "roles", "permissions"], "Nobody.")


@user.command("rights", cls=Command, show=_show_rights)
@click.option("--profile", default="", help="Only on this profile.")
@click.option("--permission", default="", help="Only who holds this one, such as orders.acknowledge.")
def user_rights(profile: str, permission: str) -> dict[str, Any]:
    """Show who may what, profile by profile."""
    from purveyor.people.domain.rights import rights
    from purveyor.people.schemas import right_row
    from purveyor.people.who import Who

    return {"rights": [right_row(one) for one in rights(Who.cli(), profile, permission)]}


@user.command("password", cls=Command)
@click.argument("name")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the new password from standard input.")
def user_password(name: str, password_stdin: bool) -> dict[str, Any]:
    """Give a person a new password and end their sessions."""
    from purveyor.people.domain.users import find_user, set_password
    from purveyor.people.who import Who

    found = find_user(name)
    set_password(found, read_stdin("the password").rstrip("\r\n"), who=Who.cli())
    return {"name": found.username, "password": "changed"}


@user.command("grant", cls=Command)
@click.argument("name")
@click.argument("role")
@click.option("--profile", help="The profile the role is for; without it, every profile.")
def user_grant(name: str, role: str, profile: str | None) -> dict[str, Any]:
    """Give a person a role."""
    from purveyor.people.domain.users import find_user, grant
    from purveyor.people.who import Who

    grant(find_user(name), role, profile, who=Who.cli())
    return {"name": name, "role": role, "profile": profile}


@user.command("take-back", cls=Command)
@click.argument("name")
@click.argument("role")
@click.option("--profile", help="The profile the role was for; without it, every profile.")
def user_take_back(name: str, role: str, profile: str | None) -> dict[str, Any]:
    """Take a role back from a person."""
    from purveyor.people.domain.users import find_user, take_back
    from purveyor.people.who import Who

    take_back(find_user(name), role, profile, who=Who.cli())
    return {"name": name, "role": role, "profile": profile}


@user.command("deactivate", cls=Command)
@click.argument("name")
def user_deactivate(name: str) -> dict[str, Any]:
    """Close a person's account; their tokens stop working at once."""
    from purveyor.people.domain.users import deactivate, find_user
    from purveyor.people.who import Who

    found = find_user(name)
    deactivate(found, who=Who.cli())
    return {"name": found.username, "active": False}


@user.command("activate", cls=Command)
@click.argument("name")
def user_activate(name: str) -> dict[str, Any]:
    """Let a person in again; their tokens stay revoked."""
    from purveyor.people.domain.users import activate, find_user
    from purveyor.people.who import Who

    found = find_user(name)
    activate(found, who=Who.cli())
    return {"name": found.username, "active": True}


@user.command("second-factor-off", cls=Command)
@click.argument("name")
def user_second_factor_off(name: str) -> dict[str, Any]:
    """Switch a person's second factor off, when their telephone is lost."""
    from purveyor.people.domain.second_factor import remove_second_factor
    from purveyor.people.domain.users import find_user
    from purveyor.people.who import Who

    found = find_user(name)
    remove_second_factor(found, who=Who.cli())
    return {"name": found.username, "second_factor": False}


def _owner(owner: str | None, name: str) -> Any:
    """Who a token belongs to: as said, else the user of that name, else the only administrator."""
    from purveyor.people.domain.users import find_user
    from purveyor.people.models import User
    from purveyor.people.permissions import ADMINISTRATOR

    if owner:
        return find_user(owner)
    if same := User.objects.filter(username=name.lower(), is_active=True).first():
        return same
    found = User.objects.filter(is_active=True, grants__role=ADMINISTRATOR, grants__profile=None).distinct()[:2]
    if len(found) != 1:
        raise click.UsageError("say with --user whose token it is")
    return found[0]


@click.group()
def token() -> None:
    """API tokens: make, list, revoke."""


@token.command("add", cls=Command, show=lambda a: f"{a['token']}\n(shown once; keep it safe)")
@click.argument("name")
@click.option(
    "--user", "owner", help="Whose token it is: it can never do more than they can. The only administrator's."
)
@click.option("--scope", "scopes", multiple=True, required=True, help="A permission, such as orders.view. Repeatable.")
@click.option("--profile", help="Only for this profile.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long it works.")
def token_add(name: str, owner: str | None, scopes: tuple[str, ...], profile: str | None, days: int) -> dict[str, Any]:
    """Make an API token. It is printed once and stored only as a hash."""
    from purveyor.people.domain.tokens import make_token
    from purveyor.people.who import Who

    made, plain = make_token(
        _owner(owner, name), name, list(scopes), profile=profile, expires_in=timedelta(days=days), who=Who.cli()
    )
    return {
        "token": plain,
        "name": made.name,
        "prefix": made.prefix,
        "scopes": made.scopes,
        "expires_at": made.expires_at,
    }


def _show_tokens(answer: dict[str, Any]) -> str:
    return table(answer["tokens"], ["prefix", "name", "user", "scopes", "expires_at", "revoked_at"], "No token yet.")


@token.command("list", cls=Command, show=_show_tokens)
def token_list() -> dict[str, Any]:
    """List tokens; never their secrets."""
    from purveyor.people.schemas import token_row, tokens

    return {"tokens": [token_row(t) for t in tokens()]}


@token.command("revoke", cls=Command)
@click.argument("prefix")
def token_revoke(prefix: str) -> dict[str, Any]:
    """Revoke a token by its prefix."""
    from purveyor.people.domain.tokens import revoke
    from purveyor.people.models import Token
    from purveyor.people.who import Who

    found = Token.objects.filter(prefix=prefix).select_related("user").first()
    if found is None:
        raise NotFound(f"there is no token {prefix}", hint="purveyor token list shows them.")
    revoke(found, who=Who.cli())
    return {"prefix": prefix, "revoked": True}
