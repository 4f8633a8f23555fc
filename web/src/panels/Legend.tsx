import { createEffect, Show, type JSX } from 'solid-js';
import { t } from '../i18n/language';
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
          <Show when={w.showBefore() || w.zonesTier() === 'exact'} fallback={<span class="stale">{t('legend_zone_stale')}</span>}>
            <span class="zone">{t('legend_zone')}</span>
          </Show>
        </div>
      </Show>
    </section>
  );
}
