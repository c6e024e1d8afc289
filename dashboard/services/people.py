"""Accounts: who may sign in, as what and for which area; and the log of what people did."""

from __future__ import annotations

import hmac
import re
import secrets
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboard.access import EVERYWHERE, Actor, Permission, Role, require
from geo.errors import AccessError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from geo.store.access_book import AccessBook, Account, LogEntry

__all__ = ["SHORTEST_PASSWORD", "People"]

SHORTEST_PASSWORD: Final = 12
"""Characters; length protects better than odd signs."""
NAME: Final = re.compile(r"[\w.\-]{1,64}")


class People:
    """The accounts of one store; `book` keeps them, `clock` says what time it is.

    `hasher` sets what a password costs to try; argon2's own advice unless told otherwise.
    """

    def __init__(
        self,
        book: AccessBook,
        clock: Callable[[], datetime],
        *,
        hasher: PasswordHasher | None = None,
    ) -> None:
        self._book = book
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        # Checked where nobody has the name, so that a wrong name takes as long as a wrong password.
        self._decoy = self._hasher.hash(secrets.token_hex(16))
        self._first = secrets.token_urlsafe(12)

    @property
    def is_single_user(self) -> bool:
        """Tell whether nobody has an account yet."""
        return self._book.is_empty()

    @property
    def first_token(self) -> str:
        """Give the token that makes the first administrator; only the console shows it."""
        return self._first

    def sign_in(self, name: str, password: str) -> Actor:
        """Give the actor with this name and password. Raises AccessError in one sentence."""
        account, now = self._book.account(name), self._clock()
        right = self._fits(account.password if account else self._decoy, password)
        if account is not None and account.rests(now):
            raise AccessError(
                "Too many wrong passwords; this account rests for a quarter of an hour.",
                "密码错误次数过多，该账号暂停使用一刻钟。",
            )
        if account is None or not right or account.disabled:
            if account is not None:
                self._book.note_failure(name, now=now)
            self.log(name[:64], "sign-in refused", "")
            raise AccessError(
                "Name or password is wrong, or the account is closed. Ask your administrator.",
                "用户名或密码错误，或账号已停用。请联系管理员。",
            )
        self._book.note_success(name)
        self.log(name, "signed in", "")
        return _actor(account)

    def actor_of(self, name: str) -> Actor | None:
        """Give the actor with an open account of this name."""
        account = self._book.account(name)
        return None if account is None or account.disabled else _actor(account)

    def add(
        self, by: Actor, name: str, *, password: str, roles: Sequence[str], scope: str = EVERYWHERE
    ) -> None:
        """Add an account. Raises AccessError, or UsageError for a name, password or role."""
        require(by, Permission.MANAGE_USERS)
        self._add(name, password, roles, scope)
        self.log(by.name, "added account", f"{name} {','.join(roles)} {scope}".strip())

    def add_first(self, token: str, name: str, *, password: str) -> None:
        """Make the first administrator, with the token from the console; it works once."""
        if not self.is_single_user or not hmac.compare_digest(token, self._first):
            raise AccessError(
                "The token is wrong or was used. Start the server anew to get another one.",
                "口令无效或已使用。请重新启动服务以获取新口令。",
            )
        self._add(name, password, [Role.ADMINISTRATOR], EVERYWHERE)
        self.log(name, "added account", f"{name} {Role.ADMINISTRATOR} by the console's token")

    def change(
        self,
        by: Actor,
        name: str,
        *,
        password: str | None = None,
        roles: Sequence[str] | None = None,
        scope: str | None = None,
        disabled: bool | None = None,
    ) -> None:
        """Change what is given of an account; what is None stays."""
        require(by, Permission.MANAGE_USERS)
        given = {"scope": scope, "disabled": disabled}
        values: dict[str, object] = {
            key: value for key, value in given.items() if value is not None
        }
        if password is not None:
            values["password"] = self._hasher.hash(_sound_password(password))
        if roles is not None:
            values["roles"] = _known_roles(roles)
        self._book.change(name, **values)
        self.log(by.name, "changed account", f"{name} {' '.join(sorted(values))}")

    def accounts(self, by: Actor) -> list[Account]:
        """List the accounts."""
        require(by, Permission.MANAGE_USERS)
        return self._book.accounts()

    def log(self, name: str, deed: str, about: str) -> None:
        """Note who did what; the log is chained and never edited."""
        self._book.log(name, deed, about, now=self._clock())

    def logged(self, by: Actor, *, before: int | None = None) -> list[LogEntry]:
        """List what people did, newest first."""
        require(by, Permission.AUDIT)
        return self._book.entries(before=before)

    def _add(self, name: str, password: str, roles: Sequence[str], scope: str) -> None:
        if NAME.fullmatch(name) is None:
            raise UsageError(
                f"{name!r} cannot be an account's name: use up to 64 letters, digits, . _ or -.",
                f"账号名 {name!r} 无效：请使用不超过 64 个的文字、数字或 . _ -。",
            )
        hashed = self._hasher.hash(_sound_password(password))
        self._book.add(
            name, password=hashed, roles=_known_roles(roles), scope=scope, now=self._clock()
        )

    def _fits(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def _actor(account: Account) -> Actor:
    return Actor.of(account.name, frozenset(Role(role) for role in account.roles), account.scope)


def _sound_password(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise UsageError(
            f"The password has {len(password)} characters; give at least {SHORTEST_PASSWORD}.",
            f"密码只有 {len(password)} 个字符；至少需要 {SHORTEST_PASSWORD} 个。",
        )
    return password


def _known_roles(roles: Sequence[str]) -> list[str]:
    strange = sorted(set(roles) - set(Role))
    if strange or not roles:
        raise UsageError(
            f"No role is called {', '.join(strange) or '(none)'}; use {', '.join(Role)}.",
            f"没有角色 {'、'.join(strange) or '（空）'}；可用：{'、'.join(Role)}。",
        )
    return [str(Role(role)) for role in roles]
