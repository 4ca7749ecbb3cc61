"""What vendors do in the portal: register as developer, make apps, authorise them for a group, rotate, revoke.

The verbs change the world and raise Refused in words for the person who clicked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from purveyor.common import clock
from purveyor.common.errors import NotFound, Refused
from purveyor.simulator.accounts import OTHER_GROUPS, Account, Group, complete
from purveyor.simulator.apps import API_TYPES, MOST_AUTHORISATIONS, ROLES, SECRET_LIFE, SP_API, App, Developer, Person
from purveyor.simulator.mint import Mint
from purveyor.simulator.model import stamp

if TYPE_CHECKING:
    from purveyor.simulator.world import World

LONGEST_NAME = 60


def people(mint: Mint) -> tuple[Person, ...]:
    """Who may sign in: the accounts' primary user, and a colleague who may not do everything."""
    return (
        Person(user=mint.user("primary"), name="Petra Muster", password=mint.password("primary"), primary=True),
        Person(user=mint.user("colleague"), name="Karl Beispiel", password=mint.password("colleague")),
    )


# ── groups ──────────────────────────────────────────────────────────────────────────────────────────────────────


def groups(world: World) -> list[Group]:
    """The vendor groups that can be chosen: those of the accounts the world was given, then the other ones."""
    found: dict[str, Group] = {}
    for account in world.accounts:
        if not account.sandbox and account.group not in found:
            found[account.group] = Group(account.group, account.name, account.marketplace, account.vendor_codes)
    known = {group.key: group for group in OTHER_GROUPS}
    return [known.get(key, group) for key, group in found.items() if key not in known] + list(OTHER_GROUPS)


def group_of(world: World, group_id: str) -> Group:
    """The group that stands behind an id. Raises NotFound."""
    found = next((group for group in groups(world) if group.id == group_id), None)
    if found is None:
        raise NotFound(f"no account {group_id}")
    return found


# ── developer ───────────────────────────────────────────────────────────────────────────────────────────────────


def register(
    world: World, group: Group, *, organisation: str, contact: str, email: str, roles: Iterable[str]
) -> Developer:
    """Register as developer for a group. Raises Refused when it is registered already or something is missing."""
    if group.key in world.developers:
        raise Refused(f"{group.name} is registered as developer already.")
    wanted = _known(roles)
    for what, given in (("organisation", organisation), ("contact name", contact), ("e-mail address", email)):
        if not given.strip():
            raise Refused(f"Fill in the {what}.")
    if "@" not in email:
        raise Refused("The e-mail address lacks an @.")
    found = Developer(
        group=group.key,
        organisation=organisation.strip(),
        contact=contact.strip(),
        email=email.strip(),
        registered_at=stamp(),
        roles={},
    )
    _request(world, found, wanted)
    return found


def request_roles(world: World, developer: Developer, roles: Iterable[str]) -> list[str]:
    """Ask for more roles; answers those that are new. Raises Refused for none."""
    wanted = [name for name in _known(roles) if name not in developer.roles]
    if not wanted:
        raise Refused("Tick a role you do not have yet.")
    _request(world, developer, wanted)
    return wanted


def _request(world: World, developer: Developer, wanted: list[str]) -> None:
    """Most roles are approved at once; a restricted one after a while."""
    now = stamp()
    wait = world.delay(world.settings.approval_delay)
    with world.writing():
        developer.roles |= {name: now + wait if ROLES[name].restricted else now for name in wanted}
        world.developers[developer.group] = developer
        world.store.save_developer(developer)


def _known(roles: Iterable[str]) -> list[str]:
    """The roles in the order of the list. Raises Refused for none, or one nobody knows."""
    given = set(roles)
    if not given:
        raise Refused("Tick at least one role.")
    if unknown := given - set(ROLES):
        raise Refused(f"There is no role {min(unknown)}.")
    return [name for name in ROLES if name in given]


# ── apps ────────────────────────────────────────────────────────────────────────────────────────────────────────


def apps_of(world: World, group: Group) -> list[App]:
    """The apps the console of a group shows: its own, then those that came with the stand-in."""
    own = [app for app in world.apps.values() if app.developer == group.key]
    given = {one.client_id for one in world.accounts if one.group == group.key and not one.app.developer}
    return own + [app for app in world.apps.values() if app.client_id in given]


def app_of(world: World, group: Group, client_id: str) -> App:
    """One app of a group's console. Raises NotFound."""
    found = next((app for app in apps_of(world, group) if app.client_id == client_id), None)
    if found is None:
        raise NotFound(f"no app {client_id}")
    return found


def add_app(
    world: World, developer: Developer, *, name: str, api_type: str, roles: Iterable[str], delegates_pii: bool | None
) -> App:
    """Make an app client with its first secret; it is a draft. ``delegates_pii`` None: the question was not answered.

    Raises Refused for a name that is missing or taken, another API type, a role that is not approved.
    """
    label = _app_name(world, developer.group, name)
    if api_type != SP_API:
        known = f"Choose the API type {SP_API}."
        raise Refused(f"{known} This simulator makes no other." if api_type in API_TYPES else known)
    wanted = _approved(developer, roles)
    if delegates_pii is None:
        raise Refused("Answer whether access to PII is delegated.")
    now, place = stamp(), f"app:{developer.group}:{len(world.apps)}"
    app = App(
        client_id=world.mint.client_id(place),
        client_secret=world.mint.client_secret(place),
        name=label,
        developer=developer.group,
        roles=wanted,
        delegates_pii=delegates_pii,
        created_at=now,
        secret_expires_at=now + SECRET_LIFE,
    )
    with world.writing():
        world.apps[app.client_id] = app
        world.store.save_app(app)
    return app


