"""Hub and stand-in side by side: a connected profile, orders flowing, a user to sign in with."""

from __future__ import annotations

import os
import secrets
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from purveyor.cli.door import Command, boot, note, say, told
from purveyor.cli.tree import Part, Tree, purveyor, stop_politely
from purveyor.cli.up import announce, free, migrate_apart, parts
from purveyor.common import clock
from purveyor.common.errors import Misconfigured, PurveyorError

if TYPE_CHECKING:
    from purveyor.simulator.world import World

USER = "demo"
PROFILE = "demo"
WAIT_SECONDS = 20.0
OFFER_HOURS = 24.0 * 7


def _home() -> Path:
    """The demo keeps to a folder of its own, so that it never mixes with real data."""
    if "PURVEYOR_HOME" not in os.environ:
        os.environ["PURVEYOR_HOME"] = str(Path("~/.local/share/purveyor-demo").expanduser())
    home = Path(os.environ["PURVEYOR_HOME"]).expanduser()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def _port(wanted: int | None, default: int, taken: int = 0) -> int:
    """The wanted port, or the first free one from the default on."""
    if wanted:
        if wanted == taken or not free("127.0.0.1", wanted):
            raise Misconfigured(f"port {wanted} is taken; choose another")
        return wanted
    return next(p for p in range(default, default + 100) if p != taken and free("127.0.0.1", p))


def _stand_in(state: Path, seed: int) -> tuple[dict[str, Any], dict[str, str]]:
    """Make the stand-in's world where there is none, and read the four credentials a vendor would bring back, how to
    sign in to its portal, and where the workbook of its invitation lies.
    """
    from purveyor.simulator.world import World

    world = World(seed=seed, scenario="day", path=state)
    account = world.accounts[0]
    found = {
        "marketplace": account.marketplace,
        "vendor_codes": list(account.vendor_codes),
        "client_id": account.client_id,
        "client_secret": account.client_secret,
        "refresh_token": account.refresh_token,
    }
    portal = {"portal_user": world.primary.user, "portal_password": world.primary.password}
    portal |= {"invitation": str(_invitation(world, state.parent))}
    world.close()
    return found, portal


def _invitation(world: World, home: Path) -> Path:
    """The workbook of an invitation to a bulk buy that waits for its answer; another one, where none does."""
    from purveyor.simulator import offers

    waiting = [one for one in offers.every(world) if one.answered_at is None and one.expires_at > clock.now()]
    found = waiting[0] if waiting else offers.invite(world, layout="german", hours=OFFER_HOURS)
    path = home / f"invitation-{found.number}.xlsx"
    if not path.exists():
        path.write_bytes(offers.workbook(world, found.number))
    return path


def _user(home: Path) -> str:
    """The demo's user with a password made at the first start; it stays readable for the owner of the folder only."""
    from purveyor.people.domain.users import add_user
    from purveyor.people.models import User
    from purveyor.people.who import Who

    kept = home / "demo-password"
    if not User.objects.filter(username=USER).exists():
        password = secrets.token_urlsafe(12)
        add_user(USER, password, "administrator", who=Who.cli())
        with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(password)
    return kept.read_text(encoding="utf-8") if kept.exists() else "(as you changed it)"


def _profile(account: dict[str, Any], endpoint: str) -> None:
    """Connect the profile, or point it to where the stand-in listens now."""
    from purveyor.people.who import Who
    from purveyor.profiles.domain.profiles import add_profile, change_profile
    from purveyor.profiles.models import Profile

    who, login = Who.cli(), f"{endpoint}/auth/o2/token"
    known = Profile.objects.filter(name=PROFILE).first()
    if known is None:
        since = clock.now() - timedelta(days=14)
        add_profile(
            who,
            name=PROFILE,
            environment="simulator",
            endpoint=endpoint,
            login_url=login,
            visibility_seconds=20,
            import_from=since,
            **account,
        )
    elif known.endpoint != endpoint:
        given = {key: account[key] for key in ("client_secret", "refresh_token")}
        change_profile(who, known, endpoint=endpoint, login_url=login, **given)


