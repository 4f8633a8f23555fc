// The page: opens the region, then shows the map among its panels.

import { createEffect, createResource, For, Match, Switch, type JSX } from 'solid-js';
import { inWords, suggestLanguage, t } from './i18n/language';
import { roadsOf } from './map/plane';
import { createWorkbench, type Workbench } from './model/workbench';
import { Banners, Bar } from './panels/Bar';
import { EditList, Scenarios, StationList, Tools } from './panels/EditPanels';
import { Inspector } from './panels/Inspector';
import { listen } from './panels/keyboard';
import { MapPanel } from './panels/MapPanel';
import { BestPlace, Exports, Failures } from './panels/Questions';
import { Curve, Settings, Units } from './panels/Readings';
import { Strip } from './panels/Strip';
import { createUi, type Ui } from './panels/ui';
import { Refused, type Server } from './protocol/server';

export function App(props: { server: Server }): JSX.Element {
  const [opened, { refetch }] = createResource(async () => {
    const { region, pieces } = await props.server.open();
    suggestLanguage(region.lang);
    return { region, pieces, roads: roadsOf(pieces) };
  });
  return (
    <Switch fallback={<p class="opening">{t('loading')}</p>}>
      <Match when={opened.error as unknown}>
        {(error) => (
          <div class="opening" role="alert">
            <p>{t('open_failed', error() instanceof Refused ? inWords((error() as Refused).words) : String(error()))}</p>
            <button type="button" onClick={() => void refetch()}>
              {t('retry')}
            </button>
          </div>
        )}
      </Match>
      <Match when={opened()}>
        {(ready) => {
          const { region, pieces, roads } = ready();
          const workbench = createWorkbench(props.server, region, pieces);
          const ui = createUi();
          listen(workbench, ui);
          // For the test of the page: frames painted while dragging, and whether answers are of the edits shown.
          Object.assign(window, { liferingPage: { frames: ui.frames, view: ui.view, tiers: () => [workbench.tryTier(), workbench.auditTier(), workbench.zonesTier()] } });
          createEffect(() => (document.title = `${inWords(region.name)} · ${t('title')}`));
          return (
            <div class="shell">
              <Bar workbench={workbench} ui={ui} roads={roads} />
              <Banners workbench={workbench} />
              <div class="side left">
                <Tools ui={ui} />
                <EditList workbench={workbench} />
                <Scenarios workbench={workbench} ui={ui} />
                <BestPlace workbench={workbench} ui={ui} />
                <Failures workbench={workbench} ui={ui} />
                <Exports workbench={workbench} ui={ui} />
                <StationList workbench={workbench} ui={ui} />
              </div>
              <MapPanel workbench={workbench} ui={ui} roads={roads} />
              <div class="side right">
                <Inspector workbench={workbench} ui={ui} />
                <Settings workbench={workbench} ui={ui} />
                <Curve workbench={workbench} />
                <Units workbench={workbench} ui={ui} />
              </div>
              <Strip workbench={workbench} />
              <Keys ui={ui} workbench={workbench} />
            </div>
          );
        }}
      </Match>
    </Switch>
  );
}

const KEYS = ['key_arrows', 'key_next', 'key_add', 'key_delete', 'key_undo', 'key_before', 'key_search', 'key_save', 'key_escape', 'key_help'] as const;

function Keys(props: { ui: Ui; workbench: Workbench }): JSX.Element {
  let dialog!: HTMLDialogElement;
  createEffect(() => {
    if (props.ui.keysShown()) dialog.showModal();
    else dialog.close();
  });
  return (
    <dialog ref={dialog} onClose={() => props.ui.setKeysShown(false)} aria-labelledby="keys-title">
      <h2 id="keys-title">{t('keys')}</h2>
      <ul>
        <For each={KEYS}>{(key) => <li>{t(key)}</li>}</For>
      </ul>
      <div class="row">
        <button type="button" class="primary" onClick={() => props.ui.setKeysShown(false)}>
          {t('close')}
        </button>
      </div>
    </dialog>
  );
}
