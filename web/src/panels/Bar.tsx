// Above the map: what region this is, search, undo, language; and the banners of bad days.

import { createMemo, createSignal, For, Show, type JSX } from 'solid-js';
import { inWords, language, setLanguage, t } from '../i18n/language';
import { toDegrees } from '../map/plane';
import type { Roads } from '../map/roads';
import type { Workbench } from '../model/workbench';
import type { Ui } from './ui';

interface Found {
  label: string;
  kind: 'station' | 'unit' | 'road' | 'facility' | 'place_address';
  go: () => void;
}

const MOST_FOUND = 12;

export function Bar(props: { workbench: Workbench; ui: Ui; roads: Roads }): JSX.Element {
  const { workbench: w, ui } = props;
  return (
    <header class="bar">
      <h1>{t('title')}</h1>
      <span class="region" title={inWords(w.region.standard)}>
        {inWords(w.region.name)} · {inWords(w.region.standard)}
      </span>
      <Show when={w.region.illustrative}>
        <span class="mark">{t('illustrative')}</span>
      </Show>
      <span class="space" />
      <Search workbench={w} ui={ui} roads={props.roads} />
      <button type="button" onClick={w.undo} disabled={!w.canUndo()} data-testid="undo">
        ↶ {t('undo')}
      </button>
      <button type="button" onClick={w.redo} disabled={!w.canRedo()} data-testid="redo">
        ↷ {t('redo')}
      </button>
      <button
        type="button"
        aria-pressed={w.showBefore()}
        onPointerDown={() => w.setShowBefore(true)}
        onPointerUp={() => w.setShowBefore(false)}
        onPointerLeave={() => w.setShowBefore(false)}
        onKeyDown={(event) => (event.key === ' ' || event.key === 'Enter') && w.setShowBefore(true)}
        onKeyUp={() => w.setShowBefore(false)}
        onBlur={() => w.setShowBefore(false)}
      >
        {t('before_hold')}
      </button>
      <button type="button" onClick={() => ui.setKeysShown(true)} aria-label={t('help')} title={t('help')}>
        ⌨
      </button>
      <button type="button" lang={language() === 'zh' ? 'en' : 'zh-CN'} onClick={() => setLanguage(language() === 'zh' ? 'en' : 'zh')} data-testid="language">
        {t('language')}
      </button>
    </header>
  );
}

function Search(props: { workbench: Workbench; ui: Ui; roads: Roads }): JSX.Element {
  const { workbench: w, ui } = props;
  const [text, setText] = createSignal('');
  let input!: HTMLInputElement;
  ui.focusSearch = () => input.focus();

  /** One piece of each road that has a name, the first. */
  const roadNames = createMemo(() => {
    const first = new Map<string, number>();
    w.pieces.road_of.forEach((road, piece) => {
      const name = w.pieces.roads[road]?.name;
      if (name && !first.has(name)) first.set(name, piece);
    });
    return first;
  });
  const found = createMemo((): Found[] => {
    const wanted = text().trim().toLowerCase();
    if (!wanted) return [];
    const hits: Found[] = [];
    const place = placeIn(wanted);
    if (place) hits.push({ label: place.join(', '), kind: 'place_address', go: () => (w.select({ kind: 'place', at: place }), ui.view()?.goTo(place, 6)) });
    const matches = (name: string) => hits.length < MOST_FOUND && name.toLowerCase().includes(wanted);
    for (const { id, name, at } of w.stations()) {
      if (matches(name) || matches(id)) hits.push({ label: name, kind: 'station', go: () => (w.select({ kind: 'station', id }), ui.view()?.goTo(at)) });
    }
    for (const { name, at } of w.region.facilities) {
      if (matches(name)) hits.push({ label: name, kind: 'facility', go: () => ui.view()?.goTo(at) });
    }
    for (const { id, name } of w.region.units) {
      if (matches(name)) hits.push({ label: name, kind: 'unit', go: () => (w.select({ kind: 'unit', id }), ui.view()?.goToUnit(id)) });
    }
    for (const [name, piece] of roadNames()) {
      if (!matches(name)) continue;
      const i = piece * 4;
      const { ends } = props.roads;
      const at = toDegrees(props.roads, (ends[i] + ends[i + 2]) / 2, (ends[i + 1] + ends[i + 3]) / 2);
      hits.push({ label: name, kind: 'road', go: () => (w.select({ kind: 'road', piece, at }), ui.view()?.goTo(at, 3)) });
    }
    return hits;
  });
  const choose = (hit: Found | undefined) => {
    if (!hit) return;
    hit.go();
    setText('');
    ui.focusMap();
  };
  return (
    <div class="search" role="search">
      <input
        ref={input}
        type="search"
        value={text()}
        placeholder={t('search')}
        aria-label={t('search')}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') choose(found()[0]);
          if (event.key === 'Escape') setText('');
        }}
        data-testid="search"
      />
      <Show when={text().trim()}>
        <div class="found">
          <Show when={found().length > 0} fallback={<p>{t('search_none', text())}</p>}>
            <For each={found()}>
              {(hit) => (
                <button type="button" onClick={() => choose(hit)}>
                  <span>{hit.label}</span>
                  <small>{t(hit.kind)}</small>
                </button>
              )}
            </For>
          </Show>
        </div>
      </Show>
    </div>
  );
}

/** Longitude and latitude, as people type them. */
function placeIn(text: string): [number, number] | null {
  const numbers = text.match(/^(-?\d{1,3}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,2}(?:\.\d+)?)$/);
  if (!numbers) return null;
  const [lon, lat] = [Number(numbers[1]), Number(numbers[2])];
  return Math.abs(lon) <= 180 && Math.abs(lat) < 85 ? [lon, lat] : null;
}

export function Banners(props: { workbench: Workbench }): JSX.Element {
  const w = props.workbench;
  return (
    <div class="banners">
      <Show when={w.gone()}>
        <div class="banner" role="alert" data-testid="gone">
          {t('server_gone')}
        </div>
      </Show>
      <Show when={!w.gone() && w.notice()}>
        {(words) => (
          <div class="banner note" role="status" data-testid="notice">
            <span>{inWords(words())}</span>
            <span class="grow" />
            <button type="button" onClick={() => w.setNotice(null)}>
              {t('close')}
            </button>
          </div>
        )}
      </Show>
    </div>
  );
}
