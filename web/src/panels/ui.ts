// What belongs to the page alone: the tool in the hand, layers, the map itself.

import { createSignal } from 'solid-js';
import type { MapView, Tool } from '../map/map_view';
import type { Of } from '../model/workbench';
import type { FailureAnswer, Proposal } from '../protocol/types';

export function createUi() {
  const [tool, setTool] = createSignal<Tool>('select');
  const [layers, setLayers] = createSignal({ roads: true, zones: true, units: true, stations: true });
  const [measured, setMeasured] = createSignal<number | null>(null);
  const [view, setView] = createSignal<MapView | null>(null);
  const [proposal, setProposal] = createSignal<Of<Proposal> | null>(null);
  const [failures, setFailures] = createSignal<Of<FailureAnswer[]> | null>(null);
  const [housingPeople, setHousingPeople] = createSignal(10000);
  const [keysShown, setKeysShown] = createSignal(false);
  return {
    tool,
    setTool: (to: Tool) => {
      setMeasured(null);
      setTool(to);
    },
    layers, setLayers, measured, setMeasured, view, setView, proposal, setProposal, failures, setFailures,
    housingPeople, setHousingPeople, keysShown, setKeysShown,
    focusMap: () => {},
    focusSearch: () => {},
    save: () => {},
    /** When a frame was painted and how long it took; the test of the page reads it. */
    frames: [] as [number, number][],
  };
}

export type Ui = ReturnType<typeof createUi>;
