"""Taking the last step of a packing back: the rows it touched are put back as they were."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from purveyor.audit.write import record
from purveyor.common import clock
from purveyor.common.errors import Problem, Refused
from purveyor.people.who import Who
from purveyor.warehouse.domain import kept
from purveyor.warehouse.domain.change import Changed, grasp, touch
from purveyor.warehouse.models import Packing, PackStep


def last_step(packing: Packing) -> PackStep | None:
    """The step an undo takes back; None where there is none."""
    return PackStep.objects.filter(packing=packing, undone_at=None).order_by("-version").first()


def undo(who: Who, packing: Packing | int, version: int) -> Changed:
    """Take back the newest step that was not taken back yet; the steps before it can follow, one by one.

    Raises NotFound, Denied (``warehouse.pack``), Conflict, and Refused where there is no step left or where pieces came
    from or went to another packing: there they would be twice, or nowhere.
    """
    with transaction.atomic():
        found = grasp(who, packing if isinstance(packing, int) else packing.pk, version)
        step = last_step(found)
        if step is None:
            raise _refused(_("There is nothing to take back."))
        if other := step.what.get("other"):
            said = _("Pieces went between this packing and %(other)s: move them back instead.")
            raise _refused(said % {"other": other})
        old = kept.read(found)
        after, _before = kept.write(found, old, kept.put_back(old, step.before))
        step.undone_at = clock.now()
        step.save(update_fields=["undone_at"])
        touch(found, by_itself=False)
        said_new = {"step": step.what.get("kind", ""), "version": step.version}
        record("packing.undone", by=who.name, obj=found, new=said_new)
        return Changed(found, step, old, after)


def _refused(message: str) -> Refused:
    return Refused(_("The packing was not changed."), [Problem(message, where="undo")])
