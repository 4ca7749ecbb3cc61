"""Setting up a connection step by step, on both sides: the table of steps, drafts, the check, the profile at the end.

steps.STEPS                         where to click and why, one screen each
drafts                              begin, save, put right, discard
check.check, finish.finish          ask Amazon, make the profile
"""

from purveyor.profiles.wizard.steps import STEPS, Step

__all__ = ["STEPS", "Step"]
