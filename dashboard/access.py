"""Who may do what, and where: roles, permissions and actors as plain data.

Permission is asked where the deed is done, in the services; scope is the area's path in the
hierarchy, so that area `1` never sees area `10`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from geo.errors import AccessError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEMO_USER", "EVERYWHERE", "GRANTS", "LOCAL", "Actor", "Permission", "Role", "require"]


class Permission(StrEnum):
    """What can be done; each service method asks for one."""

    READ = "read"
    """Maps, statuses, counts and cards."""
    EXPORT = "export"
    """Take data away as files."""
    REPORT = "report"
    """Enter nil returns, hazards and remarks on records."""
    MEDIATE = "mediate"
    """See petitions and disputes one by one and lead them on."""
    PLAN = "plan"
    """See hotspots and draft patrol plans."""
    APPROVE_PLAN = "approve_plan"
    IMPORT = "import"
    """Bring files in, take deliveries back."""
    DECIDE = "decide"
    """Propose or approve a correction, a merger, an erasure."""
    VERIFY = "verify"
    """See which zeros are hard to believe, and record what a visit found."""
    ASSESS = "assess"
    """Freeze bulletins, sign figures."""
    AUDIT = "audit"
    """Read the audit log and verify the ledger."""
    MANAGE_USERS = "manage_users"
    SHOW_WALL = "show_wall"
    """Switch a wall between staff and public mode."""


class Role(StrEnum):
    """What a person is to the system; a person may be several."""

    VIEWER = "viewer"
    REPORTER = "reporter"
    MEDIATOR = "mediator"
    PLANNER = "planner"
    ANALYST = "analyst"
    ASSESSOR = "assessor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


_READS: Final = frozenset({Permission.READ})

GRANTS: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.VIEWER: _READS,
        Role.REPORTER: _READS | {Permission.REPORT, Permission.EXPORT},
        Role.MEDIATOR: _READS | {Permission.MEDIATE, Permission.REPORT},
        Role.PLANNER: _READS | {Permission.PLAN, Permission.APPROVE_PLAN, Permission.EXPORT},
        Role.ANALYST: _READS | {Permission.PLAN, Permission.EXPORT, Permission.IMPORT},
        Role.ASSESSOR: _READS
        | {
            Permission.ASSESS,
            Permission.VERIFY,
            Permission.DECIDE,
            Permission.EXPORT,
            Permission.IMPORT,
            Permission.MEDIATE,
            Permission.SHOW_WALL,
        },
        # Whoever checks the others may read everything and change nothing.
        Role.AUDITOR: _READS | {Permission.AUDIT, Permission.VERIFY, Permission.EXPORT},
        # Whoever gives the rights does not hold those to decide: duties stay apart.
        Role.ADMINISTRATOR: _READS | {Permission.MANAGE_USERS, Permission.IMPORT},
    }
)
"""Role -> what it may do."""

EVERYWHERE: Final = ""
"""The scope of somebody who may see every area."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks: a name for the log, permissions, and the area they are bound to.

    `scope` is the code of the area whose descendants they may see; `EVERYWHERE` for all.
    """

    name: str
    permissions: frozenset[Permission]
    scope: str = EVERYWHERE

    @classmethod
    def of(cls, name: str, roles: frozenset[Role], scope: str = EVERYWHERE) -> Actor:
        """Give the actor that holds these roles.

        >>> Permission.PLAN in Actor.of("p", frozenset({Role.PLANNER})).permissions
        True
        """
        held = frozenset().union(*(GRANTS[role] for role in roles)) if roles else frozenset()
        return cls(name, held, scope)

    def may(self, permission: Permission) -> bool:
        """Tell whether the actor holds a permission."""
        return permission in self.permissions


DEMO_USER: Final = "demo:"
"""Begins the name of who signed in to the made-up county by one click; the role follows."""

LOCAL: Final = Actor("local", frozenset(Permission))
"""The one person at a machine of their own, and the command line."""


def require(actor: Actor, permission: Permission) -> None:
    """Raise AccessError unless the actor holds the permission."""
    if not actor.may(permission):
        raise AccessError(
            f"{actor.name} may not do this: it needs the right to {permission.replace('_', ' ')}. "
            "Ask an administrator for a role that has it.",
            f"{actor.name} 无权进行此操作（需要权限：{permission}）。请联系管理员授予相应角色。",
        )