def edit_app(world: World, developer: Developer, app: App, *, name: str, roles: Iterable[str]) -> tuple[str, ...]:
    """Change an app's name and roles; answers the roles it gained, which need authorising anew.

    Raises NotFound for an app that is not the developer's: another's, or one that came with the simulator.
    """
    if app.developer != developer.group:
        raise NotFound(f"no app {app.client_id} of {developer.organisation}")
    label, wanted = _app_name(world, developer.group, name, app), _approved(developer, roles)
    gained = tuple(role for role in wanted if role not in app.roles)
    with world.writing():
        app.name, app.roles = label, wanted
        world.store.save_app(app)
    return gained


def _app_name(world: World, group: str, name: str, app: App | None = None) -> str:
    label = " ".join(name.split())
    if not label:
        raise Refused("Fill in the app name.")
    if len(label) > LONGEST_NAME:
        raise Refused(f"The app name has more than {LONGEST_NAME} characters.")
    if any(one.name == label and one is not app for one in world.apps.values() if one.developer == group):
        raise Refused(f"There is an app {label} already.")
    return label


def _approved(developer: Developer, roles: Iterable[str]) -> tuple[str, ...]:
    wanted, approved = _known(roles), developer.approved(clock.now())
    for name in wanted:
        if name not in approved:
            raise Refused(f"The role {name} is not approved for {developer.organisation}.")
    return tuple(wanted)


def rotate(world: World, app: App) -> str:
    """Give an app a new client secret; the old one works seven days longer (FACTS §1.5)."""
    fresh = world.mint.client_secret(f"{app.client_id}:{app.client_secret}")
    with world.writing():
        app.rotate(fresh, clock.now())
        world.store.save_app(app)
    return fresh


# ── authorisations ──────────────────────────────────────────────────────────────────────────────────────────────


def authorisations(world: World, app: App) -> list[Account]:
    """Every authorisation an app was ever given, revoked ones too."""
    return [one for one in world.accounts if one.client_id == app.client_id]


def authorise(world: World, app: App, group: Group) -> str:
    """Authorise an app for a group: a fresh refresh token with the roles the app has now.

    An authorisation that stands keeps its earlier tokens. Raises Refused beyond the tenth group (FACTS §1.3).
    """
    held = authorisations(world, app)
    mine = next((one for one in held if one.group == group.key and not one.sandbox), None)
    others = [one for one in held if one is not mine and not one.revoked]
    if len(others) >= MOST_AUTHORISATIONS:
        raise Refused(f"An app can hold {MOST_AUTHORISATIONS} authorisations. Revoke one you no longer need.")
    with world.writing():
        if mine is not None:
            world.set_account(mine, roles=app.roles)
            fresh = reauthorise(world, mine)
        else:
            fresh = adopt(world, _authorisation(world, app, group)).refresh_token
    world.tick()
    return fresh


def revoke(world: World, app: App, group: Group) -> None:
    """Take an app's authorisation for a group back. Raises Refused when there is none that stands."""
    held = authorisations(world, app)
    mine = next((one for one in held if one.group == group.key and not one.sandbox and not one.revoked), None)
    if mine is None:
        raise Refused(f"{app.name} is not authorised for {group.name}, {group.country}.")
    world.set_account(mine, revoked=True)


def _authorisation(world: World, app: App, group: Group) -> Account:
    label = f"{app.name} for {group.name}, {group.country}"
    taken = {one.name for one in world.accounts}
    return Account(
        name=label if label not in taken else f"{label} ({app.client_id[-6:]})",
        marketplace=group.marketplace,
        vendor_codes=group.vendor_codes,
        roles=app.roles,
        group=group.key,
        app=app,
    )


def reauthorise(world: World, account: Account) -> str:
    """A fresh refresh token; earlier ones stay good unless revoked (FACTS §1.1)."""
    now = clock.now()
    fresh = world.mint.refresh_token(f"{account.name}:{account.refresh_token}")
    world.set_account(
        account,
        refresh_token=fresh,
        earlier_tokens=() if account.revoked else account.tokens,
        authorised_at=now if account.revoked else account.authorised_at,
        granted_at=now,
        revoked=False,
    )
    return fresh


def adopt(world: World, account: Account) -> Account:
    """Take an authorisation in. The first one of a group begins its story."""
    account.app = world.apps.get(account.client_id, account.app)
    complete(account, world.mint)
    with world.writing():
        world.apps[account.client_id] = account.app
        world.accounts.append(account)
        world.store.save_app(account.app)
        world.store.save_account(account)
        if world.begin_story(account.group) and not account.sandbox:
            _tell_history(world, account)
    return account


def _tell_history(world: World, account: Account) -> None:
    buyer, now = world.buyer(account), stamp()
    for at in buyer.moments(now):
        world.schedule(stamp(at), "buy", {"account": account.name, "history": True})
    if world.scenario.gap:
        due = now + world.delay(buyer.gap(-1, now))
        world.schedule(due, "buy", {"account": account.name})
