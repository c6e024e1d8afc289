"""All services over one store, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from dashboard.access import LOCAL
from dashboard.services.adds_up.service import AddsUpService
from dashboard.services.assessment import AssessmentService
from dashboard.services.briefing import BriefingService
from dashboard.services.bulletin.service import BulletinService
from dashboard.services.cards import CardService
from dashboard.services.completeness import CompletenessService
from dashboard.services.decisions import DecisionService
from dashboard.services.dossier import DossierService
from dashboard.services.entries import EntryService
from dashboard.services.feeds import FeedService
from dashboard.services.hazards import HazardService
from dashboard.services.hotspots import HotspotService
from dashboard.services.intake import IntakeService, idle_desk
from dashboard.services.key_periods import KeyPeriodService
from dashboard.services.mediation import MediationService
from dashboard.services.mine import MineService
from dashboard.services.overlays import OverlayService
from dashboard.services.patrol import PatrolService
from dashboard.services.query import Query
from dashboard.services.restating import RestatingService
from dashboard.services.ribbon import RibbonService
from dashboard.services.situation import SituationService
from dashboard.services.stats import StatsService
from dashboard.services.wall import WallService
from dashboard.services.world import World
from dashboard.services.zero import ZeroService
from dashboard.services.zero_board import ZeroBoard

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from dashboard.access import Actor
    from dashboard.services.intake import IntakeDesk
    from geo.store import Store

__all__ = ["Services"]


def unlogged(name: str, deed: str, about: str) -> None:
    """Note nothing, where no log of people's deeds is kept."""


@dataclass(frozen=True)
class Services:
    """Everything a page, a command or a report may ask for."""

    world: World
    board: ZeroBoard
    situation: SituationService
    cards: CardService
    overlays: OverlayService
    zero: ZeroService
    hotspots: HotspotService
    patrol: PatrolService
    wall: WallService
    briefing: BriefingService
    feeds: FeedService
    intake: IntakeService
    bulletin: BulletinService
    hazards: HazardService
    mediation: MediationService
    adds_up: AddsUpService
    dossier: DossierService
    mine: MineService
    entries: EntryService
    decisions: DecisionService
    restating: RestatingService
    ribbon: RibbonService
    completeness: CompletenessService
    assessment: AssessmentService
    stats: StatsService
    key_periods: KeyPeriodService

    def warm(self, lang: str) -> None:
        """Compute ahead what the first page asks for."""
        query = Query(as_of=self.world.as_of)
        self.situation.table(query, lang)
        self.situation.colouring("zero_case", query, lang)
        for name in ("roads", "units", "incidents", "hotspots"):
            self.overlays.geojson(name, query, lang)
        self.wall.state(lang)

    @classmethod
    def over(
        cls,
        store: Store,
        *,
        clock: Callable[[], datetime],
        leaflet: Path,
        actor: Actor = LOCAL,
        desk: IntakeDesk | None = None,
        log: Callable[[str, str, str], None] = unlogged,
    ) -> Self:
        """Build all services over one store, for one actor.

        `leaflet` is the folder of its script and style; `desk` is where data are brought in,
        without one it is a desk that nobody works at; `log` notes who
        did what (name, deed, about).
        """
        world = World(store, clock, actor)
        board = ZeroBoard(world)
        situation = SituationService(world, board)
        hotspots = HotspotService(world)
        patrol = PatrolService(world, hotspots)
        overlays = OverlayService(world, board, hotspots, patrol)
        return cls(
            world=world,
            board=board,
            situation=situation,
            cards=CardService(world, board, situation),
            overlays=overlays,
            zero=ZeroService(world, board),
            hotspots=hotspots,
            patrol=patrol,
            wall=WallService(world, board, hotspots, patrol),
            briefing=BriefingService(world, situation, overlays, hotspots, leaflet=leaflet),
            feeds=FeedService(world),
            intake=IntakeService(world, desk or idle_desk(clock)),
            bulletin=BulletinService(world, board, log),
            hazards=HazardService(world),
            mediation=MediationService(world),
            adds_up=AddsUpService(world),
            dossier=DossierService(world, board, log),
            mine=MineService(world, board),
            entries=EntryService(world, log),
            decisions=DecisionService(world, log),
            restating=RestatingService(world, board),
            ribbon=RibbonService(world, board),
            completeness=CompletenessService(world),
            assessment=AssessmentService(world, board),
            stats=StatsService(world),
            key_periods=KeyPeriodService(world),
        )
