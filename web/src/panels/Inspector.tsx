// On the right: what a station, a road, ground not covered or a unit says, and what can be changed of it.

import { createMemo, Match, Show, Switch, type JSX } from 'solid-js';
import { inWords, minutes, percent, t, whole } from '../i18n/language';
import { NEVER } from '../map/roads';
import * as edit from '../model/edits';
import type { Place } from '../model/edits';
import type { Selection, Workbench } from '../model/workbench';
import { roadName } from './describe';
import { TierMark } from './Strip';
import type { Ui } from './ui';

type Selected<K> = Extract<Selection, { kind: K }>;

function selected<K extends 'station' | 'road' | 'zone' | 'unit' | 'place'>(w: Workbench, kind: K): Selected<K> | null {
  const selection = w.selection();
  return selection?.kind === kind ? (selection as Selected<K>) : null;
}

export function Inspector(props: { workbench: Workbench; ui: Ui }): JSX.Element {
  const w = props.workbench;
  return (
    <section class="panel" aria-labelledby="inspector-title" data-testid="inspector">
      <h2 id="inspector-title">{t('inspector')}</h2>
      <Switch fallback={<p class="faint">{t('nothing_selected')}</p>}>
        <Match when={selected(w, 'station')?.id}>{(id) => <Station workbench={w} ui={props.ui} id={id()} />}</Match>
        <Match when={selected(w, 'road')}>{(road) => <Road workbench={w} piece={road().piece} at={road().at} />}</Match>
        <Match when={selected(w, 'zone')}>{(zone) => <Zone workbench={w} properties={zone().properties} at={zone().at} />}</Match>
        <Match when={selected(w, 'place')}>
          {(place) => (
            <>
              <h3>{t('place_address')}</h3>
              <p>{place().at.join(', ')}</p>
              <button type="button" onClick={() => w.addStation(place().at)}>
                {t('add_here')}
              </button>
            </>
          )}
        </Match>
        <Match when={selected(w, 'unit')?.id}>{(id) => <Unit workbench={w} id={id()} />}</Match>
      </Switch>
    </section>
  );
}

