"""Accounts and the audit log: who may come in, and who looked at or did what.

They stand in a file of their own beside the store, so that a long import, which holds the
store's one write lock, keeps nobody from signing in and no look from being logged. The log is
append-only and hash-chained like the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import orjson
import sqlalchemy as sa

from geo.errors import UsageError
from geo.store.chain import GENESIS
from geo.store.moments import moment_of, us_of
from geo.store.side_file import SideFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["AccessBook", "Account", "LogEntry"]

MOST_FAILURES: Final = 5
"""Wrong passwords in a row after which an account rests."""
RESTS: Final = timedelta(minutes=15)
"""How long it rests."""

book = sa.MetaData()
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
account = sa.Table(
    "account",
    book,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("scope", sa.String(64), nullable=False, default=""),
    sa.Column("disabled", sa.Boolean, nullable=False, default=False),
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("rests_until", sa.BigInteger, nullable=False, default=0),
    sa.Column("made_at", sa.BigInteger, nullable=False),
)
log = sa.Table(
    "log",
    book,
    sa.Column("seq", _BIG, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("deed", sa.String(64), nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("prev_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's way in; `password` is the hash, `scope` the code of their area or empty."""

    name: str
    password: str
    roles: tuple[str, ...]
    scope: str
    disabled: bool
    failures: int
    rests_until: datetime
    made_at: datetime

    def rests(self, now: datetime) -> bool:
        """Tell whether too many wrong passwords keep the account closed for now."""
        return now < self.rests_until


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One deed: who did what, about which thing."""

    seq: int
    at: datetime
    actor: str
    deed: str
    about: str


class AccessBook:
    """The file at `path`; made by the first account or entry."""

    def __init__(self, path: Path) -> None:
        self._file = SideFile(path, book, append_only=[log])

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def is_empty(self) -> bool:
        """Tell whether there is no account yet: the store then belongs to whoever sits at it."""
        return not self._rows(sa.select(account.c.name).limit(1))

    def account(self, name: str) -> Account | None:
        """Give one account."""
        found = self._rows(sa.select(account).where(account.c.name == name))
        return _account(found[0]) if found else None

    def accounts(self) -> list[Account]:
        """List all accounts by name."""
        return [_account(row) for row in self._rows(sa.select(account).order_by(account.c.name))]

    def add(
        self, name: str, *, password: str, roles: Sequence[str], scope: str, now: datetime
    ) -> None:
        """Add an account; `password` is a hash. Raises UsageError for a name that is taken."""
        row = {
            "name": name,
            "password": password,
            "roles": orjson.dumps(list(roles)).decode(),
            "scope": scope,
            "made_at": us_of(now),
        }
        with self._file.write() as connection:
            taken = sa.select(account.c.name).where(account.c.name == name)
            if connection.execute(taken).first() is not None:
                raise UsageError(
                    f"There is an account {name!r} already; choose another name, or change it.",
                    f"账号 {name!r} 已存在；请另取名称，或修改该账号。",
                )
            connection.execute(sa.insert(account).values(**row))

    def change(self, name: str, **values: Any) -> None:
        """Set `password`, `roles`, `scope` or `disabled` of an account.

        Raises UsageError for a name nobody has.
        """
        if "roles" in values:
            values["roles"] = orjson.dumps(list(values["roles"])).decode()
        with self._file.write() as connection:
            changed = sa.update(account).where(account.c.name == name).values(**values)
            if not connection.execute(changed).rowcount:
                raise UsageError(
                    f"There is no account {name!r}; see `user list`.",
                    f"没有账号 {name!r}；请查看 `user list`。",
                )

    def note_failure(self, name: str, *, now: datetime) -> None:
        """Count a wrong password; after several in a row the account rests."""
        with self._file.write() as connection:
            one = account.c.name == name
            counted = sa.update(account).where(one).values(failures=account.c.failures + 1)
            connection.execute(counted)
            too_many = one & (account.c.failures >= MOST_FAILURES)
            rests = {"failures": 0, "rests_until": us_of(now + RESTS)}
            connection.execute(sa.update(account).where(too_many).values(**rests))

    def note_success(self, name: str) -> None:
        """Forget the wrong passwords before a right one."""
        one = sa.update(account).where(account.c.name == name, account.c.failures > 0)
        with self._file.write() as connection:
            connection.execute(one.values(failures=0))

    def log(self, actor: str, deed: str, about: str, *, now: datetime) -> None:
        """Append one deed to the chain."""
        last = sa.select(log.c.seq, log.c.hash).order_by(log.c.seq.desc()).limit(1)
        with self._file.write() as connection:
            seq, prev = connection.execute(last).first() or (0, GENESIS)
            facts = (seq + 1, us_of(now), actor, deed, about)
            connection.execute(
                sa.insert(log).values(
                    **dict(zip(("seq", "at", "actor", "deed", "about"), facts, strict=True)),
                    prev_hash=prev,
                    hash=_seal(prev, facts),
                )
            )

    def entries(self, *, before: int | None = None, limit: int = 200) -> list[LogEntry]:
        """List deeds, newest first, those with `seq < before`."""
        query = sa.select(log).order_by(log.c.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(log.c.seq < before)
        return [
            LogEntry(
                seq=row["seq"],
                at=moment_of(row["at"]),
                actor=row["actor"],
                deed=row["deed"],
                about=row["about"],
            )
            for row in self._rows(query)
        ]

    def first_broken(self) -> int | None:
        """Walk the log's chain; give the first entry that does not fit, None when all do."""
        prev = GENESIS
        for number, row in enumerate(self._rows(sa.select(log).order_by(log.c.seq)), start=1):
            facts = (row["seq"], row["at"], row["actor"], row["deed"], row["about"])
            fits = row["prev_hash"] == prev and row["hash"] == _seal(prev, facts)
            if row["seq"] != number or not fits:
                return number
            prev = row["hash"]
        return None

    def _rows(self, query: sa.Select[Any]) -> Sequence[sa.RowMapping]:
        if not self._file.exists:
            return []
        with self._file.read() as connection:
            return connection.execute(query).mappings().all()


def _account(row: sa.RowMapping) -> Account:
    return Account(
        name=row["name"],
        password=row["password"],
        roles=tuple(orjson.loads(row["roles"])),
        scope=row["scope"],
        disabled=row["disabled"],
        failures=row["failures"],
        rests_until=moment_of(row["rests_until"]),
        made_at=moment_of(row["made_at"]),
    )


def _seal(prev: bytes, facts: tuple[int, int, str, str, str]) -> bytes:
    return sha256(orjson.dumps((prev.hex(), *facts))).digest()
