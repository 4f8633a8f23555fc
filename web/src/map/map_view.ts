// The map: roads by arrival time, ground that is not covered, stations under the hand. It is told what to show and says
// what was done on it; what an edit means is decided elsewhere.

import OpenLayersMap from 'ol/Map';
import View from 'ol/View';
import Feature from 'ol/Feature';
import type MapBrowserEvent from 'ol/MapBrowserEvent';
import ScaleLine from 'ol/control/ScaleLine';
import Zoom from 'ol/control/Zoom';
import GeoJSON from 'ol/format/GeoJSON';
import { LineString, Point, Polygon } from 'ol/geom';
import { defaults as defaultInteractions } from 'ol/interaction';
import Draw from 'ol/interaction/Draw';
import PointerInteraction from 'ol/interaction/Pointer';
import VectorLayer from 'ol/layer/Vector';
import { fromLonLat, getPointResolution, toLonLat } from 'ol/proj';
import VectorSource from 'ol/source/Vector';
import { getLength } from 'ol/sphere';
import { Circle, Fill, RegularShape, Stroke, Style, Text } from 'ol/style';
import type { Palette } from './colours';
import { RoadLayer } from './road_layer';
import type { Roads } from './roads';
import { hatch } from './hatch';

export type LonLat = [number, number];

/** A station as it is drawn. */
export interface Pin {
  id: string;
  label: string;
  at: LonLat;
  /** Moved or added in this scenario. */
  changed: boolean;
  /** Nobody starts there: hollow. `note` says why, e.g. how many metres the nearest road is away. */
  hollow: boolean;
  note: string;
}

export interface Candidate {
  id: string;
  at: LonLat;
  /** From 0 to 1: how much of the best candidate's gain it brings. */
  share: number;
  chosen: boolean;
}

export type Tool = 'select' | 'add' | 'close' | 'close_area' | 'housing' | 'measure' | 'candidate';
export type ZoneState = 'current' | 'stale';

export interface MapEvents {
  pinPressed(id: string): void;
  pinDragged(id: string, at: LonLat): void;
  pinDropped(id: string, at: LonLat): void;
  clicked(at: LonLat, piece: number | null, zone: Record<string, unknown> | null, unit: string | null): void;
  drawn(tool: Tool, ring: LonLat[]): void;
  measured(metres: number): void;
  frame(milliseconds: number): void;
}

/** Pixels within which a press takes a pin or a road. */
const REACH_PX = { mouse: 13, touch: 24 };

/** Below an exported map: name, source, scale, legend. */
export const FOOT_PX = 72;

const FONT = '"Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif';

export class MapView {
  readonly map: OpenLayersMap;
  private readonly roadLayer: RoadLayer;
  private readonly pins = new VectorSource<Feature<Point>>();
  private readonly ghosts = new VectorSource<Feature<Point>>();
  private readonly zones = new VectorSource();
  private readonly units = new VectorSource();
  private readonly drawings = new VectorSource();
  private readonly candidates = new VectorSource<Feature<Point>>();
  private readonly zoneLayer: VectorLayer;
  private readonly unitLayer: VectorLayer;
  private readonly pinLayer: VectorLayer;
  private draw: Draw | null = null;
  private tool: Tool = 'select';
  private selected: string | null = null;
  private zoneState: ZoneState = 'current';
  /** Somebody has moved the map: a window of another size leaves it where it is. */
  private touched = false;

