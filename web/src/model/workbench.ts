// The state of the page: scenarios with their history, what is asked of the server, and which answer belongs to which
// edits. An answer is kept with the list of edits it was computed for; a figure whose list is not the one shown says so.

import { batch, createEffect, createMemo, createSignal, on } from 'solid-js';
import { inBoth, inWords, t } from '../i18n/language';
import { ARRIVAL, classTable, DIFFERENCE, differenceClass, type Palette } from '../map/colours';
import { Refused, Superseded, Unreachable, type Server } from '../protocol/server';
import type { AuditAnswer, FailureAnswer, Proposal, Region, RoadPieces, StationInfo, TryAnswer, Words, ZonesAnswer } from '../protocol/types';
import * as edit from './edits';
import type { Edits, Place } from './edits';
import * as history from './history';
import { Latest } from './latest';
import { keep, recall } from './storage';

export interface Scenario {
  name: string;
  note: string;
  history: history.History;
}

/** How near a figure is to the edits shown. */
export type Tier = 'exact' | 'asking' | 'drop' | 'background' | 'failed';

export type Selection =
  | { kind: 'station'; id: string }
  | { kind: 'road'; piece: number; at: Place }
  | { kind: 'zone'; properties: Record<string, unknown>; at: Place }
  | { kind: 'unit'; id: string }
  | { kind: 'place'; at: Place }
  | null;

/** A station under the edits shown; `refused` says why the server will not have it there. */
export type StationOnMap = StationInfo & { changed: boolean; refused: Words | null };

export type CompareMode = 'off' | 'swipe' | 'difference';

/** An answer, and the edits and limit it is of. */
export interface Of<T> {
  edits: Edits;
  limit: number;
  value: T;
}

interface Question {
  edits: Edits;
  limit: number;
}

const NONE: Edits = [];
/** Between asking whether a server that is gone is back. */
const ASK_AGAIN_MS = 1500;
/** After a drop before the slow answers are asked for: a hand that goes on at once is not disturbed. */
const SETTLE_MS = 250;

export type Workbench = ReturnType<typeof createWorkbench>;

