// The edits of a scenario, in the shape of scenario.toml (docs/scenarios.md), and what the hand on the map does to a list
// of them. Every function gives another list: undo keeps the older ones.

export type Place = [number, number];

export interface NewStation {
  id: string;
  name?: string | null;
  at: Place;
  kind?: string | null;
  ambulances?: number | null;
  negative_pressure?: number | null;
  turnout_s?: number | null;
  attributes?: Record<string, unknown>;
}

export interface StationValues {
  station: string;
  ambulances?: number | null;
  negative_pressure?: number | null;
  turnout_s?: number | null;
}

export type RoadChoice = { id: string } | { feature: number } | { name: string } | { area: Place[] } | { line: Place[] };

/** One edit: an object with the name of its kind as its only key. Kinds the page does not make itself stay as they were read. */
export type Edit =
  | { add_station: NewStation }
  | { move_station: { station: string; to: Place } }
  | { close_station: { station: string } }
  | { set_station: StationValues }
  | { close_road: RoadChoice }
  | { set_road_speed: { road: RoadChoice; kmh: number } }
  | { set_period: { period: string; factor?: number | null } }
  | { scale_people: { unit?: string | null; factor?: number | null; total?: number | null; year?: number | null } }
  | { add_housing: { name?: string | null; people: number; at?: Place | null; area?: Place[] | null; urban?: boolean | null } }
  | { [other: string]: unknown };

export type Edits = readonly Edit[];

/** The value of an edit if it is of that kind. */
export function as<T>(edit: Edit, kind: string): T | null {
  return kind in edit ? ((edit as Record<string, unknown>)[kind] as T) : null;
}

export const added = (edit: Edit) => as<NewStation>(edit, 'add_station');
export const movedTo = (edit: Edit) => as<{ station: string; to: Place }>(edit, 'move_station');
export const closedStation = (edit: Edit) => as<{ station: string }>(edit, 'close_station');
export const stationValues = (edit: Edit) => as<StationValues>(edit, 'set_station');
export const closedRoad = (edit: Edit) => as<RoadChoice>(edit, 'close_road');
export const roadSpeed = (edit: Edit) => as<{ road: RoadChoice; kmh: number }>(edit, 'set_road_speed');
export const periodInForce = (edit: Edit) => as<{ period: string; factor?: number | null }>(edit, 'set_period');
export const scaledPeople = (edit: Edit) => as<{ unit?: string | null; factor?: number | null }>(edit, 'scale_people');
export const housing = (edit: Edit) => as<{ people: number; at?: Place | null; area?: Place[] | null }>(edit, 'add_housing');

/** A seventh decimal of a degree is a centimetre. */
export function rounded([lon, lat]: Place): Place {
  return [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7];
}

/** A station at another place: of the region by a move, of the scenario where it is added. */
export function moveStation(edits: Edits, station: string, to: Place): Edits {
  const at = rounded(to);
  if (edits.some((edit) => added(edit)?.id === station)) {
    return edits.map((edit) => {
      const value = added(edit);
      return value?.id === station ? { add_station: { ...value, at } } : edit;
    });
  }
  const move: Edit = { move_station: { station, to: at } };
  if (edits.some((edit) => movedTo(edit)?.station === station)) {
    return edits.map((edit) => (movedTo(edit)?.station === station ? move : edit));
  }
  return [...edits, move];
}

/** A station of the scenario is forgotten with all that was said of it; one of the region is closed. */
export function removeStation(edits: Edits, station: string): Edits {
  const ofScenario = edits.some((edit) => added(edit)?.id === station);
  const others = edits.filter(
    (edit) => added(edit)?.id !== station && movedTo(edit)?.station !== station && stationValues(edit)?.station !== station,
  );
  return ofScenario ? others : [...others, { close_station: { station } }];
}

/** Values of a station; those of one added stand in its edit. */
export function setStation(edits: Edits, station: string, values: Omit<StationValues, 'station'>): Edits {
  let found = false;
  const changed = edits.map((edit) => {
    const addition = added(edit);
    if (addition?.id === station) {
      found = true;
      return { add_station: { ...addition, ...values } };
    }
    const before = stationValues(edit);
    if (before?.station === station) {
      found = true;
      return { set_station: { ...before, ...values } };
    }
    return edit;
  });
  return found ? changed : [...changed, { set_station: { station, ...values } }];
}

function sameRoad(a: RoadChoice, b: RoadChoice): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Closes a road, or opens it again if this scenario closed it. A closed road has no other speed. */
export function toggleRoad(edits: Edits, road: RoadChoice): Edits {
  const isClosed = edits.some((edit) => sameRoadAs(closedRoad(edit), road));
  const others = edits.filter((edit) => !sameRoadAs(closedRoad(edit), road) && !sameRoadAs(roadSpeed(edit)?.road, road));
  return isClosed ? others : [...others, { close_road: road }];
}

export function sameRoadAs(a: RoadChoice | null | undefined, b: RoadChoice): boolean {
  return a != null && sameRoad(a, b);
}

export function setRoadSpeed(edits: Edits, road: RoadChoice, kmh: number | null): Edits {
  const others = edits.filter((edit) => !sameRoadAs(roadSpeed(edit)?.road, road));
  return kmh === null ? others : [...others, { set_road_speed: { road, kmh } }];
}

export function setPeriod(edits: Edits, period: string | null, factor?: number): Edits {
  const others = edits.filter((edit) => !periodInForce(edit));
  if (period === null) return others;
  return [...others, { set_period: factor === undefined ? { period } : { period, factor } }];
}

export function scalePeople(edits: Edits, unit: string | null, factor: number | null): Edits {
  const others = edits.filter((edit) => {
    const value = scaledPeople(edit);
    return !value || (value.unit ?? null) !== unit;
  });
  if (factor === null || factor === 1) return others;
  return [...others, { scale_people: unit === null ? { factor } : { unit, factor } }];
}
