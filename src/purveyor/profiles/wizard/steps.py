"""The one table of steps: what to click in Vendor Central, why Amazon asks it, and which drawing shows it.

The wizard's pages and docs/user/connect.md are made from it. Sentences name Amazon's own words in quotes, in English as
Amazon shows them to most accounts. Ways through Vendor Central: FACTS §1.3, §1.5; roles: FACTS §4.1; delegation: §4.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from purveyor.profiles.features import FEATURES, FULFILLMENT, Feature

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Lazy

START, SIGN_IN, DEVELOPER, APP = "start", "sign-in", "developer", "app"
CODES, CREDENTIALS, TOKEN = "codes", "credentials", "token"
CHECK, HISTORY, FEATURES_STEP, FINISH = "check", "history", "features", "finish"


@dataclass(frozen=True, slots=True)
class Step:
    """One screen. ``clicks`` are what to do, in order and numbered as in the drawing; ``portal`` steps happen in Vendor
    Central; ``drawing`` is a name in ``drawings``, ``shows`` its description; ``needs`` are the values without which
    the step is not done."""

    key: str
    title: str | Lazy
    lead: str | Lazy
    clicks: tuple[str | Lazy, ...] = ()
    why: str | Lazy = ""
    drawing: str = ""
    shows: str | Lazy = ""
    portal: bool = False
    needs: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step(
        START,
        _("Name the connection"),
        _("A name for lists and commands, and the country whose Vendor Central you sign in to."),
        why=_(
            "Each country has a Vendor Central of its own, and what it gives you opens that country's orders only. "
            "For a second country, connect a second profile."
        ),
        needs=("name", "marketplace", "environment"),
    ),
    Step(
        SIGN_IN,
        _("Open API Integration"),
        _("Everything Purveyor needs is made on one page of Vendor Central."),
        (
            _("Sign in to Vendor Central of your country, with the login that sees the orders you want."),
            _("Open the menu “Integration”."),
            _("Choose “API Integration”."),
        ),
        _(
            "The application you make there may read and answer orders of exactly this account. If the menu is not "
            "there, ask the primary user of your account for the right to it."
        ),
        "menu",
        _("The menu Integration is open; its entry API Integration is marked."),
        portal=True,
    ),
    Step(
        DEVELOPER,
        _("Register as a developer"),
        _("Only once per account. If the page lists applications or offers “Add new app client” already, go on."),
        (
            _("Fill in your company's name and a contact."),
            _("Choose that you build the application for your own company: a private application."),
            _("Tick the role “Amazon Fulfillment”."),
            _("Send the registration, and wait until Amazon has approved the role."),
        ),
        _(
            "Amazon wants to know who handles its data and for what. Only the primary user of the account can finish "
            "this. Amazon Fulfillment is usually approved at once."
        ),
        "developer",
        _("A form with company and contact, the choice of a private application, and the role Amazon Fulfillment."),
        portal=True,
    ),
    Step(
        APP,
        _("Add an app client"),
        _("The app client is what Purveyor signs in as."),
        (
            _("Press “Add new app client”."),
            _("Give it a name, such as Purveyor."),
            _("Choose “SP API” as API type."),
            _("Tick the role “Amazon Fulfillment”."),
            _("Whether you delegate access to PII to another developer's application: answer “No”."),
            _("Press “Save and exit”. The app is listed as Draft, and may stay so."),
        ),
        _(
            "The role decides which calls Amazon answers. PII are personal data of consumers; Purveyor runs with you "
            "and hands nothing to another developer, so nothing is delegated."
        ),
        "app",
        _(
            "A form with the app's name, the API type SP API, the role Amazon Fulfillment ticked, the answer No to "
            "delegating PII, and the button Save and exit."
        ),
        portal=True,
    ),
    Step(
        CODES,
        _("Vendor code"),
        _("The code under which Amazon orders from you, usually five letters and digits."),
        (
            _("Open “Settings”, then “Contacts”."),
            _("Copy the vendor code that stands there. With several, copy all whose orders you want here."),
        ),
        _("An account may hold several codes. With them the connection check can tell whether it is the right one."),
        "codes",
        _("The menu Settings with Contacts, and a list in which the vendor code is marked."),
        portal=True,
        needs=("vendor_codes",),
    ),
    Step(
        CREDENTIALS,
        _("Client id and client secret"),
        _("The name and the password of your app client."),
        (
            _("Back on “API Integration”, find your app in the list."),
            _("In its column “LWA credentials”, press “View”."),
            _("Copy the client identifier (client id) and the client secret into the fields here."),
        ),
        _(
            "LWA is Login with Amazon. The secret is sealed before it is stored and never shown again, neither here "
            "nor in a log. Amazon wants a new one every 180 days; Purveyor reminds you."
        ),
        "credentials",
        _("The list of apps with the link View, and a window with client identifier and client secret."),
        portal=True,
        needs=("client_id", "client_secret"),
    ),
    Step(
        TOKEN,
        _("Refresh token"),
        _("It says that your app client may act for this account."),
        (
            _("In the row of your app, open the arrow beside “Edit App”."),
            _("Choose “Authorise” (“Authorize” in the United States)."),
            _("In the row of your account, press “Authorise app”."),
            _("Copy the refresh token. It is shown this once; if it is lost, make another one."),
        ),
        _(
            "Each token opens one vendor group in one country. An app can hold ten. Whenever a role is added to the "
            "app, it has to be authorised again and the new token stored."
        ),
        "token",
        _("The arrow beside Edit App is open with Authorise, and a row with the button Authorise app and a token."),
        portal=True,
        needs=("refresh_token",),
    ),
    Step(
        CHECK,
        _("Connection check"),
        _("Purveyor signs in with your values and reads a little. Nothing is changed at Amazon."),
    ),
    Step(
        HISTORY,
        _("First import"),
        _("From when on orders are fetched. Amazon keeps them for six months."),
        needs=("history",),
    ),
    Step(
        FEATURES_STEP,
        _("Features and own parties"),
        _("What Purveyor does by itself, and who you are in your documents."),
        needs=("features",),
    ),
    Step(
        FINISH,
        _("Connect"),
        _("Look it over. Then the profile is made and the first orders come in."),
    ),
)
BY_KEY = {step.key: step for step in STEPS}
KEYS = tuple(BY_KEY)
TICKED = tuple(step.key for step in STEPS if step.portal and not step.needs)
"""What happens in Vendor Central alone: done when somebody goes on from it, or when the check has passed."""


def after(key: str) -> str:
    """The step behind one; the last stays."""
    return KEYS[min(KEYS.index(key) + 1, len(KEYS) - 1)]


def before(key: str) -> str:
    """The step in front of one, empty at the first."""
    at = KEYS.index(key)
    return KEYS[at - 1] if at else ""


def further_roles() -> dict[str, tuple[Feature, ...]]:
    """What the optional features need beyond *Amazon Fulfillment*: role, and the features that need it."""
    roles = dict.fromkeys(feature.role for feature in FEATURES if feature.role != FULFILLMENT)
    return {role: tuple(feature for feature in FEATURES if feature.role == role) for role in roles}
