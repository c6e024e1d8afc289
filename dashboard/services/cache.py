"""Remember answers until the ledger learns something new."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["Cache"]

T = TypeVar("T")


class Cache:
    """The last `size` answers by key; the key names all an answer rests on.

    Two callers who ask for the same missing answer at once compute it once.

    >>> cache = Cache(size=2)
    >>> cache.get("a", lambda: 1), cache.get("a", lambda: 2)
    (1, 1)
    """

    def __init__(self, *, size: int) -> None:
        self._size = size
        self._answers: OrderedDict[Hashable, object] = OrderedDict()
        self._busy: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Give the answer under `key`, computing it where it is not known."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return cast("T", self._answers[key])
            turn = self._busy.setdefault(key, Lock())
        with turn:
            with self._lock:
                if key in self._answers:
                    return cast("T", self._answers[key])
            answer = compute()
            self._keep(key, answer)
        return answer

    def _keep(self, key: Hashable, answer: object) -> None:
        with self._lock:
            self._answers[key] = answer
            self._busy.pop(key, None)
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)
