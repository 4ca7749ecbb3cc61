"""The work list as machines see it."""

from __future__ import annotations

from typing import Any

from purveyor.base.work import Task, Work
from purveyor.common.windows import zulu


def work_of_json(work: Work) -> dict[str, Any]:
    """``mine`` is the asker's to do, ``others`` what they may only see; ``counts`` tell how many of each kind."""
    return {
        "mine": [_task(task) for task in work.mine],
        "others": [_task(task) for task in work.others],
        "count": work.count,
        "counts": work.counts,
    }


def _task(task: Task) -> dict[str, Any]:
    item = task.item
    return {
        "kind": task.source.name,
        "subject": item.subject,
        "profile": item.profile.name if item.profile else None,
        "sentence": item.sentence,
        "due_at": zulu(item.due) if item.due else None,
        "remedy": item.remedy or None,
        "state": item.state[1] or None,
        "facts": item.facts or None,
        "page": item.link[0],
        "id": item.link[1] if len(item.link) > 1 else None,
    }
