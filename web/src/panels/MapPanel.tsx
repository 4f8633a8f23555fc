// The map in its place on the page: what is shown is read from the workbench, what the hand does is told to it.

import { createEffect, For, onMount, Show, type JSX } from 'solid-js';
import { inWords, metres, t } from '../i18n/language';
import { MapView, type Tool } from '../map/map_view';
import type { Roads } from '../map/roads';
import * as edit from '../model/edits';
import type { Place } from '../model/edits';
import type { Workbench } from '../model/workbench';
import { Legend } from './Legend';
import type { Ui } from './ui';

const HINTS: Partial<Record<Tool, Parameters<typeof t>[0]>> = {
  add: 'tool_add_hint',
  close: 'tool_close_hint',
  close_area: 'tool_area_hint',
  housing: 'tool_area_hint',
  measure: 'tool_measure_hint',
};

export function MapPanel(props: { workbench: Workbench; ui: Ui; roads: Roads }): JSX.Element {
  const { workbench: w, ui } = props;
  let canvas!: HTMLDivElement;

  function clicked(at: Place, piece: number | null, zone: Record<string, unknown> | null, unit: string | null): void {
    const tool = ui.tool();
    if (tool === 'add') {
      w.addStation(at);
      ui.setTool('select');
    } else if (tool === 'close') {
      if (piece !== null) w.change(edit.toggleRoad(w.edits(), w.pieces.roads[w.pieces.road_of[piece]].choice));
    } else if (piece !== null && ui.layers().roads) w.select({ kind: 'road', piece, at });
    else if (zone) w.select({ kind: 'zone', properties: zone, at });
    else w.select(unit === null ? null : { kind: 'unit', id: unit });
  }

  function drawn(tool: Tool, ring: Place[]): void {
    const area = ring.map(edit.rounded);
    if (tool === 'close_area') w.change([...w.edits(), { close_road: { area } }]);
    if (tool === 'housing') w.change([...w.edits(), { add_housing: { people: ui.housingPeople(), area } }]);
    ui.setTool('select');
  }

  onMount(() => {
    const view = new MapView(canvas, props.roads, {
      pinPressed: (id) => w.select({ kind: 'station', id }),
      pinDragged: (id, at) => w.setDraft(edit.moveStation(w.edits(), id, at)),
      pinDropped: (id, at) => w.change(edit.moveStation(w.edits(), id, at)),
      clicked,
      drawn,
      measured: (m) => ui.setMeasured(m),
      frame: (milliseconds) => ui.frames.push([performance.now(), milliseconds]),
    });
    ui.setView(view);
    createEffect(() => {
      const { classes, palette, right } = w.picture();
      view.setTimes(classes, palette);
      view.setSwipe(right, w.swipe());
    });
    createEffect(() => view.setClosed(w.closedPieces()));
    createEffect(() => {
      const selected = w.selection();
      const all = w.showBefore() ? w.region.stations.map((station) => ({ ...station, changed: false, refused: null })) : w.stations();
      view.setPins(
        all.map((station) => ({
          id: station.id,
          label: station.name,
          at: station.at,
          changed: station.changed,
          hollow: station.off_road_m !== null || station.ambulances === 0 || station.refused !== null,
          note: station.refused
            ? inWords(station.refused)
            : station.off_road_m !== null ? t('off_road', Math.round(station.off_road_m)) : station.ambulances === 0 ? t('no_ambulance') : '',
        })),
        selected?.kind === 'station' ? selected.id : null,
      );
    });
    createEffect(() => view.setGhosts(w.showBefore() ? [] : w.ghosts()));
    createEffect(() => {
      const of = w.showBefore() ? w.baseZones() : w.zones();
      view.setZones(w.showBefore() || w.zonesTier() !== 'failed' ? (of?.value.geojson ?? null) : null, 'current');
    });
    createEffect(() => view.setZoneState(w.showBefore() || w.zonesTier() === 'exact' ? 'current' : 'stale'));
    createEffect(() => {
      const names = new Map(w.region.units.map((unit) => [unit.id, unit.name]));
      view.setUnits(w.region.unit_shapes, (properties) => names.get(String(properties.id)) ?? String(properties.name ?? ''));
    });
    createEffect(() => view.setLayers(ui.layers()));
    createEffect(() => view.setTool(ui.tool()));
    createEffect(() => {
      const proposal = ui.proposal()?.value;
      const most = Math.max(1, ...(proposal?.candidates.map(({ gain }) => gain) ?? []));
      const chosen = new Set(proposal?.chosen.map(({ id }) => id));
      view.setCandidates((proposal?.candidates ?? []).map(({ id, at, gain }) => ({ id, at, share: Math.max(0, gain) / most, chosen: chosen.has(id) })));
    });
    createEffect(() => {
      view.setDrawings(
        w.shown().flatMap((one) => {
          const road = edit.closedRoad(one);
          if (road && 'area' in road) return [road.area];
          const area = edit.housing(one)?.area;
          return area ? [area] : [];
        }),
      );
    });
    ui.focusMap = () => canvas.focus();
  });

  const hint = () => HINTS[ui.tool()];
  const comparedName = () => (w.compareWith() < 0 ? t('compare_base') : (w.scenarios()[w.compareWith()]?.name ?? ''));

  return (
    <main class={`map tool-${ui.tool()}`}>
      <div class="canvas" ref={canvas} tabindex="0" role="application" aria-label={t('map_label')} data-testid="map" />
      <div class="hint">
        <Show when={hint()}>{(key) => <p>{t(key())}</p>}</Show>
        <Show when={ui.tool() === 'measure' || ui.measured() !== null ? ui.measured() : null}>{(m) => <p>{t('measured', metres(m()))}</p>}</Show>
        <Show when={!hint() && w.stations().length === 0}>
          <p class="invitation">{t('invitation')}</p>
        </Show>
        <Show when={w.showBefore()}>
          <p>{t('before_shown')}</p>
        </Show>
      </div>
      <Show when={w.compareMode() === 'swipe'}>
        <div class="swipe">
          <div class="names">
            <For each={[t('swipe_left', comparedName()), t('swipe_right', w.scenarios()[w.current()]?.name ?? '')]}>{(name) => <span>{name}</span>}</For>
          </div>
          <input
            type="range"
            min="0"
            max="100"
            value={w.swipe() * 100}
            aria-label={t('swipe_at')}
            onInput={(event) => w.setSwipe(Number(event.currentTarget.value) / 100)}
          />
        </div>
      </Show>
      <Legend workbench={w} />
    </main>
  );
}
