// Below the map: people and verdicts, before -> after, and of each how near it is to the edits shown.

import { createEffect, createMemo, createSignal, Index, on, Show, type JSX } from 'solid-js';
import { inWords, minutes, percent, signed, t, whole } from '../i18n/language';
import type { RuleAnswer } from '../protocol/types';
import type { Tier, Workbench } from '../model/workbench';

const TIER_TEXT = { exact: 'tier_exact', asking: 'tier_asking', drop: 'tier_drop', background: 'tier_background', failed: 'tier_failed' } as const;

export function TierMark(props: { tier: Tier; why?: string }): JSX.Element {
  return <span class={`tier ${props.tier}`}>{props.tier === 'failed' && !props.why ? t('tier_failed_short') : t(TIER_TEXT[props.tier], props.why ?? '')}</span>;
}

function Figure(props: { label: string; now: string; was: string; difference?: string; change: number; better: boolean }): JSX.Element {
  return (
    <div>
      <p class="label">{props.label}</p>
      <p class="now">{props.now}</p>
      <p class="was">
        {t('before')} {props.was}
        <Show when={Math.round(props.change * 1000) !== 0}>
          {' '}
          <span class={props.better ? 'up' : 'down'}>
            {props.better ? '▲' : '▼'} {props.difference}
          </span>
        </Show>
      </p>
    </div>
  );
}

function Verdict(props: { rule: RuleAnswer; before: RuleAnswer | undefined; tier: Tier }): JSX.Element {
  const turned = () => (props.before && props.before.verdict !== props.rule.verdict ? props.before.verdict : null);
  const earlier = () => (props.before && inWords(props.before.figure) !== inWords(props.rule.figure) ? inWords(props.before.figure) : null);
  return (
    <article class={`verdict ${props.rule.verdict}`} title={inWords(props.rule.detail)} classList={{ changed: turned() !== null, stale: props.tier !== 'exact' }}>
      <h3>{inWords(props.rule.title)}</h3>
      <p>
        <Show when={turned()}>{(verdict) => <span class="faint">{t(verdict())} → </span>}</Show>
        <span class={`state ${props.rule.verdict}`}>{t(props.rule.verdict)}</span>
      </p>
      <p class="values">
        <Show when={earlier()}>{(figure) => <span class="faint">{figure()} → </span>}</Show>
        {inWords(props.rule.figure)}
      </p>
      <Show when={props.tier !== 'exact'}>
        <TierMark tier={props.tier} />
      </Show>
    </article>
  );
}

export function Strip(props: { workbench: Workbench }): JSX.Element {
  const w = props.workbench;
  const now = () => w.answer()?.value;
  const was = () => w.base()?.value ?? now();
  const share = (value: { people: number | null; within: number | null } | undefined) =>
    value?.people && value.within !== null ? value.within / value.people : null;
  /** A try judges the first reading of a rule: where there are others the verdict waits for the drop. */
  const quickTier = (rule: RuleAnswer): Tier => (rule.provisional && w.tryTier() === 'exact' ? 'drop' : w.tryTier());
  /** Rules of a try are of the edits under the hand; the others wait for the drop. */
  const rules = createMemo((): { rule: RuleAnswer; before: RuleAnswer | undefined; tier: Tier }[] => {
    const tried = new Map((now()?.rules ?? []).map((rule) => [rule.id, rule]));
    const beforeTried = new Map((was()?.rules ?? []).map((rule) => [rule.id, rule]));
    const beforeAudit = new Map((w.baseAudit()?.rules ?? []).map((rule) => [rule.id, rule]));
    const whole = w.audit()?.value.rules ?? [];
    const audited = whole.map((rule) => {
      const quick = tried.get(rule.id);
      tried.delete(rule.id);
      if (w.auditTier() === 'exact' || !quick) return { rule, before: beforeAudit.get(rule.id), tier: w.auditTier() };
      // Like with like: what a try says is held against what a try says of the region as it is.
      return { rule: { ...rule, ...quick }, before: beforeTried.get(rule.id), tier: quickTier(quick) };
    });
    return [...audited, ...[...tried.values()].map((rule) => ({ rule, before: beforeTried.get(rule.id), tier: quickTier(rule) }))];
  });

  // What a screen reader is told: once the figures are those of the edits, and only what changed.
  const [said, say] = createSignal('');
  let told = '';
  createEffect(
    on([w.tryTier, w.auditTier, w.draft], ([tier, auditTier, draft]) => {
      if (draft || tier !== 'exact' || auditTier !== 'exact') return;
      const within = now()?.within;
      const people = within == null ? '' : t('said_people', whole(within), percent(share(now()) ?? 0), percent(share(was()) ?? 0));
      const verdicts = rules()
        .filter(({ rule, before }) => before && before.verdict !== rule.verdict)
        .map(({ rule }) => t('said_verdict', inWords(rule.title), t(rule.verdict)));
      const text = [people, ...verdicts].filter(Boolean).join('; ');
      if (text !== told) say((told = text));
    }),
  );

  const stale = () => w.tryTier() !== 'exact';
  return (
    <footer class="strip">
      <section class="figures" classList={{ stale: stale() }} aria-label={t('people')} data-testid="figures" data-tier={w.tryTier()}>
        <Show when={now()?.within != null} fallback={<p class="faint">{now() ? t('people_none') : t('computing')}</p>}>
          <Figure
            label={t('people_within')}
            now={whole(now()?.within ?? 0)}
            was={whole(was()?.within ?? 0)}
            difference={signed((now()?.within ?? 0) - (was()?.within ?? 0))}
            change={(now()?.within ?? 0) - (was()?.within ?? 0)}
            better={(now()?.within ?? 0) > (was()?.within ?? 0)}
          />
          <Figure
            label={t('share')}
            now={percent(share(now()) ?? 0)}
            was={percent(share(was()) ?? 0)}
            change={(share(now()) ?? 0) - (share(was()) ?? 0)}
            better={(share(now()) ?? 0) > (share(was()) ?? 0)}
          />
        </Show>
        <Show when={now()?.mean_s != null}>
          <p class="was mean">
            {t('mean')} {minutes(was()?.mean_s ?? 0)} → {t('minutes', minutes(now()?.mean_s ?? 0))}
          </p>
        </Show>
        <TierMark tier={w.tryTier()} why={inWords(w.refusal()?.words)} />
      </section>
      <section class="verdicts" aria-label={t('verdicts')} tabindex="0" data-testid="verdicts" data-tier={w.auditTier()}>
        <Index each={rules()}>{(row) => <Verdict {...row()} />}</Index>
        <Show when={rules().length === 0}>
          <p class="faint">
            <TierMark tier={w.auditTier()} why={inWords(w.auditError()?.words)} />
          </p>
        </Show>
      </section>
      <p class="unseen" role="status" aria-live="polite" data-testid="said">
        {said()}
      </p>
    </footer>
  );
}