function Station(props: { workbench: Workbench; ui: Ui; id: string }): JSX.Element {
  const w = props.workbench;
  const station = createMemo(() => w.stations().find(({ id }) => id === props.id));
  const original = () => w.region.stations.find(({ id }) => id === props.id);
  const lost = () => {
    const failures = props.ui.failures();
    return failures && failures.edits === w.shown() && failures.limit === w.limit() ? failures.value.find((one) => one.station === props.id)?.lost : undefined;
  };
  const moved = () => w.edits().some((one) => edit.movedTo(one)?.station === props.id);
  const set = (values: { ambulances?: number; turnout_s?: number }) => w.change(edit.setStation(w.edits(), props.id, values));
  const place = (at: Place) => {
    if (at.every(Number.isFinite) && Math.abs(at[0]) <= 180 && Math.abs(at[1]) < 85) w.change(edit.moveStation(w.edits(), props.id, at));
  };
  const rename = (name: string) =>
    w.change(w.edits().map((one) => {
      const addition = edit.added(one);
      return addition?.id === props.id ? { add_station: { ...addition, name: name || addition.id } } : one;
    }));
  return (
    <Show
      when={station()}
      fallback={
        <>
          <p>{w.nameOf(props.id)}</p>
          <Show when={original()}>
            <button type="button" onClick={() => w.change(w.edits().filter((one) => edit.closedStation(one)?.station !== props.id))}>
              {t('restore_station')}
            </button>
          </Show>
        </>
      }
    >
      {(s) => (
        <>
          <h3>{s().name}</h3>
          <Show when={s().off_road_m}>{(m) => <p class="down">{t('off_road', Math.round(m()))}</p>}</Show>
          <Show when={s().refused}>{(words) => <p class="down">{inWords(words())}</p>}</Show>
          <div class="fields">
            <Show when={!original()}>
              <label for="station-name">{t('station_name')}</label>
              <input id="station-name" type="text" value={s().name} onChange={(event) => rename(event.currentTarget.value)} />
            </Show>
            <label for="station-ambulances">{t('ambulances')}</label>
            <input id="station-ambulances" type="number" min="0" max="99" step="1" value={s().ambulances ?? ''} onChange={(event) => event.currentTarget.value && set({ ambulances: Math.max(0, Math.round(event.currentTarget.valueAsNumber)) })} />
            <label for="station-turnout">{t('turnout')}</label>
            <input id="station-turnout" type="number" min="0" max="3600" step="10" value={s().turnout_s ?? ''} onChange={(event) => event.currentTarget.value && set({ turnout_s: Math.max(0, event.currentTarget.valueAsNumber) })} />
            <label for="station-lon">{t('longitude')}</label>
            <input id="station-lon" type="number" step="0.0001" value={s().at[0]} onChange={(event) => place([event.currentTarget.valueAsNumber, s().at[1]])} />
            <label for="station-lat">{t('latitude')}</label>
            <input id="station-lat" type="number" step="0.0001" value={s().at[1]} onChange={(event) => place([s().at[0], event.currentTarget.valueAsNumber])} />
          </div>
          <Show when={lost() !== undefined}>
            <p>{t('failure_lost', s().name, whole(lost() ?? 0))}</p>
          </Show>
          <div class="row">
            <Show when={moved()}>
              <button type="button" onClick={() => w.change(w.edits().filter((one) => edit.movedTo(one)?.station !== props.id))}>
                {t('put_back')}
              </button>
            </Show>
            <button type="button" class="danger" onClick={() => w.change(edit.removeStation(w.edits(), props.id))}>
              {t('delete_station')}
            </button>
          </div>
        </>
      )}
    </Show>
  );
}

function Road(props: { workbench: Workbench; piece: number; at: Place }): JSX.Element {
  const w = props.workbench;
  const road = () => w.pieces.roads[w.pieces.road_of[props.piece]];
  const isClosed = () => w.edits().some((one) => edit.sameRoadAs(edit.closedRoad(one), road().choice));
  const isClosedByName = () => w.edits().some((one) => edit.sameRoadAs(edit.closedRoad(one), { name: road().name }));
  const speed = () => w.edits().map((one) => edit.roadSpeed(one)).find((one) => one && edit.sameRoadAs(one.road, road().choice))?.kmh ?? road().kmh;
  const arrival = (seconds: number | undefined) => (seconds === undefined || seconds === NEVER ? t('road_nobody') : t('minutes', minutes(seconds)));
  const who = () => {
    const index = w.answer()?.value.by?.[props.piece];
    return index === undefined || index === NEVER ? null : (w.answer()?.value.stations[index]?.name ?? null);
  };
  return (
    <>
      <h3>{roadName(w, road().choice)}</h3>
      <dl class="fields">
        <dt>{t('road_class')}</dt>
        <dd>{road().kind}</dd>
        <dt>{t('road_arrival')}</dt>
        <dd>
          {arrival(w.base()?.value.seconds[props.piece] ?? w.answer()?.value.seconds[props.piece])}
          <Show when={w.edits().length > 0}> → <strong>{arrival(w.answer()?.value.seconds[props.piece])}</strong></Show>
        </dd>
        <Show when={who()}>
          {(name) => (
            <>
              <dt>{t('road_from')}</dt>
              <dd>{name()}</dd>
            </>
          )}
        </Show>
        <label for="road-speed">{t('road_speed')}</label>
        <input
          id="road-speed"
          type="number"
          min="1"
          max="150"
          value={speed() ?? ''}
          onChange={(event) => w.change(edit.setRoadSpeed(w.edits(), road().choice, event.currentTarget.value ? Math.max(1, event.currentTarget.valueAsNumber) : null))}
        />
      </dl>
      <div class="row">
        <button type="button" onClick={() => w.change(edit.toggleRoad(w.edits(), road().choice))}>
          {t(isClosed() ? 'open_this_road' : 'close_this_road')}
        </button>
        <Show when={road().name}>
          {(name) => (
            <button type="button" onClick={() => w.change(edit.toggleRoad(w.edits(), { name: name() }))}>
              {t(isClosedByName() ? 'open_all_of_name' : 'close_all_of_name')}
            </button>
          )}
        </Show>
        <button type="button" onClick={() => w.addStation(props.at)}>
          {t('add_here')}
        </button>
      </div>
      <TierMark tier={w.tryTier()} />
    </>
  );
}

