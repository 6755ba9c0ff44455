/**
 * Leaflet's SVG, laid flat: all of the plan's drawings are one layer of the browser's. By itself each would be one (translate3d),
 * put together anew in each picture, and as large as what it draws: zooming a hypermarket then shows half as many pictures a second.
 */
import L from "leaflet";

/** What Leaflet's own class does and does not say in its types. */
interface Inner {
  _map: L.Map;
  _container: SVGElement;
  _bounds?: L.Bounds;
}

const inner = L.SVG.prototype as unknown as { _update(): void; _updateTransform(centre: L.LatLng, zoom: number): void };
/** Drawn around what is seen, in screens: a pan shows it before it is drawn on. */
const PADDING = 0.5;
/** How much of that a pan may use up before more is drawn. */
const USED_UP = 0.7;
const REST_MS = 150;

export class FlatSvg extends L.SVG {
  private resting: ReturnType<typeof setTimeout> | undefined;

  constructor(pane: string) {
    super({ pane, padding: PADDING });
  }

  override getEvents(): Record<string, L.LeafletEventHandlerFn> {
    const events = { zoomstart: () => this.drawOnlySeen(), move: () => this.drawOn() };
    return { ...super.getEvents?.(), ...events };
  }

  /** While it is zoomed nothing is drawn but what is seen; the rest follows when the zoom has come to rest. */
  private drawOnlySeen(): void {
    this.options.padding = 0;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.options.padding = PADDING;
      if ((this as unknown as Inner)._map) this._update();
    }, REST_MS);
  }

  _update(): void {
    inner._update.call(this);
    this.layFlat();
  }

  _updateTransform(centre: L.LatLng, zoom: number): void {
    inner._updateTransform.call(this, centre, zoom);
    this.layFlat();
  }

  private layFlat(): void {
    const { style } = (this as unknown as Inner)._container;
    style.transform = style.transform.replace(/translate3d\(([^,]+),([^,]+),[^,)]+\)/, "translate($1,$2)");
  }

  /** Panned towards the edge of what is drawn. */
  private drawOn(): void {
    const { _map: map, _bounds: drawn } = this as unknown as Inner;
    const seen = map.containerPointToLayerPoint([0, 0]);
    const size = map.getSize();
    if (!drawn?.min || this.options.padding === 0) return;
    const off = seen.subtract(drawn.min).subtract(size.multiplyBy(PADDING));
    if (Math.abs(off.x) > size.x * PADDING * USED_UP || Math.abs(off.y) > size.y * PADDING * USED_UP) this._update();
  }
}
