import L from "leaflet";
import { MapPin, TriangleAlert } from "lucide";
import { useEffect, useRef } from "preact/hooks";
import { FloorplanView } from "../floorplan_view.ts";
import { Icon } from "../parts/icon.tsx";
import { Trouble } from "../parts/trouble.tsx";
import type { PlanProblem, PositionsReport, PublishedFloorplan } from "../wire.gen.ts";
import { language, say } from "../words.ts";
import { fetchPlan, plan, planTrouble, report } from "./plan_now.ts";

function isErrorFirst(a: PlanProblem, b: PlanProblem): number {
  return Number(b.severity === "error") - Number(a.severity === "error");
}

function Problem({ problem, onShow }: { problem: PlanProblem; onShow: () => void }) {
  const isError = problem.severity === "error";
  return (
    <li class="problem">
      <span class={`status ${isError ? "bad" : ""}`}>
        <Icon of={TriangleAlert} />
        {say(isError ? "manager.error" : "manager.warning")}: {problem.feature_keys.join(", ")}
      </span>
      <p>{problem.words}</p>
      {problem.x_m !== null && problem.y_m !== null && (
        <button type="button" onClick={onShow}>
          <Icon of={MapPin} />
          {say("manager.show_problem")}
        </button>
      )}
    </li>
  );
}

function PlanWithProblems({ shown, problems }: { shown: PublishedFloorplan; problems: readonly PlanProblem[] }) {
  const element = useRef<HTMLDivElement>(null);
  const view = useRef<FloorplanView | null>(null);
  const tongue = language.value;
  useEffect(() => {
    if (!element.current) return;
    const made = new FloorplanView(element.current, shown, { isForPeopleOfTheStore: true, language: tongue });
    for (const problem of problems) {
      if (problem.x_m === null || problem.y_m === null) continue;
      const mark = document.createElement("span");
      mark.textContent = problem.words;
      const className = `problem-mark ${problem.severity === "error" ? "is-error" : ""}`;
      const icon = L.divIcon({ className, html: mark, iconSize: [0, 0] });
      L.marker(made.at(problem.x_m, problem.y_m), { icon, pane: "people", interactive: false, keyboard: false }).addTo(made.map);
    }
    view.current = made;
    return () => {
      view.current = null;
      made.remove();
    };
  }, [shown, problems, tongue]);
  return (
    <div class="plan-tools">
      <div class="plan-frame">
        <div ref={element} role="group" aria-label={say("map.region")} data-testid="plan" />
        <span class="north" role="img" aria-label={say("map.north_spoken")}>
          <span aria-hidden="true">↑ {say("map.north")}</span>
        </span>
      </div>
      <section class="card">
        <h2>{say("manager.problems")}</h2>
        <p class="quiet figures">
          {say("manager.problem_count", {
            errors: problems.filter((problem) => problem.severity === "error").length,
            warnings: problems.filter((problem) => problem.severity !== "error").length,
          })}
        </p>
        {problems.length === 0 && <p>{say("manager.no_problems")}</p>}
        <ul>
          {problems.map((problem) => (
            <Problem
              key={`${problem.rule} ${problem.feature_keys.join(" ")} ${problem.x_m} ${problem.y_m}`}
              problem={problem}
              onShow={() => view.current?.showPlaces([[problem.x_m ?? 0, problem.y_m ?? 0]], 12)}
            />
          ))}
        </ul>
      </section>
    </div>
  );
}

function metres(value: number): string {
  return say("manager.metres", { metres: value });
}

/** How far off positions are on this floor, and what was tried to know it. */
function Positions({ positions }: { positions: PositionsReport }) {
  const isSurveyed = positions.survey_points > 0;
  return (
    <section class="card stack" data-testid="positions">
      <h2>{say("manager.positions")}</h2>
      <p>
        {isSurveyed ? say("manager.surveyed", { points: positions.survey_points }) : say("manager.not_surveyed")}
      </p>
      {positions.compared.length > 0 && (
        <table class="figures fitting">
          <caption class="quiet">{say("manager.left_out")}</caption>
          <thead>
            <tr>
              <th scope="col">{say("manager.method")}</th>
              <th scope="col">{say("manager.half_within")}</th>
              <th scope="col">{say("manager.most_within")}</th>
            </tr>
          </thead>
          <tbody>
            {positions.compared.map((each) => (
              <tr key={each.estimator}>
                <th scope="row">
                  {say(`manager.${each.estimator}`)}{" "}
                  {each.estimator === positions.estimator && <span class="quiet">({say("manager.serves")})</span>}
                </th>
                <td>{metres(each.median_m)}</td>
                <td>{metres(each.p95_m)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {positions.radius_held !== null && <p class="quiet">{say("manager.radius_held", { share: positions.radius_held })}</p>}
    </section>
  );
}

export function Plan() {
  useEffect(() => void fetchPlan(), []);
  const problems = [...(report.value?.problems ?? [])].sort(isErrorFirst);
  return (
    <main class="page wide stack">
      <h1>
        {say("people.plan")}
        {plan.value && <span class="quiet plan-version"> {say("staff.plan_version", { version: plan.value.version })}</span>}
      </h1>
      <Trouble words={planTrouble.value} />
      {plan.value && report.value && <PlanWithProblems shown={plan.value} problems={problems} />}
      {report.value?.positions && <Positions positions={report.value.positions} />}
      {plan.value?.document.attribution && <p class="quiet">{plan.value.document.attribution}</p>}
    </main>
  );
}
