// What the page knows of a region and of an answer, in its own terms; protocol/client.ts makes it of what the server
// sends. Times are whole seconds, 65535 where nobody arrives; shares are from 0 to 1.

import type { Edits, Place, RoadChoice } from '../model/edits';

export interface Both {
  zh: string;
  en: string;
}

export type Words = Both | string;

export interface StationInfo {
  id: string;
  name: string;
  kind: string | null;
  at: Place;
  ambulances: number | null;
  turnout_s: number | null;
  /** Metres to the nearest road if that is farther than a driveway should be. */
  off_road_m: number | null;
}

export interface RoadInfo {
  name: string;
  kind: string;
  kmh: number | null;
  choice: RoadChoice;
}

export interface UnitInfo {
  id: string;
  name: string;
}

export interface PeriodInfo {
  name: string;
  label: Words;
  factor: number | null;
}

export interface Region {
  /** Under which the browser keeps scenarios of this region. */
  key: string;
  name: Words;
  standard: Words;
  illustrative: boolean;
  source: string;
  /** Of the time rules, seconds, ascending. */
  limits_s: number[];
  limit_s: number;
  period: string;
  periods: PeriodInfo[];
  stations: StationInfo[];
  units: UnitInfo[];
  unit_shapes: unknown;
  people: number | null;
  /** SHA-256 of each file, for scenario.toml. */
  made_on: Record<string, string>;
  /** Medical facilities and defibrillators, to be found by name. */
  facilities: { id: string; name: string; kind: string | null; at: Place }[];
  /** That of --scenario. */
  scenario: ScenarioFile | null;
  lang: 'zh' | 'en';
}

/** Roads as they come: ends in degrees, and the road of each piece. */
export interface RoadPieces {
  /** lon, lat, lon, lat of each piece. */
  degrees: Float64Array;
  road_of: Uint32Array;
  roads: RoadInfo[];
}

export type Verdict = 'met' | 'gap' | 'depends_on_reading' | 'cannot_be_judged';

export interface RuleAnswer {
  id: string;
  title: Words;
  verdict: Verdict;
  /** The figure and the limit in words, e.g. "92.4 %". */
  figure: Words;
  /** Why it cannot be judged, or what the readings are. */
  detail: Words | null;
  /** Of a try: only the first of several readings is judged so far. */
  provisional?: boolean;
}

export interface UnitAnswer {
  id: string;
  people: number;
  within: number;
}

/** What a try answers: everything that is exact while a station is dragged. */
export interface TryAnswer {
  people: number | null;
  within: number | null;
  mean_s: number | null;
  /** People within each whole minute, from 0. */
  curve: number[] | null;
  units: UnitAnswer[];
  rules: RuleAnswer[];
  stations: StationInfo[];
  /** Edits that cannot be made, by their place in the list. */
  refused: { edit: number; message: Words }[];
  /** Of every piece of road. */
  seconds: Uint16Array;
  /** Position in `stations` of who comes first; 65535 nobody or not told. */
  by: Uint16Array | null;
}

/** What is computed on drop: every rule with its readings. */
export interface AuditAnswer {
  rules: RuleAnswer[];
}

export interface ZonesAnswer {
  geojson: unknown;
  rule: string;
  area_km2: { best: number; low: number; high: number } | null;
}

export interface Proposal {
  chosen: { id: string; name: string; at: Place }[];
  gain: number;
  proof: Words;
  candidates: { id: string; name: string; at: Place; gain: number }[];
}

export interface FailureAnswer {
  station: string;
  lost: number;
}

export interface ScenarioFile {
  name: string;
  note: string | null;
  edits: Edits;
}
