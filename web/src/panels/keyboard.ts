// Everything the mouse does on the map, from the keyboard.

import { onCleanup } from 'solid-js';
import { MapView } from '../map/map_view';
import * as edit from '../model/edits';
import type { Workbench } from '../model/workbench';
import type { Ui } from './ui';

const STEP_M = 10;
const LONG_STEP_M = 100;
const ARROWS: Record<string, [number, number]> = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}

export function listen(w: Workbench, ui: Ui): void {
  const selected = () => {
    const selection = w.selection();
    return selection?.kind === 'station' ? w.stations().find(({ id }) => id === selection.id) : undefined;
  };
  const onMap = (event: KeyboardEvent) => event.target instanceof HTMLElement && event.target.closest('.map .canvas') !== null;

  function step(by: number): void {
    const all = w.stations();
    if (all.length === 0) return;
    const index = all.findIndex(({ id }) => id === selected()?.id);
    const next = all[(index + by + all.length) % all.length];
    w.select({ kind: 'station', id: next.id });
    ui.view()?.goTo(next.at);
    ui.focusMap();
  }

  function down(event: KeyboardEvent): void {
    const command = event.ctrlKey || event.metaKey;
    if (command && !event.altKey) {
      const key = event.key.toLowerCase();
      if (key === 's') ui.save();
      else if (isField(event.target)) return;
      else if (key === 'y' || (key === 'z' && event.shiftKey)) w.redo();
      else if (key === 'z') w.undo();
      else return;
      return event.preventDefault();
    }
    if (event.altKey || isField(event.target)) return;
    const arrow = ARROWS[event.key];
    const station = selected();
    if (arrow && station && onMap(event)) {
      const metres = event.shiftKey ? LONG_STEP_M : STEP_M;
      // A key held down is one drag: the step is made when it is let go.
      w.setDraft(edit.moveStation(w.edits(), station.id, MapView.moved(station.at, arrow[0] * metres, arrow[1] * metres)));
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === 'b' || event.key === 'B') w.setShowBefore(true);
    else if (event.key === 'n' || event.key === 'N') {
      const at = ui.view()?.centre();
      if (at) w.addStation(at);
      ui.focusMap();
    } else if (event.key === 'Delete' && station) w.change(edit.removeStation(w.edits(), station.id));
    else if (event.key === '[') step(-1);
    else if (event.key === ']') step(1);
    else if (event.key === '/') ui.focusSearch();
    else if (event.key === '?') ui.setKeysShown(true);
    else if (event.key === 'Escape') {
      ui.setTool('select');
      w.setDraft(null);
      w.select(null);
      return;
    } else return;
    event.preventDefault();
  }

  function up(event: KeyboardEvent): void {
    if (event.key === 'b' || event.key === 'B') w.setShowBefore(false);
    const draft = w.draft();
    if (ARROWS[event.key] && draft) w.change(draft);
  }

  function away(): void {
    w.setShowBefore(false);
  }

  // Before the map pans on an arrow.
  window.addEventListener('keydown', down, true);
  window.addEventListener('keyup', up, true);
  window.addEventListener('blur', away);
  onCleanup(() => {
    window.removeEventListener('keydown', down, true);
    window.removeEventListener('keyup', up, true);
    window.removeEventListener('blur', away);
  });
}
