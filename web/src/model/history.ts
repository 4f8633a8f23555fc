// Undo and redo over lists of edits. A drag is one step, however many places it passed.

import type { Edits } from './edits';

export interface History {
  past: readonly Edits[];
  edits: Edits;
  future: readonly Edits[];
}

export const MOST_STEPS = 200;

export const begin = (edits: Edits): History => ({ past: [], edits, future: [] });

/** Makes a step. */
export function step(history: History, edits: Edits): History {
  if (edits === history.edits) return history;
  return { past: [...history.past, history.edits].slice(-MOST_STEPS), edits, future: [] };
}

export function undo(history: History): History {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), edits: before, future: [history.edits, ...history.future] };
}

export function redo(history: History): History {
  const [next, ...later] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.edits], edits: next, future: later };
}
