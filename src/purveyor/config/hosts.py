"""The names under which this hub answers: this machine's, ``PURVEYOR_HOST``, and that of ``PURVEYOR_PUBLIC_URL``."""

from __future__ import annotations

from django.utils.translation import gettext as _

LONGEST = 100


def unknown(name: str) -> str:
    """The sentence for a request that asked for another name, such as when the hub listens on every address and people
    type the machine's."""
    said = _("This hub does not answer under the address %(name)s. Set PURVEYOR_PUBLIC_URL to the address people type.")
    return said % {"name": name[:LONGEST]}