function Zone(props: { workbench: Workbench; properties: Record<string, unknown>; at: Place }): JSX.Element {
  const w = props.workbench;
  const number = (key: string) => (typeof props.properties[key] === 'number' ? (props.properties[key] as number) : null);
  const seconds = (what: 'nearest' | 'worst') => number(what === 'nearest' ? 'nearest_station_s' : 'worst_s') ?? (number(`${what}_minutes`) === null ? null : (number(`${what}_minutes`) ?? 0) * 60);
  const nearest = () => {
    const station = props.properties.nearest_station;
    return typeof station === 'string' ? w.nameOf(station) : null;
  };
  return (
    <>
      <h3>{t('zone')}</h3>
      <dl class="fields">
        <dt>{t('zone_people')}</dt>
        <dd>{number('population') === null ? '–' : whole(number('population') ?? 0)}</dd>
        <dt>{t('zone_reason')}</dt>
        <dd>{inWords((props.properties.reason_words ?? props.properties.reason) as string | null) || '–'}</dd>
        <dt>{t('zone_nearest')}</dt>
        <dd>{nearest() ?? '–'}</dd>
        <Show when={seconds('nearest')}>
          {(s) => (
            <>
              <dt>{t('zone_short')}</dt>
              <dd>
                {t('minutes', minutes(Math.max(0, s() - w.limit())))}
                <Show when={seconds('worst')}>{(worst) => <span class="faint"> {t('zone_worst', minutes(Math.max(0, worst() - w.limit())))}</span>}</Show>
              </dd>
            </>
          )}
        </Show>
      </dl>
      <div class="row">
        <button type="button" onClick={() => w.addStation(props.at)}>
          {t('add_here')}
        </button>
      </div>
      <TierMark tier={w.zonesTier()} />
    </>
  );
}

function Unit(props: { workbench: Workbench; id: string }): JSX.Element {
  const w = props.workbench;
  const name = () => w.region.units.find(({ id }) => id === props.id)?.name ?? props.id;
  const now = () => w.answer()?.value.units.find(({ id }) => id === props.id);
  const was = () => w.base()?.value.units.find(({ id }) => id === props.id);
  const share = (value: { people: number; within: number } | undefined) => (value && value.people > 0 ? percent(value.within / value.people) : '–');
  const factor = () => w.edits().map((one) => edit.scaledPeople(one)).find((one) => one?.unit === props.id)?.factor ?? 1;
  return (
    <>
      <h3>{name()}</h3>
      <dl class="fields">
        <dt>{t('unit_people')}</dt>
        <dd>{whole(now()?.people ?? 0)}</dd>
        <dt>{t('unit_share')}</dt>
        <dd>
          {share(was())} → <strong>{share(now())}</strong>
        </dd>
        <label for="unit-factor">{t('unit_factor')}</label>
        <input
          id="unit-factor"
          type="number"
          min="0"
          max="20"
          step="0.1"
          value={factor()}
          onChange={(event) => w.change(edit.scalePeople(w.edits(), props.id, event.currentTarget.value ? Math.max(0, event.currentTarget.valueAsNumber) : null))}
        />
      </dl>
      <TierMark tier={w.tryTier()} />
    </>
  );
}
