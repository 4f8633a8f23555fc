// On the left: tools, edits, scenarios, stations.

import { createMemo, For, Show, type JSX } from 'solid-js';
import { inBoth, inWords, t } from '../i18n/language';
import type { Tool } from '../map/map_view';
import type { CompareMode, Workbench } from '../model/workbench';
import { describe } from './describe';
import type { Ui } from './ui';
import { download } from './files';

const TOOLS: readonly Tool[] = ['select', 'add', 'close', 'close_area', 'housing', 'measure'];

export function Tools(props: { ui: Ui }): JSX.Element {
  const { ui } = props;
  return (
    <section class="panel">
      <h2>{t('tools')}</h2>
      <div class="tools">
        <For each={TOOLS}>
          {(tool) => (
            <button type="button" aria-pressed={ui.tool() === tool} onClick={() => ui.setTool(tool)} title={t(`tool_${tool as 'add'}`)}>
              {t(`tool_${tool as 'add'}`)}
            </button>
          )}
        </For>
      </div>
      <Show when={ui.tool() === 'housing'}>
        <div class="row">
          <label class="grow">
            {t('people')}
            <input type="number" min="1" step="1000" value={ui.housingPeople()} onChange={(event) => ui.setHousingPeople(Math.max(1, event.currentTarget.valueAsNumber || 1))} />
          </label>
        </div>
      </Show>
    </section>
  );
}

export function EditList(props: { workbench: Workbench }): JSX.Element {
  const w = props.workbench;
  const faulty = createMemo(() => {
    const refused = w.refusal();
    return refused && refused.edits === w.edits() ? refused : null;
  });
  return (
    <section class="panel" aria-labelledby="edits-title">
      <h2 id="edits-title">
        {t('edits')} <span class="faint">{w.edits().length || ''}</span>
      </h2>
      <Show when={w.edits().length > 0} fallback={<p class="faint">{t('edits_none')}</p>}>
        <ol class="list" data-testid="edits">
          <For each={w.edits()}>
            {(one, index) => (
              <li classList={{ refused: faulty()?.edit === index() }}>
                <span class="name">{describe(w, one)}</span>
                <button
                  type="button"
                  class="quiet"
                  aria-label={`${t('edit_undo')}: ${describe(w, one)}`}
                  title={t('edit_undo')}
                  onClick={() => w.change(w.edits().filter((_, i) => i !== index()))}
                >
                  ✕
                </button>
              </li>
            )}
          </For>
        </ol>
      </Show>
      <Show when={faulty()}>{(refused) => <p class="down" role="alert">{t('edit_refused', inWords(refused().words))}</p>}</Show>
    </section>
  );
}

export function Scenarios(props: { workbench: Workbench; ui: Ui }): JSX.Element {
  const { workbench: w, ui } = props;
  let file!: HTMLInputElement;
  const here = () => w.scenarios()[w.current()];
  const asFile = () => ({ name: here().name, note: here().note, edits: here().history.edits });

  async function save(): Promise<void> {
    try {
      const text = await w.server.write(asFile());
      download(new Blob([text], { type: 'application/toml' }), `${here().name}.scenario.toml`);
      w.setNotice(inBoth('exported', `${here().name}.scenario.toml`));
    } catch (error) {
      w.lost(error);
    }
  }
  ui.save = () => void save();

  async function open(): Promise<void> {
    const chosen = file.files?.[0];
    file.value = '';
    if (!chosen) return;
    try {
      const scenario = await w.server.read(await chosen.text());
      w.addScenario(scenario.name, scenario.note ?? '', scenario.edits);
      w.setNotice(inBoth('opened', scenario.name, scenario.edits.length));
    } catch (error) {
      w.lost(error);
    }
  }

  return (
    <section class="panel" aria-labelledby="scenarios-title">
      <h2 id="scenarios-title">
        {t('scenarios')}
        <span class="space" />
        <span class="faint small">{t(w.keptWell() ? 'autosaved' : 'not_kept')}</span>
      </h2>
      <div class="row tight">
        <select aria-label={t('scenario')} value={w.current()} onChange={(event) => w.setCurrent(Number(event.currentTarget.value))} data-testid="scenario">
          <For each={w.scenarios()}>
            {(scenario, index) => (
              <option value={index()} selected={index() === w.current()}>
                {scenario.name}
              </option>
            )}
          </For>
        </select>
        <button type="button" onClick={() => w.addScenario(t('scenario_default', w.scenarios().length + 1), '', [])} title={t('scenario_new')} aria-label={t('scenario_new')}>
          ＋
        </button>
      </div>
      <div class="row tight">
        <input type="text" aria-label={t('scenario_name')} value={here().name} onChange={(event) => w.amend(w.current(), (s) => ({ ...s, name: event.currentTarget.value || s.name }))} />
        <button type="button" onClick={() => w.addScenario(t('scenario_copied', here().name), here().note, w.edits())}>
          {t('scenario_copy')}
        </button>
        <button type="button" class="danger" onClick={() => w.removeScenario(w.current())} title={t('scenario_delete')} aria-label={t('scenario_delete')}>
          ✕
        </button>
      </div>
      <div class="row tight">
        <select
          aria-label={t('compare')}
          value={w.compareMode()}
          onChange={(event) => w.setCompareMode(event.currentTarget.value as CompareMode)}
          data-testid="compare-mode"
        >
          <For each={['off', 'swipe', 'difference'] as const}>{(mode) => <option value={mode}>{t(`compare_${mode}`)}</option>}</For>
        </select>
        <Show when={w.compareMode() !== 'off'}>
          <select aria-label={t('compare_with')} value={w.compareWith()} onChange={(event) => w.setCompareWith(Number(event.currentTarget.value))} data-testid="compare-with">
            <option value={-1}>{t('compare_base')}</option>
            <For each={w.scenarios()}>{(scenario, index) => <Show when={index() !== w.current()}><option value={index()}>{scenario.name}</option></Show>}</For>
          </select>
        </Show>
      </div>
      <Show when={w.otherTier() !== 'exact'}>
        <p class="tier asking">{t('computing')}</p>
      </Show>
      <div class="row">
        <button type="button" onClick={() => void save()}>
          {t('save')}
        </button>
        <button type="button" onClick={() => file.click()}>
          {t('open')}
        </button>
        <input ref={file} type="file" accept=".toml" hidden onChange={() => void open()} data-testid="open-file" />
      </div>
    </section>
  );
}

export function StationList(props: { workbench: Workbench; ui: Ui }): JSX.Element {
  const { workbench: w, ui } = props;
  const isSelected = (id: string) => {
    const selected = w.selection();
    return selected?.kind === 'station' && selected.id === id;
  };
  return (
    <section class="panel" aria-labelledby="stations-title">
      <h2 id="stations-title">
        {t('stations')} <span class="faint">{w.stations().length}</span>
      </h2>
      <ul class="list" data-testid="stations">
        <For each={w.stations().map(({ id }) => id)}>
          {(id) => {
            const station = () => w.stations().find((s) => s.id === id);
            return (
              <li>
                <button
                  type="button"
                  class="name"
                  aria-current={isSelected(id)}
                  onClick={() => {
                    w.select({ kind: 'station', id });
                    const at = station()?.at;
                    if (at) ui.view()?.goTo(at);
                    ui.focusMap();
                  }}
                >
                  {station()?.name}
                </button>
                <span class="faint small">{station()?.ambulances ?? ''}</span>
              </li>
            );
          }}
        </For>
      </ul>
    </section>
  );
}
