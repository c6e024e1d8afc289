"""A list of subjects to visit that does not say who is on it by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.errors import UsageError

if TYPE_CHECKING:
    from models.arrays import Bools, Ints

__all__ = ["verify_list"]


def verify_list(
    scores: pd.DataFrame, n: int, controls: int, random_state: int | np.random.Generator | None
) -> pd.DataFrame:
    """Put flagged subjects and random others on one shuffled list of visits.

    Parameters
    ----------
    scores
        What `Silence.believe` gave, index subject_id.
    n
        Most flagged subjects to visit; the least believable first where there are more.
    controls
        Random subjects that are not flagged, from the classes of those that are (from all
        classes where nobody is), so that the class does not give them away. Fewer where there
        are no more.

    Returns
    -------
    DataFrame
        Plain index; `visit` (1, 2, ...), `subject_id`, `subject_class`, `group`. Nothing tells
        why a subject is on it: who visits must not know. Join `scores` to read the outcome.

    Raises
    ------
    UsageError
        `n` or `controls` is negative.
    """
    if n < 0 or controls < 0:
        raise UsageError(
            f"A list of {n} flagged subjects and {controls} controls was asked for; "
            "give numbers of 0 or more.",
            f"要求 {n} 个标记主体和 {controls} 个对照；数目不能为负。",
        )
    rng = np.random.default_rng(random_state)
    flagged = scores["flagged"].to_numpy(dtype=bool)
    chosen = np.flatnonzero(flagged)
    chosen = chosen[np.argsort(scores["p"].to_numpy()[chosen], kind="stable")][:n]
    others = np.flatnonzero(_comparable(scores, chosen) & ~flagged)
    drawn: Ints = rng.choice(others, min(controls, len(others)), replace=False)
    visits = scores.iloc[rng.permutation(np.concatenate([chosen, drawn]))]
    return pd.DataFrame(
        {
            "visit": np.arange(1, len(visits) + 1),
            "subject_id": visits.index.to_numpy(),
            "subject_class": visits["subject_class"].to_numpy(),
            "group": visits["group"].to_numpy(),
        }
    )


def _comparable(scores: pd.DataFrame, chosen: Ints) -> Bools:
    """Tell who was observed and is of a class that is visited anyway, shape (n_subjects,)."""
    observed = scores["observed"].notna().to_numpy()
    if not len(chosen):
        return np.asarray(observed)
    classes = scores["subject_class"].iloc[chosen].unique()
    return np.asarray(observed & scores["subject_class"].isin(classes).to_numpy())
