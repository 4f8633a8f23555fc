import { createEffect, Match, Show, Switch, type JSX } from 'solid-js';
import { decimal, inWords, t } from '../i18n/language';
import { ARRIVAL } from '../map/colours';
import type { Workbench } from '../model/workbench';

/** What the colours mean, in minutes of the limit in force. */
export function Legend(props: { workbench: Workbench }): JSX.Element {
  const w = props.workbench;
  const ticks = () => [0, 0.5, 1, 1.5, 2].map((share) => Math.round((share * w.limit()) / 6) / 10);
  const bar = (canvas: HTMLCanvasElement) => {
    createEffect(() => {
      canvas.width = 64;
      canvas.height = 1;
      const context = canvas.getContext('2d');
      for (let i = 0; context && i < 64; i++) {
        context.fillStyle = ARRIVAL.css[i];
        context.fillRect(i, 0, 1, 1);
      }
    });
  };
  return (
    <section class="legend" aria-label={t('legend')}>
      <Show
        when={w.compareMode() !== 'difference'}
        fallback={
          <div class="keys">
            <span class="sooner">{t('legend_sooner')}</span>
            <span class="later">{t('legend_later')}</span>
            <span class="same">{t('legend_same')}</span>
          </div>
        }
      >
        <p>{t('legend_arrival')}</p>
        <canvas ref={bar} aria-hidden="true" />
        <div class="ticks">
          <span>{ticks()[0]}</span>
          <span>{ticks()[1]}</span>
          <strong>{ticks()[2]}</strong>
          <span>{ticks()[3]}</span>
          <span>{ticks()[4]}+</span>
        </div>
        <div class="keys">
          <span class="nobody">{t('legend_nobody')}</span>
          <Show when={w.closedPieces().length > 0}>
            <span class="shut">{t('legend_closed')}</span>
          </Show>
          <Switch fallback={<span class="earlier">{t('legend_zone_stale')}</span>}>
            <Match when={w.showBefore() || w.zonesTier() === 'exact'}>
              <span class="zone">
                {t('legend_zone')}
                <Show when={w.showBefore() ? w.baseZones()?.value.area_km2 : w.zones()?.value.area_km2}>{(area) => ` ${t('area', decimal(area().best), decimal(area().low), decimal(area().high))}`}</Show>
              </span>
            </Match>
            <Match when={w.zonesTier() === 'failed'}>
              <span class="none">{w.tryTier() === 'failed' ? t('legend_zone_refused') : t('legend_zone_failed', inWords(w.zonesError()?.words))}</span>
            </Match>
          </Switch>
        </div>
        <Show when={w.zonesTier() === 'background' && w.stage()}>{(stage) => <p class="faint">{inWords(stage())}</p>}</Show>
      </Show>
    </section>
  );
}
