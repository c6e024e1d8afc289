"""What one proposes and others approve: records corrected or merged, personal data erased."""

from geo.decisions.candidates import duplicate_candidates
from geo.decisions.correcting import CORRECTABLE, propose_correction
from geo.decisions.deciding import approve, missing_approvals, reject
from geo.decisions.merging import propose_merge
from geo.decisions.record import Approval, Decision, decisions_of
from geo.decisions.redacting import propose_redaction

__all__ = [
    "CORRECTABLE",
    "Approval",
    "Decision",
    "approve",
    "decisions_of",
    "duplicate_candidates",
    "missing_approvals",
    "propose_correction",
    "propose_merge",
    "propose_redaction",
    "reject",
]
