/** What is done next: by the tool in hand. Pure. */
import { beginDrawing, drawingTurn } from "./drawing_gesture.ts";
import { handTurn } from "./hand_gestures.ts";
import { type HandEvent, IDLE, type Interaction, type Turn } from "./interaction.ts";
import { type Scene, caught } from "./scene.ts";
import { type Point, roundedPoint } from "./shapes.ts";

/** What a tool begins with when it is taken in hand. */
export function begun(scene: Scene, pointer: Point): Interaction {
  const { tool, isEditable } = scene;
  if (tool === "measure") return { kind: "measuring", points: [], pointer, snap: null };
  return tool === "select" || !isEditable ? IDLE : beginDrawing(tool, pointer);
}

function measuringTurn(scene: Scene, hand: Interaction & { kind: "measuring" }, event: HandEvent): Turn {
  const { points } = hand;
  switch (event.kind) {
    case "move":
    case "press":
    case "release": {
      const snap = caught(scene, event.at, event.held, points.at(-1) ?? null, points.at(-2) ?? null);
      const pointer = snap?.at ?? roundedPoint(event.at);
      if (event.kind !== "press") return { next: { ...hand, pointer, snap } };
      const last = points.at(-1);
      return { next: { ...hand, pointer, snap, points: [...points, pointer] }, ...(last ? { measured: [last, pointer] as const } : {}) };
    }
    case "erase":
      return { next: { ...hand, points: points.slice(0, -1) } };
    case "finish":
      return { next: { ...hand, points: [] } };
    case "cancel":
      return points.length > 0 ? { next: { ...hand, points: [] } } : { next: IDLE, tool: "select" };
    default:
      return { next: hand };
  }
}

export function turnOf(scene: Scene, hand: Interaction, event: HandEvent): Turn {
  if (hand.kind === "drawing") return drawingTurn(scene, hand, event);
  if (hand.kind === "measuring") return measuringTurn(scene, hand, event);
  return handTurn(scene, hand, event);
}
