"""An ordinary day on a bad line: every passing trouble, by dice."""

from __future__ import annotations

from dataclasses import replace

from purveyor.simulator.scenarios.day import DAY

FAULTY = replace(
    DAY,
    name="faulty",
    says="An ordinary day on a bad line: throttling, server errors, resets, lost replies and odd pages, by dice.",
    dice={
        "throttled": 0.02,
        "server-error": 0.02,
        "html-error": 0.01,
        "empty-503": 0.01,
        "slow": 0.02,
        "reset": 0.02,
        "lost-reply": 0.02,
        "spurious-400": 0.05,
        "empty-page": 0.05,
        "malformed-json": 0.01,
        "unknown-enum": 0.01,
        "expired-token": 0.01,
    },
)
