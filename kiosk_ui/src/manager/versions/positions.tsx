import type { PositionsReport } from "../../wire.gen.ts";
import { say } from "../../words.ts";

function metres(value: number): string {
  return say("manager.metres", { metres: value });
}

/** How far off positions are on this floor, and what was tried to know it. */
export function Positions({ positions }: { positions: PositionsReport }) {
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
