// On the right, below: hour and limit, layers, the curve of people by time, the table of units.

import { createMemo, For, Index, Show, type JSX } from 'solid-js';
import { inWords, minutes, percent, t, whole } from '../i18n/language';
import * as edit from '../model/edits';
import type { Workbench } from '../model/workbench';
import type { Ui } from './ui';

/** `offpeak` and `peak` are the periods of a region.toml that names none; those it names keep their names. */
function periodName(name: string, label: string): string {
  if (label !== name) return label;
  return name === 'offpeak' ? t('period_offpeak') : name === 'peak' ? t('period_peak') : label;
}

export function Settings(props: { workbench: Workbench; ui: Ui }): JSX.Element {
  const { workbench: w, ui } = props;
  const period = () => w.edits().map((one) => edit.periodInForce(one)).find(Boolean)?.period ?? w.region.period;
  return (
    <section class="panel">
      <div class="fields">
        <label for="limit">{t('limit')}</label>
        <div class="row tight">
          <input id="limit" class="grow" type="range" min="60" max="1800" step="30" value={w.limit()} onInput={(event) => w.setLimit(event.currentTarget.valueAsNumber)} list="limits" aria-valuetext={t('minutes', minutes(w.limit()))} />
          <output for="limit">{t('minutes', minutes(w.limit()))}</output>
          <datalist id="limits">
            <For each={w.region.limits_s}>{(seconds) => <option value={seconds} />}</For>
          </datalist>
        </div>
        <Show when={w.region.periods.length > 0}>
          <label for="period">{t('period')}</label>
          <select
            id="period"
            value={period()}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              w.change(edit.setPeriod(w.edits(), chosen === w.region.period ? null : chosen));
            }}
          >
            <For each={w.region.periods}>{({ name, label }) => <option value={name}>{periodName(name, inWords(label))}</option>}</For>
          </select>
        </Show>
      </div>
      <div class="row" role="group" aria-label={t('layers')}>
        <For each={['roads', 'zones', 'units', 'stations'] as const}>
          {(layer) => (
            <label class="check">
              <input type="checkbox" checked={ui.layers()[layer]} onChange={(event) => ui.setLayers({ ...ui.layers(), [layer]: event.currentTarget.checked })} />
              {t(`layer_${layer}`)}
            </label>
          )}
        </For>
      </div>
    </section>
  );
}

const WIDTH = 260;
const HEIGHT = 112;
const LEFT = 30;
const BOTTOM = 16;

export function Curve(props: { workbench: Workbench }): JSX.Element {
  const w = props.workbench;
  const now = () => w.answer()?.value;
  const was = () => w.base()?.value;
  const most = () => Math.max(1, now()?.people ?? 0, was()?.people ?? 0);
  const last = () => Math.max(1, (now()?.curve?.length ?? 2) - 1);
  const x = (minute: number) => LEFT + (minute / last()) * (WIDTH - LEFT - 6);
  const y = (people: number) => 6 + (1 - people / most()) * (HEIGHT - BOTTOM - 6);
  const path = (curve: number[] | null | undefined) => (curve ?? []).map((people, minute) => `${minute === 0 ? 'M' : 'L'}${x(minute).toFixed(1)} ${y(people).toFixed(1)}`).join('');
  const ticks = () => Array.from({ length: 13 }, (_, i) => i * (last() > 40 ? 10 : 5)).filter((minute) => minute <= last());
  const at = createMemo(() => Math.round(w.limit() / 60));
  const told = (curve: number[] | null | undefined) => whole(curve?.[Math.min(at(), (curve?.length ?? 1) - 1)] ?? 0);
  return (
    <Show when={now()?.curve}>
      <section class="panel" aria-labelledby="curve-title">
        <h2 id="curve-title">{t('curve')}</h2>
        <svg class="curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t('curve_text', at(), told(was()?.curve ?? now()?.curve), told(now()?.curve))}>
          <path class="axis" d={`M${LEFT} 6V${HEIGHT - BOTTOM}H${WIDTH - 6}`} />
          <For each={[0, 0.5, 1]}>{(share) => <text x={LEFT - 4} y={y(share * most()) + 3} text-anchor="end">{`${share * 100}%`}</text>}</For>
          <For each={ticks()}>{(minute) => <text x={x(minute)} y={HEIGHT - 4} text-anchor="middle">{minute}</text>}</For>
          <path class="limit" d={`M${x(w.limit() / 60)} 6V${HEIGHT - BOTTOM}`} />
          <path class="was" d={path(was()?.curve)} />
          <path class="now" d={path(now()?.curve)} />
        </svg>
        <p class="small faint">
          ┄ {t('before')} &ensp;━ {t('after')} &ensp;({t('minute_axis')})
        </p>
      </section>
    </Show>
  );
}

export function Units(props: { workbench: Workbench; ui: Ui }): JSX.Element {
  const w = props.workbench;
  const share = (value: { people: number; within: number } | undefined) => (value && value.people > 0 ? value.within / value.people : null);
  const rows = createMemo(() => {
    const now = new Map(w.answer()?.value.units.map((unit) => [unit.id, unit]));
    const was = new Map((w.base() ?? w.answer())?.value.units.map((unit) => [unit.id, unit]));
    return w.region.units.map(({ id, name }) => ({ id, name, people: now.get(id)?.people ?? 0, was: share(was.get(id)), now: share(now.get(id)) }));
  });
  /** Less than a twentieth of a per cent is not shown, and no turn. */
  const turn = ({ was, now }: { was: number | null; now: number | null }) => (was === null || now === null || Math.abs(now - was) <= 0.0005 ? '' : now > was ? 'up' : 'down');
  const shown = (value: number | null) => (value === null ? '–' : percent(value));
  return (
    <Show when={w.region.units.length > 0}>
      <section class="panel" classList={{ stale: w.tryTier() !== 'exact' }} aria-labelledby="units-title">
        <h2 id="units-title">{t('units')}</h2>
        <table class="plain" data-testid="units">
          <thead>
            <tr>
              <th>{t('unit')}</th>
              <th>{t('people')}</th>
              <th>{t('before')}</th>
              <th>{t('after')}</th>
            </tr>
          </thead>
          <tbody>
            <Index each={rows()}>
              {(row) => (
                <tr>
                  <td>
                    <button type="button" onClick={() => w.select({ kind: 'unit', id: row().id })}>
                      {row().name}
                    </button>
                  </td>
                  <td>{whole(row().people)}</td>
                  <td>{shown(row().was)}</td>
                  <td class={turn(row())}>{shown(row().now)}</td>
                </tr>
              )}
            </Index>
          </tbody>
        </table>
      </section>
    </Show>
  );
}