  constructor(
    target: HTMLElement,
    private readonly roads: Roads,
    private readonly events: MapEvents,
  ) {
    this.roadLayer = new RoadLayer(roads, (milliseconds) => events.frame(milliseconds));
    this.zoneLayer = new VectorLayer({ source: this.zones, style: () => this.zoneStyle(), updateWhileInteracting: true });
    this.unitLayer = new VectorLayer({
      source: this.units,
      style: (feature) => [
        new Style({ stroke: new Stroke({ color: 'rgba(40,40,40,0.55)', width: 1, lineDash: [5, 4] }) }),
        new Style({
          text: new Text({
            text: String(feature.get('label') ?? ''),
            font: `12px ${FONT}`,
            fill: new Fill({ color: '#444' }),
            stroke: new Stroke({ color: 'rgba(255,255,255,0.85)', width: 3 }),
            overflow: false,
            // Above the middle, where a town's own station often stands.
            offsetY: -16,
          }),
        }),
      ],
    });
    this.pinLayer = new VectorLayer({ source: this.pins, style: (feature) => this.pinStyle(feature.get('pin') as Pin), updateWhileInteracting: true, updateWhileAnimating: true });
    const ghostLayer = new VectorLayer({
      source: this.ghosts,
      style: new Style({ image: new Circle({ radius: 7, stroke: new Stroke({ color: '#555', width: 1.5, lineDash: [3, 3] }), fill: new Fill({ color: 'rgba(255,255,255,0.6)' }) }) }),
    });
    const candidateLayer = new VectorLayer({ source: this.candidates, style: (feature) => candidateStyle(feature.get('candidate') as Candidate) });
    const drawingLayer = new VectorLayer({
      source: this.drawings,
      style: new Style({ stroke: new Stroke({ color: '#7a0177', width: 2, lineDash: [6, 4] }), fill: new Fill({ color: 'rgba(122,1,119,0.08)' }) }),
    });
    this.map = new OpenLayersMap({
      target,
      layers: [this.zoneLayer, this.roadLayer, this.unitLayer, drawingLayer, candidateLayer, ghostLayer, this.pinLayer],
      controls: [new ScaleLine({ minWidth: 90 }), new Zoom({ zoomInTipLabel: '+', zoomOutTipLabel: '−' })],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false, doubleClickZoom: false }).extend([this.pinDrag()]),
      view: new View({ center: [0, 0], zoom: 10, enableRotation: false, constrainResolution: false }),
      pixelRatio: Math.min(2, window.devicePixelRatio || 1),
    });
    this.map.on('click', (event) => this.click(event));
    this.map.on('pointermove', (event) => {
      if (event.dragging) return;
      target.classList.toggle('over-pin', this.tool === 'select' && this.pinAt(event.pixel, 'mouse') !== null);
    });
    // The first size with room in it: before that there is nothing to fit into.
    let fitted = false;
    const fitOnce = (): void => {
      const [width, height] = this.map.getSize() ?? [0, 0];
      if (fitted || width < 50 || height < 50) return;
      fitted = true;
      this.fitAll();
    };
    fitOnce();
    this.map.on('change:size', () => {
      if (!this.touched) fitted = false;
      fitOnce();
    });
    this.map.on('movestart', () => (this.touched ||= this.map.getView().getInteracting()));
  }

  fitAll(): void {
    const { bounds, origin } = this.roads;
    this.map.getView().fit([origin[0] + bounds.minX, origin[1] + bounds.minY, origin[0] + bounds.maxX, origin[1] + bounds.maxY], { padding: [24, 24, 36, 24] });
  }

  /** Brings a place to the middle, as near as `resolution` metres a pixel. */
  goTo(at: LonLat, resolution = 12): void {
    this.touched = true;
    const view = this.map.getView();
    view.setCenter(fromLonLat(at));
    if ((view.getResolution() ?? 0) > resolution) view.setResolution(resolution);
  }

  goToUnit(id: string): void {
    const extent = this.units.getFeatures().find((feature) => String(feature.get('id')) === id)?.getGeometry()?.getExtent();
    if (!extent) return;
    this.touched = true;
    this.map.getView().fit(extent, { padding: [40, 40, 40, 40] });
  }

  centre(): LonLat {
    return toLonLat(this.map.getView().getCenter() ?? [0, 0]) as LonLat;
  }

  setTimes(classes: Uint8Array, palette: Palette): void {
    this.roadLayer.show(classes, palette);
  }

  /** Two pictures side by side: `right` east of `share` of the width; null for one picture. */
  setSwipe(right: Uint8Array | null, share: number): void {
    this.roadLayer.swipe(right, share);
  }

  setClosed(pieces: readonly number[]): void {
    this.roadLayer.close(pieces);
  }

  setPins(pins: readonly Pin[], selected: string | null): void {
    this.selected = selected;
    const there = new Map(this.pins.getFeatures().map((feature) => [feature.getId() as string, feature]));
    for (const pin of pins) {
      const at = fromLonLat(pin.at);
      let feature = there.get(pin.id);
      there.delete(pin.id);
      if (feature) feature.getGeometry()?.setCoordinates(at);
      else {
        feature = new Feature(new Point(at));
        feature.setId(pin.id);
        this.pins.addFeature(feature);
      }
      feature.set('pin', pin);
    }
    for (const gone of there.values()) this.pins.removeFeature(gone);
    this.pinLayer.changed();
  }

  /** Where moved and closed stations were. */
  setGhosts(places: readonly LonLat[]): void {
    this.ghosts.clear(true);
    this.ghosts.addFeatures(places.map((at) => new Feature(new Point(fromLonLat(at)))));
  }

  setZones(geojson: unknown, state: ZoneState): void {
    this.zones.clear(true);
    if (geojson) this.zones.addFeatures(new GeoJSON().readFeatures(geojson, { featureProjection: 'EPSG:3857' }));
    this.setZoneState(state);
  }

  setZoneState(state: ZoneState): void {
    this.zoneState = state;
    this.zoneLayer.changed();
  }

  setUnits(geojson: unknown, label: (properties: Record<string, unknown>) => string): void {
    this.units.clear(true);
    const features = new GeoJSON().readFeatures(geojson, { featureProjection: 'EPSG:3857' });
    for (const feature of features) feature.set('label', label(feature.getProperties()));
    this.units.addFeatures(features);
  }

  setCandidates(candidates: readonly Candidate[]): void {
    this.candidates.clear(true);
    this.candidates.addFeatures(
      candidates.map((candidate) => {
        const feature = new Feature(new Point(fromLonLat(candidate.at)));
        feature.set('candidate', candidate);
        return feature;
      }),
    );
  }

  setDrawings(rings: readonly LonLat[][]): void {
    this.drawings.clear(true);
    this.drawings.addFeatures(rings.map((ring) => new Feature(new Polygon([ring.map((at) => fromLonLat(at))]))));
  }

  setLayers(visible: { roads: boolean; zones: boolean; units: boolean; stations: boolean }): void {
    this.roadLayer.setVisible(visible.roads);
    this.zoneLayer.setVisible(visible.zones);
    this.unitLayer.setVisible(visible.units);
    this.pinLayer.setVisible(visible.stations);
  }

  setTool(tool: Tool): void {
    this.tool = tool;
    if (this.draw) this.map.removeInteraction(this.draw);
    this.draw = null;
    if (tool !== 'close_area' && tool !== 'housing' && tool !== 'measure') return;
    const draw = new Draw({ type: tool === 'measure' ? 'LineString' : 'Polygon' });
    draw.on('drawend', ({ feature }) => {
      const geometry = feature.getGeometry();
      if (geometry instanceof LineString) this.events.measured(getLength(geometry));
      if (geometry instanceof Polygon) this.events.drawn(tool, (geometry.getCoordinates()[0] ?? []).map((at) => toLonLat(at) as LonLat));
    });
    this.map.addInteraction(draw);
    this.draw = draw;
  }

  /** The place that lies `east` and `north` metres from another. */
  static moved(at: LonLat, east: number, north: number): LonLat {
    const [x, y] = fromLonLat(at);
    const metre = 1 / getPointResolution('EPSG:3857', 1, [x, y]);
    return toLonLat([x + east * metre, y + north * metre]) as LonLat;
  }

  /** Where a station is on the screen, from the corner of the map. */
  pinPixel(id: string): number[] | null {
    const at = this.pins.getFeatureById(id) as Feature<Point> | null;
    return at ? this.map.getPixelFromCoordinate(at.getGeometry()?.getCoordinates() ?? [0, 0]) : null;
  }

  /** The roads' canvas with everything on it as one picture. */
  picture(draw: (context: CanvasRenderingContext2D, width: number, height: number) => void): Promise<Blob | null> {
    return new Promise((resolve) => {
      this.map.once('rendercomplete', () => {
        const [width, height] = this.map.getSize() ?? [1, 1];
        const canvas = document.createElement('canvas');
        canvas.width = width;
        canvas.height = height + FOOT_PX;
        const context = canvas.getContext('2d');
        if (!context) return resolve(null);
        context.fillStyle = '#fbfbf8';
        context.fillRect(0, 0, canvas.width, canvas.height);
        for (const layer of this.map.getViewport()?.querySelectorAll<HTMLCanvasElement>('.ol-layers canvas') ?? []) {
          if (layer.width > 0) context.drawImage(layer, 0, 0, width, height);
        }
        draw(context, width, height);
        canvas.toBlob(resolve, 'image/png');
      });
      this.map.render();
    });
  }

  /** Metres that one pixel in the middle of the map is wide. */
  metresPerPixel(): number {
    const view = this.map.getView();
    return getPointResolution('EPSG:3857', view.getResolution() ?? 1, view.getCenter() ?? [0, 0]);
  }

  private pinAt(pixel: number[], pointer: 'mouse' | 'touch'): Feature<Point> | null {
    let nearest: Feature<Point> | null = null;
    let least = REACH_PX[pointer];
    for (const feature of this.pins.getFeatures()) {
      const at = this.map.getPixelFromCoordinate(feature.getGeometry()?.getCoordinates() ?? [0, 0]);
      if (!at) continue;
      const away = Math.hypot(at[0] - pixel[0], at[1] - pixel[1]);
      if (away < least) [nearest, least] = [feature, away];
    }
    return nearest;
  }

  private pinDrag(): PointerInteraction {
    let held: Feature<Point> | null = null;
    let moved = false;
    const place = (event: MapBrowserEvent): LonLat => toLonLat(event.coordinate) as LonLat;
    return new PointerInteraction({
      handleDownEvent: (event) => {
        this.touched = true;
        if (this.tool !== 'select') return false;
        const touch = (event.originalEvent as PointerEvent).pointerType === 'touch';
        held = this.pinLayer.getVisible() ? this.pinAt(event.pixel, touch ? 'touch' : 'mouse') : null;
        moved = false;
        if (held) this.events.pinPressed(held.getId() as string);
        return held !== null;
      },
      handleDragEvent: (event) => {
        if (!held) return;
        moved = true;
        held.getGeometry()?.setCoordinates(event.coordinate);
        this.events.pinDragged(held.getId() as string, place(event));
      },
      handleUpEvent: (event) => {
        if (held && moved) this.events.pinDropped(held.getId() as string, place(event));
        held = null;
        return false;
      },
    });
  }

  private click(event: MapBrowserEvent): void {
    if (this.draw) return;
    if (this.tool === 'select' && this.pinAt(event.pixel, 'mouse')) return;
    const [x, y] = [event.coordinate[0] - this.roads.origin[0], event.coordinate[1] - this.roads.origin[1]];
    const reach = REACH_PX.mouse * (this.map.getView().getResolution() ?? 1);
    const road = this.roads.nearest(x, y, reach);
    const zone = this.zoneLayer.getVisible() ? this.zones.getFeaturesAtCoordinate(event.coordinate)[0] : undefined;
    const unit = this.unitLayer.getVisible() ? this.units.getFeaturesAtCoordinate(event.coordinate)[0] : undefined;
    this.events.clicked(toLonLat(event.coordinate) as LonLat, road?.piece ?? null, zone ? zone.getProperties() : null, unit ? String(unit.get('id')) : null);
  }

  private zoneStyle(): Style {
    if (this.zoneState === 'stale') {
      return new Style({ fill: new Fill({ color: hatch('rgba(150,110,30,0.75)') }), stroke: new Stroke({ color: 'rgba(150,110,30,0.8)', width: 1, lineDash: [4, 4] }) });
    }
    // Outlines would drown the roads of an overview.
    const near = (this.map.getView().getResolution() ?? 100) < 20;
    return new Style({ fill: new Fill({ color: 'rgba(226,160,60,0.26)' }), stroke: near ? new Stroke({ color: 'rgba(160,95,10,0.6)', width: 1 }) : undefined });
  }

  private pinStyle(pin: Pin): Style[] {
    const selected = pin.id === this.selected;
    const colour = pin.changed ? '#b5179e' : '#14532d';
    const shape = new RegularShape({
      points: 4,
      radius: selected ? 12 : 10,
      angle: Math.PI / 4,
      fill: new Fill({ color: pin.hollow ? 'rgba(255,255,255,0.9)' : colour }),
      stroke: new Stroke({ color: pin.hollow ? colour : '#fff', width: 2, lineDash: pin.hollow ? [3, 3] : undefined }),
    });
    const label = pin.note || (selected || this.map.getView().getResolution()! < 30 ? pin.label : '');
    const styles = [
      new Style({
        image: shape,
        zIndex: selected ? 2 : 1,
        text: new Text({ text: label, offsetY: 20, font: `${selected ? 'bold ' : ''}12px ${FONT}`, fill: new Fill({ color: '#1b1b1b' }), stroke: new Stroke({ color: '#fff', width: 3.5 }) }),
      }),
    ];
    if (!pin.hollow) styles.push(new Style({ zIndex: 3, text: new Text({ text: '✚', font: '11px sans-serif', fill: new Fill({ color: '#fff' }) }) }));
    if (selected) styles.unshift(new Style({ image: new Circle({ radius: 18, stroke: new Stroke({ color: '#111', width: 2 }) }) }));
    return styles;
  }
}

function candidateStyle(candidate: Candidate): Style {
  const shade = Math.round(235 - 175 * Math.max(0, Math.min(1, candidate.share)));
  return new Style({
    image: new Circle({
      radius: candidate.chosen ? 12 : 4 + 5 * candidate.share,
      fill: new Fill({ color: `rgb(${shade},${Math.round(shade * 0.85)},${Math.min(255, shade + 40)})` }),
      stroke: new Stroke({ color: candidate.chosen ? '#111' : '#4a2a7a', width: candidate.chosen ? 3 : 1 }),
    }),
  });
}
