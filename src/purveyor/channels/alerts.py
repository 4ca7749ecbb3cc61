"""What is told of channels."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purveyor.alerts.kinds import Kind

KINDS = [
    Kind(
        "channel.failed",
        _(
            "A channel has led nowhere for a minute, its server shows another key than the confirmed one, or a file "
            "could not go out by it for three days."
        ),
        _("A look at the channel goes well, a file goes out by it, or a person changes, switches or removes it."),
    ),
    Kind(
        "channel.refused",
        _("A file that came by a channel lies in its folder error: not every row was taken. Its report says why."),
        _("A person has the file taken again, with every row good, or closes the alert."),
        by_hand=True,
    ),
]
