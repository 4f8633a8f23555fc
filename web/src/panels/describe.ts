// An edit in a sentence.

import { percent, t, whole } from '../i18n/language';
import * as edit from '../model/edits';
import type { Edit, RoadChoice } from '../model/edits';
import type { Workbench } from '../model/workbench';

export function roadName(w: Workbench, road: RoadChoice): string {
  if ('name' in road) return road.name;
  if ('area' in road || 'line' in road) return t('the_area');
  const position = w.roadOf(road);
  return (position === undefined ? '' : w.pieces.roads[position].name) || `${t('road_unnamed')} ${'feature' in road ? road.feature : road.id}`;
}

export function describe(w: Workbench, one: Edit): string {
  const addition = edit.added(one);
  if (addition) return t('edit_add_station', addition.name ?? addition.id);
  const move = edit.movedTo(one);
  if (move) return t('edit_move_station', w.nameOf(move.station));
  const closed = edit.closedStation(one);
  if (closed) return t('edit_close_station', w.nameOf(closed.station));
  const values = edit.stationValues(one);
  if (values) {
    const said = [
      values.ambulances == null ? '' : `${t('ambulances')} ${values.ambulances}`,
      values.turnout_s == null ? '' : `${t('turnout')} ${values.turnout_s}`,
    ];
    return t('edit_set_station', w.nameOf(values.station), said.filter(Boolean).join(' · '));
  }
  const road = edit.closedRoad(one);
  if (road) return t('edit_close_road', roadName(w, road));
  const speed = edit.roadSpeed(one);
  if (speed) return t('edit_road_speed', roadName(w, speed.road), speed.kmh);
  const period = edit.periodInForce(one);
  if (period) return t('edit_period', period.period) + (period.factor == null ? '' : ` × ${period.factor}`);
  const scale = edit.scaledPeople(one);
  if (scale) {
    const unit = w.region.units.find(({ id }) => id === scale.unit)?.name ?? scale.unit ?? t('edit_scale_all');
    return t('edit_scale', unit, scale.factor == null ? '' : percent(scale.factor));
  }
  const people = edit.housing(one);
  if (people) return t('edit_housing', whole(people.people));
  return JSON.stringify(one);
}
