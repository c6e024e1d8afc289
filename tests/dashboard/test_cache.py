"""Answers are remembered, and computed once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from dashboard.services.cache import Cache


def test_the_least_used_answer_is_forgotten_first() -> None:
    cache, asked = Cache(size=2), []

    def answer(key: str) -> str:
        return cache.get(key, lambda: asked.append(key) or key)  # type: ignore[func-returns-value]  # append gives None

    for key in ("a", "b", "a", "c", "a", "b"):
        answer(key)
    assert asked == ["a", "b", "c", "b"]


def test_many_who_ask_at_once_compute_once() -> None:
    cache, computed, start = Cache(size=4), [], Barrier(8)

    def compute() -> int:
        computed.append(1)
        return len(computed)

    def ask(_: int) -> int:
        start.wait()
        return cache.get("key", compute)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))
    assert answers == [1] * 8


def test_a_failure_is_told_and_not_remembered() -> None:
    cache = Cache(size=2)
    with pytest.raises(ZeroDivisionError):
        cache.get("key", lambda: 1 // 0)
    assert cache.get("key", lambda: 7) == 7
