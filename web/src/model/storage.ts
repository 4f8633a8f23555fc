// What survives a reload: the scenarios of a region, in this browser alone.

import type { Edits } from './edits';

export interface Kept {
  current: number;
  scenarios: { name: string; note: string; edits: Edits }[];
}

const keyOf = (region: string) => `lifering.workbench.1.${region}`;

/** False if the browser keeps nothing (storage full or switched off): the page says so. */
export function keep(region: string, kept: Kept): boolean {
  try {
    localStorage.setItem(keyOf(region), JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function recall(region: string): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(region)) ?? 'null') as Kept | null;
    const sound = kept && Array.isArray(kept.scenarios) && kept.scenarios.length > 0 && kept.scenarios.every((s) => typeof s.name === 'string' && Array.isArray(s.edits));
    return sound ? kept : null;
  } catch {
    return null;
  }
}
