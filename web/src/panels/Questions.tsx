// Questions that take the server a while: where the next station should stand, and what one that fails would cost.

import { createSignal, For, Show, type JSX } from 'solid-js';
import { inBoth, inWords, t, whole } from '../i18n/language';
import type { Of, Workbench } from '../model/workbench';
import { download } from './files';
import { drawFoot } from './picture';
import type { Ui } from './ui';

/** Whether an answer that is not asked again by itself is of the edits shown. */
function Freshness(props: { workbench: Workbench; of: Of<unknown> }): JSX.Element {
  const current = () => props.of.edits === props.workbench.shown() && props.of.limit === props.workbench.limit();
  return <p class={`tier ${current() ? 'exact' : 'drop'}`}>{t(current() ? 'tier_exact' : 'tier_earlier')}</p>;
}

export function BestPlace(props: { workbench: Workbench; ui: Ui }): JSX.Element {
  const { workbench: w, ui } = props;
  const [sites, setSites] = createSignal(1);
  const [running, setRunning] = createSignal<AbortController | null>(null);

  async function ask(): Promise<void> {
    const stop = new AbortController();
    setRunning(stop);
    ui.setProposal(null);
    const [edits, limit] = [w.edits(), w.limit()];
    try {
      const value = await w.server.propose(edits, limit, sites(), stop.signal);
      if (!stop.signal.aborted) ui.setProposal({ edits, limit, value });
    } catch (error) {
      w.lost(error);
    }
    setRunning(null);
  }

  return (
    <section class="panel" aria-labelledby="best-title">
      <h2 id="best-title">{t('best_place')}</h2>
      <p class="faint">{t('best_place_ask')}</p>
      <div class="row tight">
        <label class="faint grow" for="best-sites">
          {t('best_place_sites')}
        </label>
        <input class="narrow" id="best-sites" type="number" min="1" max="9" value={sites()} onChange={(event) => setSites(Math.min(9, Math.max(1, event.currentTarget.valueAsNumber || 1)))} />
        <Show
          when={running()}
          fallback={
            <button type="button" class="primary" onClick={() => void ask()} data-testid="propose">
              {t('best_place_go')}
            </button>
          }
        >
          {(stop) => (
            <button type="button" onClick={() => stop().abort()}>
              {t('best_place_stop')}
            </button>
          )}
        </Show>
      </div>
      <Show when={running()}>
        <p class="tier background">{t('best_place_running')}</p>
      </Show>
      <Show when={ui.proposal()}>
        {(proposal) => (
          <>
            <Freshness workbench={w} of={proposal()} />
            <ul class="list" data-testid="proposal" ref={(list) => queueMicrotask(() => list.scrollIntoView({ block: 'center' }))}>
              <For each={proposal().value.chosen}>
                {(site) => (
                  <li>
                    <button type="button" class="name" onClick={() => ui.view()?.goTo(site.at)}>
                      {site.name}
                    </button>
                    <button type="button" onClick={() => w.addStation(site.at, site.name)}>
                      {t('best_place_take')}
                    </button>
                  </li>
                )}
              </For>
            </ul>
            <p>{t('best_place_gain', whole(proposal().value.gain))}</p>
            <p class="small">{inWords(proposal().value.proof)}</p>
            <p class="small faint">{t('candidates')}</p>
            <button type="button" class="quiet" onClick={() => ui.setProposal(null)}>
              {t('close')}
            </button>
          </>
        )}
      </Show>
    </section>
  );
}

export function Failures(props: { workbench: Workbench; ui: Ui }): JSX.Element {
  const { workbench: w, ui } = props;
  const [running, setRunning] = createSignal(false);

  async function ask(): Promise<void> {
    setRunning(true);
    const [edits, limit] = [w.edits(), w.limit()];
    try {
      ui.setFailures({ edits, limit, value: await w.server.failures(edits, limit, new AbortController().signal) });
    } catch (error) {
      w.lost(error);
    }
    setRunning(false);
  }

  return (
    <section class="panel" aria-labelledby="failures-title">
      <h2 id="failures-title">{t('failures')}</h2>
      <button type="button" disabled={running()} onClick={() => void ask()} data-testid="failures">
        {t('what_if_fails')}
      </button>
      <Show when={running()}>
        <p class="tier background">{t('failure_running')}</p>
      </Show>
      <Show when={ui.failures()}>
        {(failures) => (
          <>
            <Freshness workbench={w} of={failures()} />
            <ul class="list">
              <For each={failures().value.slice(0, 12)}>
                {(failure) => (
                  <li>
                    <button type="button" class="name" onClick={() => w.select({ kind: 'station', id: failure.station })}>
                      {t('failure_lost', w.nameOf(failure.station), whole(failure.lost))}
                    </button>
                  </li>
                )}
              </For>
            </ul>
          </>
        )}
      </Show>
    </section>
  );
}

export function Exports(props: { workbench: Workbench; ui: Ui }): JSX.Element {
  const { workbench: w, ui } = props;
  const [busy, setBusy] = createSignal(false);
  const here = () => w.scenarios()[w.current()];
  const asFile = () => ({ name: here().name, note: here().note, edits: here().history.edits });

  async function whileBusy(work: () => Promise<void>): Promise<void> {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      w.lost(error);
    }
    setBusy(false);
  }

  const save = (blob: Blob, name: string) => {
    download(blob, name);
    w.setNotice(inBoth('exported', name));
  };

  async function picture(): Promise<void> {
    const view = ui.view();
    if (!view) return;
    const metresPerPixel = view.metresPerPixel();
    const blob = await view.picture((context, width, height) => {
      drawFoot(context, width, height, {
        title: `${inWords(w.region.name)} · ${here().name}`,
        source: t('picture_source', w.region.source, new Date().toISOString().slice(0, 10)) + (w.region.illustrative ? `　${t('illustrative')}` : ''),
        legend: t('legend_arrival'),
        limit: w.limit(),
        metresPerPixel,
      });
    });
    if (blob) save(blob, `${here().name}.png`);
  }

  return (
    <section class="panel">
      <div class="row">
        <button type="button" disabled={busy()} onClick={() => void whileBusy(async () => save(await w.server.exportAudit(asFile()), `${here().name}.zip`))} data-testid="export-audit">
          {t('export_audit')}
        </button>
        <button type="button" disabled={busy()} onClick={() => void whileBusy(async () => save(await w.server.report(asFile()), `${here().name}.html`))}>
          {t('export_report')}
        </button>
        <button type="button" disabled={busy()} onClick={() => void whileBusy(picture)} data-testid="export-picture">
          {t('export_picture')}
        </button>
      </div>
      <Show when={busy()}>
        <p class="tier background">{t('exporting')}</p>
      </Show>
    </section>
  );
}
