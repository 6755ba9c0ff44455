/** The wheel zooms about the pointer, a little at each picture until it is where the wheel asked for: no jumps, nothing stretched. */
import type L from "leaflet";

const ZOOM_PER_PIXEL = 1 / 240;
/** A wheel that counts lines, and one that counts pages, in pixels. */
const PIXELS = [1, 20, 300] as const;
/** How much of what is left is done in each picture. */
const SHARE = 0.3;
const NEAR_ENOUGH = 0.01;

/** Listens until it is told to stop. */
export function zoomByWheel(map: L.Map, element: HTMLElement): () => void {
  const ended = new AbortController();
  let wanted = map.getZoom();
  let about = map.getSize().divideBy(2);
  let next = 0;
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  const step = (): void => {
    const left = wanted - map.getZoom();
    const isThere = isStill.matches || Math.abs(left) < NEAR_ENOUGH;
    map.setZoomAround(about, isThere ? wanted : map.getZoom() + left * SHARE, { animate: false });
    next = isThere ? 0 : requestAnimationFrame(step);
  };
  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      if (next === 0) wanted = map.getZoom();
      about = map.mouseEventToContainerPoint(event);
      const turned = wanted - event.deltaY * (PIXELS[event.deltaMode] ?? 1) * ZOOM_PER_PIXEL;
      wanted = Math.min(map.getMaxZoom(), Math.max(map.getMinZoom(), turned));
      if (next === 0) next = requestAnimationFrame(step);
    },
    { passive: false, signal: ended.signal },
  );
  return () => {
    ended.abort();
    cancelAnimationFrame(next);
  };
}
