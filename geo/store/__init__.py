"""The ledger: facts are appended, never changed, and answers name what was known when."""

from geo.store.batch import Batch, BatchInfo
from geo.store.jobs import Job, JobLost, Jobs
from geo.store.meta import Meta
from geo.store.snapshot import Snapshot
from geo.store.standing import Standing
from geo.store.store import Store
from geo.store.verification import Verification

__all__ = [
    "Batch",
    "BatchInfo",
    "Job",
    "JobLost",
    "Jobs",
    "Meta",
    "Snapshot",
    "Standing",
    "Store",
    "Verification",
]
