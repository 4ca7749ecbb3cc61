"""Between forms and verbs: what a verb refuses is said at the field it concerns, and nothing typed is lost."""

from __future__ import annotations

from django import forms

from purveyor.common.errors import Refused


def blame(form: forms.BaseForm, error: Refused) -> None:
    """Put each problem of a refusal at its field; what concerns no field of the form goes above all of them."""
    for problem in error.problems:
        field = problem.where if problem.where in form.fields else None
        form.add_error(field, problem.message or error.message)
    if not error.problems:
        form.add_error(None, " ".join(filter(None, (error.message, error.hint))))
