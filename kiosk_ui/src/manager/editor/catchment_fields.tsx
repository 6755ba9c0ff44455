import { Circle, CircleSlash2, PencilLine } from "lucide";
import { Icon } from "../../parts/icon.tsx";
import { say } from "../../words.ts";
import { halfDiscOffered } from "./actions/catchments.ts";
import { withProperties } from "./actions/properties.ts";
import { act } from "./doing.ts";
import type { Draft, FeatureOf } from "./draft.ts";
import { tool } from "./editing.ts";
import { canDraw } from "./room.ts";

/** Where the kiosk serves shoppers: its circle, half of it, or an area drawn for it; each a click away. */
export function CatchmentFields({ plan, kiosk }: { plan: Draft; kiosk: FeatureOf<"kiosk"> }) {
  const isCircle = kiosk.properties.catchment === null;
  return (
    <fieldset class="stack tight" data-testid="catchment">
      <legend>{say("editor.catchment")}</legend>
      <p class="quiet small">{say(isCircle ? "editor.catchment_is_circle" : "editor.catchment_is_drawn")}</p>
      <div class="row tight">
        {!isCircle && (
          <button type="button" data-testid="catchment-circle" onClick={() => act(withProperties(plan, [kiosk.id], { catchment: null }))}>
            <Icon of={Circle} />
            {say("editor.catchment_circle")}
          </button>
        )}
        <button type="button" data-testid="catchment-half" onClick={() => act(halfDiscOffered(plan, kiosk))}>
          <Icon of={CircleSlash2} />
          {say("editor.catchment_half")}
        </button>
        {canDraw.value && (
          <button type="button" data-testid="catchment-draw" onClick={() => (tool.value = "catchment")}>
            <Icon of={PencilLine} />
            {say("editor.catchment_draw")}
          </button>
        )}
      </div>
    </fieldset>
  );
}
