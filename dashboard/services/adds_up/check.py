"""Read an official text and recompute every share, sum, difference and change it states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.services.adds_up.changes import changes_of
from dashboard.services.adds_up.findings import finding_at
from dashboard.services.adds_up.judging import LastYear, judge_alone, judge_change
from dashboard.services.adds_up.quantities import Kind, sentences_of
from dashboard.services.adds_up.ratios import judge_share, shares_of
from dashboard.services.adds_up.roles import told
from dashboard.services.adds_up.sums import judge_sum, sums_of

if TYPE_CHECKING:
    from dashboard.services.adds_up.changes import Change
    from dashboard.services.adds_up.findings import Finding, Said
    from dashboard.services.adds_up.quantities import Quantity
    from dashboard.services.adds_up.ratios import Share
    from dashboard.services.adds_up.roles import Told

__all__ = ["check_text"]


def check_text(text: str, lang: str) -> list[Finding]:
    """Give what each figure of a Chinese or English text comes to, in the order of the text.

    Every share, total, difference and change that the text states is recomputed from the counts
    it states with it. A stated figure reconciles when the exact one, rounded half up to the
    decimals stated, equals it. What the text gives too little for cannot be checked, and the
    finding says so. `lang` is the language of the findings, whatever that of the text.

    >>> [finding] = check_text("调解成功111起，其中掌上调解98起，占88%。", "en")
    >>> str(finding.verdict), finding.says
    ('reconciles', '98/111 = 88.29 %, printed as 88 %.')
    """
    said: list[Said] = []
    changes: list[Change] = []
    earlier: list[Quantity] = []
    for sentence in sentences_of(text):
        roles = told(sentence)
        shares = shares_of(sentence, roles, earlier)
        moved = changes_of(sentence, roles, shares)
        said += [judge_share(share) for share in shares if not _is_level(share, moved)]
        said += [one for stated in sums_of(sentence, roles) if (one := judge_sum(stated))]
        said += [judge_alone(one.quantity, one.sign) for one in roles if _is_loose(one, moved)]
        changes += moved
        earlier = [one for one in sentence.quantities if one.kind is Kind.COUNT] or earlier
    last_year = LastYear.of(changes)
    said += [judge_change(change, last_year) for change in changes]
    return [finding_at(text, one, lang) for one in sorted(said, key=lambda one: one.start)]


def _is_loose(one: Told, changes: list[Change]) -> bool:
    """Tell whether a change stands without the figure it speaks of."""
    return one.is_change and all(change.change is not one.quantity for change in changes)


def _is_level(share: Share, changes: list[Change]) -> bool:
    """Tell whether a percentage without counts is only what a change speaks of."""
    return share.part is None and any(share.percent in (one.now, one.before) for one in changes)