export function createWorkbench(server: Server, region: Region, pieces: RoadPieces) {
  const kept = recall(region.key);
  const started: Scenario[] = (kept?.scenarios ?? []).map(({ name, note, edits }) => ({ name, note, history: history.begin(edits) }));
  const given = region.scenario;
  // The scenario that the server was started with is opened once, and not over what was made of it here.
  if (given && !started.some(({ name }) => name === given.name)) started.push({ name: given.name, note: given.note ?? '', history: history.begin(given.edits) });
  if (started.length === 0) started.push({ name: t('scenario_default', 1), note: '', history: history.begin(NONE) });
  const [scenarios, setScenarios] = createSignal<readonly Scenario[]>(started);
  const [current, setCurrent] = createSignal(given && !kept ? started.length - 1 : Math.min(kept?.current ?? 0, started.length - 1));
  const [draft, setDraft] = createSignal<Edits | null>(null);
  const [limit, setLimit] = createSignal(region.limit_s);
  const [selection, select] = createSignal<Selection>(null);
  const [showBefore, setShowBefore] = createSignal(false);
  const [compareMode, setCompareMode] = createSignal<CompareMode>('off');
  const [compareWith, setCompareWith] = createSignal(-1);
  const [swipe, setSwipe] = createSignal(0.5);
  const [gone, setGone] = createSignal(false);
  const [notice, setNotice] = createSignal<Words | null>(null);
  const [refusal, setRefusal] = createSignal<{ edits: Edits; edit: number | null; words: Words } | null>(null);
  const [keptWell, setKeptWell] = createSignal(true);
  const [again, setAgain] = createSignal(0);
  const [stage, setStage] = createSignal<Words | null>(null);
  server.listen((event) => {
    if (event.kind === 'stage') setStage(event.stage);
    else setNotice(inBoth('changed_on_disk', event.files.join(', ')));
  });

  const [answer, setAnswer] = createSignal<Of<TryAnswer> | null>(null);
  const [base, setBase] = createSignal<Of<TryAnswer> | null>(null);
  const [other, setOther] = createSignal<Of<TryAnswer> | null>(null);
  const [audit, setAudit] = createSignal<Of<AuditAnswer> | null>(null);
  const [baseAudit, setBaseAudit] = createSignal<AuditAnswer | null>(null);
  const [auditError, setAuditError] = createSignal<{ edits: Edits; words: Words } | null>(null);
  const [zones, setZones] = createSignal<Of<ZonesAnswer> | null>(null);
  const [baseZones, setBaseZones] = createSignal<Of<ZonesAnswer> | null>(null);
  const [zonesError, setZonesError] = createSignal<{ edits: Edits; limit: number; words: Words } | null>(null);

  const edits = createMemo((): Edits => scenarios()[current()]?.history.edits ?? NONE);
  const shown = createMemo((): Edits => draft() ?? edits());
  const otherEdits = createMemo((): Edits | null => {
    if (compareMode() === 'off') return null;
    return compareWith() < 0 ? NONE : (scenarios()[compareWith()]?.history.edits ?? NONE);
  });

  /** Without edits the try under the hand is the region as it is. */
  const left = createMemo(() => shown().length > 0);
  const isOf = (of: Of<unknown> | null, list: Edits) => of !== null && of.edits === list && of.limit === limit();
  const tryTier = createMemo((): Tier => {
    const refused = refusal();
    if (refused && refused.edits === shown()) return 'failed';
    return isOf(answer(), shown()) && (!left() || base()?.limit === limit()) ? 'exact' : 'asking';
  });
  /** Of the scenario that this one is compared with. */
  const otherTier = createMemo((): Tier => (otherEdits() === null || isOf(other(), otherEdits() ?? NONE) ? 'exact' : 'asking'));
  const auditTier = createMemo((): Tier => {
    if (auditError()?.edits === shown()) return 'failed';
    if (audit()?.edits === shown()) return 'exact';
    return draft() ? 'drop' : 'asking';
  });
  const zonesTier = createMemo((): Tier => {
    const error = zonesError();
    if (error && error.edits === shown() && error.limit === limit()) return 'failed';
    return isOf(zones(), shown()) ? 'exact' : 'background';
  });

  // --- what is asked ---

  function failed(error: unknown, question: Question): void {
    if (error instanceof Refused) setRefusal({ edits: question.edits, edit: error.edit, words: error.words });
    else lost(error);
  }

  function lost(error: unknown): void {
    if (error instanceof Superseded || (error instanceof DOMException && error.name === 'AbortError')) return;
    if (!(error instanceof Unreachable)) {
      setNotice(error instanceof Refused ? error.words : String(error));
      return;
    }
    if (gone()) return;
    setGone(true);
    const ask = async (): Promise<void> => {
      if (await server.alive()) {
        batch(() => {
          setGone(false);
          setNotice(inBoth('server_back'));
          setAgain((n) => n + 1);
        });
      } else setTimeout(() => void ask(), ASK_AGAIN_MS);
    };
    setTimeout(() => void ask(), ASK_AGAIN_MS);
  }

  // The try under the hand, what it is compared with, and the region as it is: one line, in that order.
  const [HAND, OTHER, BASE] = [0, 1, 2];
  const tries = new Latest<Question, TryAnswer>(
    { ask: (question) => server.try(question.edits, question.limit), gaveWay: (error) => error instanceof Superseded },
    [
      {
        answered: (question, value) =>
          batch(() => {
            const of = { ...question, value };
            setAnswer(of);
            const refused = value.refused[0];
            setRefusal(refused ? { edits: question.edits, edit: refused.edit, words: refused.message } : null);
            if (question.edits.length === 0) setBase(of);
          }),
        failed,
      },
      { answered: (question, value) => setOther({ ...question, value }), failed: lost },
      { answered: (question, value) => setBase({ ...question, value }), failed: lost },
    ],
  );

  createEffect(on([shown, limit, again], ([list, seconds]) => tries.send(HAND, { edits: list, limit: seconds })));
  createEffect(
    on([otherEdits, limit, again], ([list, seconds]) => {
      if (list) tries.send(OTHER, { edits: list, limit: seconds });
    }),
  );
  createEffect(
    on([left, limit, again], ([hasEdits, seconds]) => {
      if (hasEdits && base()?.limit !== seconds) tries.send(BASE, { edits: NONE, limit: seconds });
    }),
  );

  let slow = new AbortController();
  let settling: ReturnType<typeof setTimeout> | undefined;
  createEffect(
    on([edits, limit, again, draft], ([list, seconds, , dragging]) => {
      clearTimeout(settling);
      if (dragging) return;
      settling = setTimeout(() => void askSlow(list, seconds), SETTLE_MS);
    }),
  );

  async function askSlow(list: Edits, seconds: number): Promise<void> {
    slow.abort();
    slow = new AbortController();
    const { signal } = slow;
    setStage(null);
    if (audit()?.edits !== list) {
      try {
        const value = await server.audit(list);
        if (signal.aborted) return;
        batch(() => {
          setAudit({ edits: list, limit: seconds, value });
          if (list.length === 0) setBaseAudit(value);
          setAuditError(null);
        });
      } catch (error) {
        if (signal.aborted || error instanceof Superseded) return askAgain(list);
        if (error instanceof Unreachable) return lost(error);
        setAuditError({ edits: list, words: error instanceof Refused ? error.words : String(error) });
      }
    }
    if (!isOf(zones(), list)) {
      try {
        const value = await server.zones(list, seconds, signal);
        if (signal.aborted) return;
        batch(() => {
          setZones({ edits: list, limit: seconds, value });
          if (list.length === 0) setBaseZones({ edits: list, limit: seconds, value });
          setZonesError(null);
        });
      } catch (error) {
        if (signal.aborted || error instanceof Superseded) return askAgain(list);
        if (error instanceof Unreachable) return lost(error);
        setZonesError({ edits: list, limit: seconds, words: error instanceof Refused ? error.words : String(error) });
      }
    }
    if (!baseAudit() && list.length > 0) {
      try {
        setBaseAudit(await server.audit(NONE));
      } catch (error) {
        lost(error);
      }
    }
  }

  /** Asked once more where another page of the same server was in between, and these edits still are the ones shown. */
  function askAgain(list: Edits): void {
    if (edits() === list && !draft()) settling = setTimeout(() => void askSlow(list, limit()), 4 * SETTLE_MS);
  }

  // --- scenarios and their edits ---

  function rewrite(how: (before: history.History) => history.History): void {
    setDraft(null);
    amend(current(), (scenario) => ({ ...scenario, history: how(scenario.history) }));
  }

  function amend(index: number, how: (scenario: Scenario) => Scenario): void {
    setScenarios((all) => all.map((scenario, i) => (i === index ? how(scenario) : scenario)));
  }

  function change(next: Edits): void {
    batch(() => {
      rewrite((before) => history.step(before, next));
    });
  }

  createEffect(() => {
    const state = { current: current(), scenarios: scenarios().map(({ name, note, history: { edits: list } }) => ({ name, note, edits: list })) };
    setKeptWell(keep(region.key, state));
  });

  function addScenario(name: string, note: string, list: Edits): void {
    batch(() => {
      setScenarios((all) => [...all, { name, note, history: history.begin(list) }]);
      setCurrent(scenarios().length - 1);
      select(null);
    });
  }

  function removeScenario(index: number): void {
    batch(() => {
      const rest = scenarios().filter((_, i) => i !== index);
      if (rest.length === 0) rest.push({ name: t('scenario_default', 1), note: '', history: history.begin(NONE) });
      setCurrent(Math.min(current(), rest.length - 1));
      setScenarios(rest);
      setCompareWith(-1);
    });
  }

  // --- what is on the map ---

  /** Stations under the edits shown; the server's word on roads too far away is added where it is of these edits. */
  const stations = createMemo((): StationOnMap[] => {
    const list = shown();
    const told = new Map((answer()?.value.stations ?? []).map((station) => [station.id, station]));
    const closed = new Set(list.map((e) => edit.closedStation(e)?.station));
    const found = region.stations.filter((station) => !closed.has(station.id)).map((station): StationOnMap => ({ ...station, changed: false, refused: null }));
    for (const one of list) {
      const addition = edit.added(one);
      if (addition) {
        found.push({
          id: addition.id,
          name: addition.name ?? addition.id,
          kind: addition.kind ?? 'station',
          at: addition.at,
          ambulances: addition.ambulances ?? null,
          turnout_s: addition.turnout_s ?? null,
          off_road_m: null,
          changed: true,
          refused: null,
        });
      }
      const move = edit.movedTo(one);
      const values = edit.stationValues(one);
      const station = found.find(({ id }) => id === (move?.station ?? values?.station));
      if (!station) continue;
      station.changed = true;
      if (move) station.at = move.to;
      if (values?.ambulances != null) station.ambulances = values.ambulances;
      if (values?.turnout_s != null) station.turnout_s = values.turnout_s;
    }
    const fault = refusal();
    const atFault = fault?.edits === list && fault.edit !== null ? list[fault.edit] : undefined;
    const faulty = atFault && (edit.added(atFault)?.id ?? edit.movedTo(atFault)?.station);
    for (const station of found) if (station.id === faulty) station.refused = fault?.words ?? null;
    for (const station of found) station.off_road_m = told.get(station.id)?.off_road_m ?? null;
    return found;
  });

  const ghosts = createMemo((): Place[] =>
    shown().flatMap((one) => {
      const id = edit.movedTo(one)?.station ?? edit.closedStation(one)?.station;
      const station = region.stations.find((s) => s.id === id);
      return station ? [station.at] : [];
    }),
  );

  const table = createMemo(() => classTable(limit()));

  function classesOf(seconds: Uint16Array | undefined): Uint8Array {
    const classes = new Uint8Array(pieces.road_of.length);
    if (!seconds) return classes.fill(64);
    const classOfSecond = table();
    for (let piece = 0; piece < classes.length; piece++) classes[piece] = classOfSecond[seconds[piece]];
    return classes;
  }

  const visible = createMemo(() => (showBefore() ? (base() ?? answer()) : answer()));
  const picture = createMemo((): { classes: Uint8Array; palette: Palette; right: Uint8Array | null } => {
    const now = visible()?.value.seconds;
    const before = other()?.value.seconds;
    if (compareMode() === 'difference' && now && before) {
      const classes = new Uint8Array(now.length);
      for (let piece = 0; piece < classes.length; piece++) classes[piece] = differenceClass(before[piece], now[piece]);
      return { classes, palette: DIFFERENCE, right: null };
    }
    if (compareMode() === 'swipe' && before) return { classes: classesOf(before), palette: ARRIVAL, right: classesOf(now) };
    return { classes: classesOf(now), palette: ARRIVAL, right: null };
  });

  /** By what an edit calls it, the position of a road; made when it is first asked for. */
  const byChoice = createMemo(() => new Map(pieces.roads.map(({ choice }, road) => [JSON.stringify(choice), road])));
  const roadOf = (choice: edit.RoadChoice): number | undefined => byChoice().get(JSON.stringify(choice));

  // As text, so that a drag, which closes nothing, looks through no road.
  const closures = createMemo((): string => {
    const closed = (showBefore() ? NONE : shown()).map((one) => edit.closedRoad(one)).filter((road) => road !== null);
    return closed.length > 0 ? JSON.stringify(closed) : '';
  });
  const closedPieces = createMemo((): number[] => {
    if (!closures()) return [];
    const choices = JSON.parse(closures()) as edit.RoadChoice[];
    const names = new Set(choices.map((choice) => ('name' in choice ? choice.name : '')).filter(Boolean));
    const closed = new Uint8Array(pieces.roads.length);
    pieces.roads.forEach(({ name }, road) => (closed[road] = names.has(name) ? 1 : 0));
    for (const choice of choices) {
      const road = roadOf(choice);
      if (road !== undefined) closed[road] = 1;
    }
    const found: number[] = [];
    pieces.road_of.forEach((road, piece) => closed[road] && found.push(piece));
    return found;
  });

  const newId = (): string => {
    const taken = new Set([...region.stations.map((s) => s.id), ...edits().map((one) => edit.added(one)?.id)]);
    let n = 1;
    while (taken.has(`N${n}`)) n++;
    return `N${n}`;
  };

  function addStation(at: Place, name?: string): string {
    const id = newId();
    change([...edits(), { add_station: { id, name: name ?? t('station_new', id.slice(1)), at: edit.rounded(at), kind: 'station', ambulances: 2 } }]);
    select({ kind: 'station', id });
    return id;
  }

  const nameOf = (station: string): string => stations().find((s) => s.id === station)?.name ?? region.stations.find((s) => s.id === station)?.name ?? station;

  return {
    server, region, pieces,
    scenarios, amend, current, setCurrent, addScenario, removeScenario,
    edits, shown, draft, setDraft, change,
    undo: () => batch(() => rewrite(history.undo)),
    canUndo: () => (scenarios()[current()]?.history.past.length ?? 0) > 0,
    canRedo: () => (scenarios()[current()]?.history.future.length ?? 0) > 0,
    redo: () => batch(() => rewrite(history.redo)),
    limit, setLimit, selection, select, showBefore, setShowBefore,
    compareMode, setCompareMode, compareWith, setCompareWith, swipe, setSwipe,
    gone, stage, notice, setNotice, refusal, keptWell, lost,
    answer, base, other, audit, baseAudit, auditError, zones, baseZones, zonesError,
    tryTier, auditTier, zonesTier, otherTier,
    stations, ghosts, picture, closedPieces, roadOf, addStation, nameOf, inWords,
  };
}

export type { FailureAnswer, Proposal };