def _catalogue(seed: int, account: dict[str, Any]) -> int:
    from purveyor.cli.demo_products import fill
    from purveyor.people.who import Who

    return fill(seed, str(account["marketplace"]), Who.cli().name)


def _await(url: str, name: str) -> None:
    """Wait until somebody answers at a loopback address."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310  a loopback address of our own
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise Misconfigured(f"the {name} did not answer at {url}")


def _first_orders() -> int:
    """The first sweep in the foreground, so that the first page already shows orders. Its failure is told, no more."""
    from purveyor.intake.sync import sync
    from purveyor.people.who import Who
    from purveyor.profiles.models import Profile

    try:
        done = sync(Profile.objects.get(name=PROFILE), ["new"], who=Who.cli())
    except PurveyorError as error:
        say(told(error))
        return 0
    return int(done["sweeps"]["new"]["stored"])


@click.command(cls=Command, django=False)
@click.option("--port", type=click.IntRange(1, 65535), help="The hub's port; the first free one from 8000 on.")
@click.option("--simulator-port", type=click.IntRange(1, 65535), help="The simulator's port; from 8100 on.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed places the same orders.")
@click.option("--speed", type=click.FloatRange(min=0.01), default=10.0, show_default=True, help="Shortens the delays.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.pass_context
def demo(
    ctx: click.Context, port: int | None, simulator_port: int | None, seed: int, speed: float, no_browser: bool
) -> None:
    """Run hub and simulator side by side with a connected profile, orders and a user."""
    stop_politely()
    home = _home()
    port = _port(port, 8000)
    simulator_port = _port(simulator_port, 8100, taken=port)
    sftp_port = _sftp_port(port)
    state = home / "simulator.sqlite3"
    account, portal = _stand_in(state, seed)
    endpoint = f"http://127.0.0.1:{simulator_port}"
    where = ("--port", str(simulator_port), "--state", str(state), "--quiet")
    stand_in = purveyor("simulator", *where, "--seed", str(seed), "--speed", str(speed))
    tree = Tree([Part("simulator", stand_in), *parts("127.0.0.1", port)])
    tree.start(1)
    try:
        password = _prepare(home, account, endpoint)
        note(f"{_catalogue(seed, account)} products in the catalogue.")
        line = _sftp(home, sftp_port)
        tree.start(2)
        note(f"{_first_orders()} purchase orders imported from the simulator.")
    except BaseException:
        tree.end()
        raise
    page = f"http://127.0.0.1:{port}/"
    answer = {"url": page, "user": USER, "password": password, "profile": PROFILE, "simulator": endpoint}
    answer |= {"portal": f"{endpoint}/portal/", "sftp": line} | portal
    announce(ctx, answer, _words(answer))
    if not no_browser:
        webbrowser.open(page)
    sys.exit(tree.run())


def _sftp_port(taken: int) -> int:
    """Where the hub's own SFTP server listens: as the option says, else the first free port from 2222 on."""
    wanted = os.environ.get("PURVEYOR_SFTP_PORT", "")
    found = int(wanted) if wanted.isdigit() and int(wanted) else _port(None, 2222, taken)
    os.environ["PURVEYOR_SFTP_PORT"] = str(found)
    return found


def _sftp(home: Path, port: int) -> str:
    from purveyor.cli.demo_sftp import open_door

    return open_door(home, port, PROFILE)


def _prepare(home: Path, account: dict[str, Any], endpoint: str) -> str:
    migrate_apart()
    boot()
    password = _user(home)
    _await(endpoint, "simulator")
    _profile(account, endpoint)
    return password


def _words(answer: dict[str, str]) -> str:
    return (
        f"\n  Purveyor    {answer['url']}\n  sign in as  {answer['user']}\n  password    {answer['password']}\n"
        f"  simulator   {answer['simulator']}/control/   (pretends to be Amazon)\n"
        f"  its portal  {answer['portal']}   (user {answer['portal_user']}, password {answer['portal_password']})\n"
        f"  an offer    {answer['invitation']}   (bring it on the page Offers)\n"
        f"  a partner   {answer['sftp']}\n\n"
        "  Stop with Ctrl-C.\n"
    )
