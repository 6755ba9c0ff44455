"""How the store's nodes and kiosks do; what is wrong with the published plan. Never a person."""

from __future__ import annotations

from dataclasses import dataclass

from store_server.domain.plan_checks import problems
from store_server.domain.positioning import FACTORY_CALIBRATION
from store_server.domain.told_problems import plan_problem
from store_server.ports import Clock, Messenger, Records
from store_server.use_cases.enrol import Enrolment
from store_server.use_cases.floors import Floors
from store_server.use_cases.publish_views import Views
from store_server.use_cases.watch_kiosks import KioskWatch
from store_server.wire.calibration import Calibration
from store_server.wire.people import PlanReport, PositionsReport
from store_server.wire.presence import StoreOverview


@dataclass(frozen=True)
class Oversight:
    records: Records
    messenger: Messenger
    floors: Floors
    views: Views
    enrolment: Enrolment
    kiosk_watch: KioskWatch
    clock: Clock

    def overview(self) -> StoreOverview:
        now = self.clock.now()
        floor = self.floors.current()
        paired = self.records.nodes.kiosks()
        keys = list(dict.fromkeys([*(floor.kiosks if floor else ()), *paired]))
        return StoreOverview(
            at=now,
            nodes=tuple(self.enrolment.node_overview(node) for node in self.records.nodes.nodes()),
            kiosks=self.kiosk_watch.overviews(keys, paired),
            plan_version=0 if floor is None else floor.plan.version,
            positions_are_live=self.views.positions_are_live(now),
        )

    def tell_staff(self) -> None:
        self.messenger.to_staff(self.overview())

    def plan_report(self) -> PlanReport:
        floor = self.floors.current()
        if floor is None:
            return PlanReport(plan_version=0, problems=())
        found = problems(floor.plan.document)
        return PlanReport(
            plan_version=floor.plan.version,
            problems=tuple(plan_problem(problem) for problem in found[:500]),
            positions=_positions(floor.plan.calibration or FACTORY_CALIBRATION),
        )


def _positions(calibration: Calibration) -> PositionsReport:
    return PositionsReport(
        survey_points=calibration.survey_points,
        estimator=calibration.estimator,
        compared=calibration.compared,
        radius_held=calibration.cross_validated_coverage,
    )
