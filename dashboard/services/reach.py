"""Which records an actor reaches: those that stand in their area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.errors import AccessError
from geo.vocabulary import Entity

if TYPE_CHECKING:
    from dashboard.services.world import World
    from geo.decisions import Decision

__all__ = ["HELD_AS", "in_reach", "reaches"]

HELD_AS: Final = {
    Entity.AREA: "areas",
    Entity.UNIT: "units",
    Entity.SUBJECT: "subjects",
    Entity.CASE: "cases",
    Entity.ACCIDENT: "accidents",
    Entity.PETITION: "petitions",
    Entity.DISPUTE: "disputes",
    Entity.REPORT: "reports",
    Entity.HAZARD: "hazards",
    Entity.CAMERA: "cameras",
}
"""Entities whose records lie in an area, and where a snapshot holds them."""


def in_reach(world: World, entity: Entity, key: str) -> None:
    """Raise AccessError, in one sentence, unless the record stands in the actor's area."""
    if entity not in HELD_AS or key not in getattr(world.snapshot(), HELD_AS[entity]).index:
        raise AccessError(
            f"There is no {entity} {key} in your area.", f"您负责的范围内没有 {entity} {key}。"
        )


def reaches(world: World, decision: Decision) -> bool:
    """Tell whether a decision is about records of the actor's area alone."""
    if not world.actor.scope:
        return True
    if decision.about not in HELD_AS:
        return False
    held = getattr(world.snapshot(), HELD_AS[decision.about]).index
    return all(key in held for key in decision.keys)
