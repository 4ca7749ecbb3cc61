"""What every process of Purveyor does first."""

from __future__ import annotations

import os


def start() -> None:
    """Read the options, make the home folder, set logging up, make Django ready. Twice does nothing more.

    Whatever file is made from here on is its owner's only: a database holds sessions, hashes and a vendor's orders, and
    may lie in a folder that others can read.

    Raises Misconfigured with the one clear line.
    """
    from django.apps import apps

    if apps.ready:
        return
    from purveyor.config import telemetry
    from purveyor.config.home import ensure_home
    from purveyor.config.options import values

    os.umask(0o077)
    values()
    ensure_home()
    telemetry.configure()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "purveyor.config.settings")
    import django

    django.setup()
