"""Whether a connection works, asked of Amazon step by step; each step says what it tried, what Amazon said, what that
means and what to do.

    examine(connection) -> Report       a draft's or a profile's values, without the database
    check_profile(who, profile)         the same for a profile, kept on it, paused or resumed by it
    last_check(profile)                 what that said last, in the reader's language
"""

from purveyor.profiles.doctor.connection import FEATURES, Connection, Evidence
from purveyor.profiles.doctor.examine import examine
from purveyor.profiles.doctor.kept import ASK, check_profile, connection_of, last_check
from purveyor.profiles.doctor.report import Check, Report, Seen

__all__ = [
    "ASK",
    "FEATURES",
    "Check",
    "Connection",
    "Evidence",
    "Report",
    "Seen",
    "check_profile",
    "connection_of",
    "examine",
    "last_check",
]
